// Explains why a file of definitions could not be loaded, and where a mistake in it is, to the person who has just written it.

import { existsSync, readFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { relative, resolve, sep } from 'node:path'
import { Script } from 'node:vm'
import {
  excerpt,
  type Place,
  placeInStack,
  placeOfSyntaxError,
  placeToText,
} from '../resource/code-fault.ts'
import { lineOfMistake } from '../resource/definition-line.ts'

interface LoadError extends Error {
  readonly code?: string
}

/** `schemas/pages.ts:3:7 cannot be loaded: …`, with the lines around it. */
export function loadingMistake(path: string, error: LoadError): string {
  const place =
    placeOfImport(error) ??
    placeOfSyntaxError(error.stack) ??
    placeInStack(error.stack) ??
    parse(path)
  const file = relative('.', path)
  const said = error.message.replaceAll(resolve('.') + sep, '')
  const message = `cannot be loaded: ${said}${adviceFor(error)}`
  if (place === undefined) return `${file}: ${message}`
  const at = placeToText(place)
  const head = at.startsWith(`${file}:`) ? `${at}: ` : `${file}: ${at}: `
  const lines = excerpt(readFileSync(place.file, 'utf8'), place).split('\n')
  return [head + message, ...lines.map(line => `    ${line}`)].join('\n')
}

function adviceFor(error: LoadError): string {
  const broken = brokenImport(error)
  if (broken !== undefined && existsSync(`${broken.missing}.ts`)) return '; an import ends in .ts'
  if (/\benum\b/.test(error.message)) return "; write Enum(['open', 'done'])"
  if (/does not provide an export named/.test(error.message))
    return '; a type is imported by `import type`'
  return ''
}

/** Node names both files of an import that cannot be resolved, but no line. */
function brokenImport({
  code,
  message,
}: LoadError): { missing: string; importer: string } | undefined {
  if (code !== 'ERR_MODULE_NOT_FOUND') return undefined
  const [found, missing = '', importer = ''] = /'(.+)' imported from (.+)$/.exec(message) ?? []
  return found === undefined ? undefined : { missing, importer }
}

function placeOfImport(error: LoadError): Place | undefined {
  const broken = brokenImport(error)
  if (broken === undefined) return undefined
  const { missing, importer } = broken
  const lines = readFileSync(importer, 'utf8').split(/\r?\n/)
  const name = missing.split(/[\\/]/).at(-1) ?? missing
  const index = lines.findIndex(line => /\bfrom\b|\bimport\b/.test(line) && line.includes(name))
  return index === -1 ? undefined : { file: importer, line: index + 1 }
}

/** V8 does not say where the syntax of a module is wrong. It does so for a script, so the text is tried without its imports. */
function parse(path: string): Place | undefined {
  const blank = (text: string) => text.replaceAll(/[^\n]/g, ' ')
  try {
    const code = stripTypeScriptTypes(readFileSync(path, 'utf8'))
    const script = code
      .replaceAll(/^import\b[^'"]*['"][^'"\n]*['"];?/gm, blank)
      .replaceAll(/^export (?:default )?/gm, blank)
    new Script(script, { filename: path })
    return undefined
  } catch (error) {
    return placeOfSyntaxError((error as Error).stack)
  }
}

/** A mistake with the line that it is about: `schemas/pages.ts:12: title …`. `start`: the line of a call of `resource`. */
export function withLine(mistake: string, startOf: (file: string) => number | undefined): string {
  const [, file = '', subject = ''] = /^(\S+\.[cm]?[jt]s): ([^\s,]*)/.exec(mistake) ?? []
  if (file === '' || !existsSync(file)) return mistake
  const line = lineOfMistake(readFileSync(file, 'utf8'), subject, startOf(file))
  return line === undefined ? mistake : `${file}:${line}${mistake.slice(file.length)}`
}
