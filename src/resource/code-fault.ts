// A fault in the code that a definition brings (a hook, an action, a view): whose it is, and where in its source.

import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'

/** A line of somebody's source; `column` from 1, where it is known. */
export interface Place {
  readonly file: string
  readonly line: number
  readonly column?: number
}

/** A mistake of a definition's code: it threw or returned something that it must not. The message says where. */
export class CodeFault extends Error {
  readonly place: Place | undefined

  /** `where`: `the hook beforeWrite`; `file`: that of the definition; `stack`: where to look if the cause does not say it. */
  constructor(where: string, file: string, cause: unknown, stack?: string) {
    const place =
      placeInStack(cause instanceof Error ? cause.stack : undefined) ?? placeInStack(stack)
    super(
      `in ${where} of ${located(file, place)}: ${cause instanceof Error ? cause.message : String(cause)}`,
      {
        cause,
      },
    )
    this.place = place
  }
}

function located(file: string, place: Place | undefined): string {
  if (place === undefined) return file
  const at = placeToText(place)
  return at.startsWith(`${file}:`) ? at : `${file}, at ${at}`
}

/** `schemas/tickets.ts:24:9`, from the folder that the service runs in. */
export function placeToText({ file, line, column }: Place): string {
  return `${relative('.', file)}:${line}${column === undefined ? '' : `:${column}`}`
}

const frame =
  /^ +at (?:.*\(|async )?(?<file>(?:file:\/\/)?\/.+?|[A-Za-z]:\\.+?):(?<line>\d+):(?<column>\d+)\)?$/gm

/** The innermost call of a stack that is neither in the service nor in a library. */
export function placeInStack(stack = ''): Place | undefined {
  for (const { groups } of stack.matchAll(frame)) {
    const file = toPath(String(groups?.file))
    if (isOurs(file)) continue
    return { file, line: Number(groups?.line), column: Number(groups?.column) }
  }
  return undefined
}

/** The place that Node puts before the name of an error of syntax: `/schemas/tickets.ts:24`, lines, and mostly a mark. */
export function placeOfSyntaxError(stack = ''): Place | undefined {
  const [, file, line] = /^(\S.*):(\d+)\n/.exec(stack) ?? []
  if (file === undefined) return undefined
  const [, mark] = /^( *)\^+$/m.exec(stack) ?? []
  return {
    file: toPath(file),
    line: Number(line),
    ...(mark === undefined ? {} : { column: mark.length + 1 }),
  }
}

function toPath(file: string): string {
  return file.startsWith('file:') ? fileURLToPath(file) : file
}

const service = fileURLToPath(new URL('..', import.meta.url))

function isOurs(file: string): boolean {
  return file.startsWith(service) || /[\\/]node_modules[\\/]/.test(file)
}

/** The line of a place between those around it, with a mark under its column. */
export function excerpt(text: string, { line, column }: Place): string {
  const lines = text.split(/\r?\n/)
  const first = Math.max(1, line - 2)
  const width = String(line + 1).length
  return lines
    .slice(first - 1, line + 1)
    .flatMap((code, index) => {
      const number = first + index
      const numbered = `${number === line ? '>' : ' '} ${String(number).padStart(width)} | ${code}`
      const marked = number === line && column !== undefined
      return marked ? [numbered, `  ${' '.repeat(width)} | ${' '.repeat(column - 1)}^`] : [numbered]
    })
    .join('\n')
}
