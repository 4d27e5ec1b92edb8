// Parameters of an address: their schemas, and the conversion of their texts to the types of those schemas.

import type { JsonSchema } from '../resource/field.ts'
import { ownMember } from '../resource/row.ts'

export interface Parameter {
  readonly name: string
  /** None for filters, `fields` and `sort`, whose names and values say what they do. */
  readonly description?: string
  /** The schema of the value; an `array` may be repeated. */
  readonly schema: JsonSchema
  /** Whether a list may also be written with commas: `sort=-area,name`. */
  readonly commas?: boolean
  /** The name of its schema in the document, where parameters of several fields have it. */
  readonly shape?: string
  readonly example?: unknown
  /** Whether an address without it is refused. */
  readonly isRequired?: boolean
  /** Whether every list has it, whatever its fields. */
  readonly isGeneral?: boolean
}

/** A parameter that is invalid although its schema accepted it. */
export class ParameterError extends Error {
  readonly parameter: string

  constructor(parameter: string, detail: string) {
    super(detail)
    this.parameter = parameter
  }
}

/** The schema of all parameters of a route, which allows no others. */
export function parametersToSchema(parameters: readonly Parameter[]): JsonSchema {
  return {
    type: 'object',
    additionalProperties: false,
    required: parameters.flatMap(({ name, isRequired }) => (isRequired ? [name] : [])),
    properties: Object.fromEntries(parameters.map(({ name, schema }) => [name, schema])),
  }
}

/** The parameters of an address that are not percent-encoded UTF-8 (RFC 3986 §2.1). A parser would take them literally. */
export function malformedParameters(url: string): readonly string[] {
  const start = url.indexOf('?')
  if (start === -1 || !url.includes('%', start)) return []
  const parts = url.slice(start + 1).split('&')
  return parts.filter(part => !isDecodable(part)).map(part => part.replace(/=.*/s, ''))
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text)
    return true
  } catch {
    return false // It can only throw a URIError.
  }
}

/**
 * Converts the texts of a query or path to the types of their parameters. A value must have its form in JSON (not `0x10`,
 * ` 12` or `+1`); any other text stays, and the schema refuses it. An integer may have a zero fraction, because to JSON
 * Schema (Validation §6.1.1) `12.0` is an integer, and some languages write it like that.
 */
export function coerceParameters(
  parameters: readonly Parameter[],
  texts: Record<string, unknown>,
): Record<string, unknown> {
  for (const parameter of parameters) {
    const text = ownMember(texts, parameter.name)
    if (text !== undefined) texts[parameter.name] = coerce(parameter, text)
  }
  return texts
}

function coerce({ schema, commas }: Parameter, text: unknown): unknown {
  if (schema.type !== 'array') return coerceText(schema.type, text)
  const texts = commas === true ? [text].flat().flatMap(splitCommas) : [text].flat()
  return texts.map(item => coerceText((schema.items as JsonSchema).type, item))
}

function splitCommas(text: unknown): string[] {
  return text === '' ? [] : String(text).split(',')
}

function coerceText(type: unknown, text: unknown): unknown {
  if (typeof text !== 'string') return text
  if (type === 'integer') return /^-?(?:0|[1-9]\d*)(?:\.0+)?$/.test(text) ? Number(text) : text
  if (type === 'number')
    return /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/.test(text) ? Number(text) : text
  if (type === 'boolean') return text === 'true' ? true : text === 'false' ? false : text
  return text
}
