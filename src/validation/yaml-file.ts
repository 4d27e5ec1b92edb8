// A file of settings in YAML, which includes JSON, held against its schema.

import { parse } from 'yaml'
import type { JsonSchema } from '../resource/field.ts'
import { bodyFindings, compile, createAjv, findingToText } from './validator.ts'

/** The content. Throws an Error that names every mistake's file and member. */
export function parseYamlFile(file: string, text: string, shape: JsonSchema): unknown {
  const content = parseYaml(file, text)
  const findings = bodyFindings(compile(createAjv(), shape)(content))
  refuseFile(
    file,
    findings.map(finding => findingToText(finding).replaceAll('/', '.')),
  )
  return content
}

function parseYaml(file: string, text: string): unknown {
  try {
    return parse(text)
  } catch (error) {
    throw new Error(`${file}: is not YAML: ${(error as Error).message}`)
  }
}

export function refuseFile(file: string, mistakes: readonly string[]): void {
  if (mistakes.length > 0)
    throw new Error(mistakes.map(mistake => `${file}: ${mistake}`).join('\n'))
}
