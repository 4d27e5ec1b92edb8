// The document as YAML. Hundreds of resources take seconds, so it is written in pieces, and requests are served in between.

import { setImmediate } from 'node:timers/promises'
import { Document, Scalar, visit } from 'yaml'

/** The document as YAML, made in one go. */
export function documentToYaml(document: object): string {
  return [...yamlPieces(document)].join('')
}

/** In ms, how long a piece may delay other requests. */
const slice = 10

/** The same text, made over many turns of the event loop. */
export async function documentToYamlInSlices(document: object): Promise<string> {
  const pieces: string[] = []
  let end = performance.now() + slice
  for (const piece of yamlPieces(document)) {
    pieces.push(piece)
    if (performance.now() < end) continue
    await setImmediate()
    end = performance.now() + slice
  }
  return pieces.join('')
}

/** How many levels below it are written separately. Deeper ones are short. */
const levels: Readonly<Record<string, number>> = { paths: 1, components: 2 }

function* yamlPieces(document: object): Generator<string> {
  for (const [name, value] of Object.entries(document))
    yield* piecesBelow([name], value, levels[name] ?? 0)
}

function* piecesBelow(path: readonly string[], value: object, depth: number): Generator<string> {
  const members = depth === 0 ? [] : Object.entries(value)
  if (members.length === 0) return yield withoutLines(textOf(nest(path, value)), path.length - 1)
  yield `${'  '.repeat(path.length - 1)}${path.at(-1)}:\n`
  for (const [name, member] of members) yield* piecesBelow([...path, name], member, depth - 1)
}

/** `{ a: { b: value } }` for `['a', 'b']`. */
function nest(path: readonly string[], value: unknown): object {
  return path.reduceRight((inner: unknown, name) => ({ [name]: inner }), value) as object
}

function withoutLines(text: string, count: number): string {
  let start = 0
  for (let line = 0; line < count; line++) start = text.indexOf('\n', start) + 1
  return text.slice(start)
}

function textOf(value: object): string {
  const yaml = new Document(value, { aliasDuplicateObjects: false })
  visit(yaml, { Scalar: (_, scalar) => quoteAmbiguous(scalar) })
  return yaml.toString({ lineWidth: 0, blockQuote: 'literal' })
}

/**
 * Most tools read YAML 1.1, in which a bare `NO`, `12:30:45` or `2024-09-17` is not a text. So such texts are quoted, which means
 * the same in every version. The pattern matches how numbers (`e5` to some), times and dates of YAML 1.1 start, and its words.
 */
const ambiguous = /^(?:[-+.\d~=<]|e[-+]?\d)|^(?:y|n|yes|no|on|off|true|false|null)$/i

function quoteAmbiguous(scalar: Scalar): void {
  if (typeof scalar.value === 'string' && ambiguous.test(scalar.value))
    scalar.type = Scalar.QUOTE_DOUBLE
}
