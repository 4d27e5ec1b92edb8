// One field of a resource: its TypeBox schema read into what table, shapes and filters need to know.

import { digitsMistake, digitsOf } from './decimal.ts'
import { checkScopes, describedScopes, type FieldScopes, readScopes } from './field-scopes.ts'
import { controlFree, controls, formats, isFormat } from './format.ts'
import { reportKeywords } from './keywords.ts'
import { type Json, type JsonSchema, type Kind, kindOf, maxInteger } from './kinds.ts'
import { excludesControls, patternMistake } from './pattern.ts'

export type { Json, JsonSchema } from './kinds.ts'
export { maxInteger } from './kinds.ts'

/** Whether values of the schema are any JSON, and so null too. */
export function isAnyJson(schema: JsonSchema): boolean {
  return schema['x-max-bytes'] !== undefined
}

export interface Field {
  readonly name: string
  /** Its column, where that has another name. */
  readonly column?: string
  readonly kind: Kind
  /** The JSON Schema of a value that is not null, with every limit spelled out. */
  readonly schema: JsonSchema
  readonly format: string | undefined
  /** Whether a new resource must have it. */
  readonly required: boolean
  readonly nullable: boolean
  readonly readOnly: boolean
  /** Whether callers set it and never read it. */
  readonly writeOnly: boolean
  /** Whether callers set it when they create a row, and never again. */
  readonly fixed: boolean
  /** The scopes that callers need for it, beside those for the row; undefined where they need none. */
  readonly scopes: FieldScopes | undefined
  /** The value that the server sets it to. */
  readonly made: Made | undefined
  readonly default: Json | undefined
  /** Whether its values are those of another row. */
  readonly borrowed: boolean
}

/** The values that the server sets: a time, the caller, or a UUID that it makes. */
export type Made = 'createdAt' | 'updatedAt' | 'createdBy' | 'owner' | 'uuid'

/** Takes a mistake in a definition: where (`name`, `authors/items`) and what. */
export type Report = (where: string, mistake: string) => void

/** Limits that a definition gets if it names none, so that no value is unbounded. */
export const usualMaxItems = 1000
export const usualMaxLength = 65_536

/** The name of its column. */
export function columnOf({ name, column }: Pick<Field, 'name' | 'column'>): string {
  return column ?? name
}

/** Whether a PUT may leave it out of a row that is there, which then keeps its value. */
export function isKept({ fixed, writeOnly, readOnly, scopes }: Field): boolean {
  return fixed || writeOnly || (scopes !== undefined && !readOnly)
}

/** Whether rows can be filtered by it. */
export function isComparable(field: Field): boolean {
  return field.kind.comparison(field) !== 'none'
}

/** The values of those that have a default. */
export function defaultsOf(fields: readonly Field[]): Record<string, Json> {
  return Object.fromEntries(
    fields.flatMap(field => (field.default === undefined ? [] : [[field.name, field.default]])),
  )
}

/** Reads a field. `optional`: absent from the definition's `required`. Mistakes are reported, not thrown. */
export function schemaToField(
  name: string,
  typebox: object,
  optional: boolean,
  report: Report,
): Field {
  const {
    default: defaultValue,
    readOnly = false,
    writeOnly = false,
    fixed = false,
    made,
    kind,
    from,
    scope,
    ...raw
  } = plain(typebox)
  if (readOnly === true && fixed === true)
    report(name, 'is readOnly, so callers never set it: leave out fixed')
  if (readOnly === true && writeOnly === true)
    report(name, 'is readOnly and writeOnly, so nobody could set or read it: leave out one of them')
  const scopes = readScopes(scope, mistake => report(name, mistake))
  checkScopes(scopes, { readOnly, writeOnly }, mistake => report(name, mistake))
  const schema = limitSchema(describedScopes(raw, scopes), name, report)
  const hasDefault = defaultValue !== undefined
  return Object.freeze({
    name,
    kind: kindOf(kind, schema.type),
    schema,
    format: schema.format as string | undefined,
    required: !optional && !hasDefault && readOnly !== true && made !== 'owner',
    nullable: isAnyJson(schema) || (optional && !hasDefault),
    readOnly: readOnly === true,
    writeOnly: writeOnly === true,
    fixed: fixed === true,
    scopes,
    made: made as Made | undefined,
    default: defaultValue as Json | undefined,
    borrowed: from !== undefined,
  })
}

/** TypeBox marks its schemas with symbols; what is left without them is JSON Schema. */
function plain(typebox: object): JsonSchema {
  return JSON.parse(JSON.stringify(typebox))
}

function limitSchema(schema: JsonSchema, where: string, report: Report): JsonSchema {
  if (schema.const !== undefined || (schema.enum !== undefined && schema.type !== 'string'))
    report(where, 'can be limited to a few values only as an Enum of words')
  reportKeywords(schema, where, report)
  if (isAnyJson(schema)) return limitJson(schema, where, report)
  switch (schema.type) {
    case 'string':
      return limitString(schema, where, report)
    case 'integer':
      return limitInteger(schema, where, report)
    case 'number':
    case 'boolean':
      return schema
    case 'array':
      return limitArray(schema, where, report)
    case 'object':
      return limitObject(schema, where, report)
    default:
      report(
        where,
        `must be a string, integer, number, boolean, list or object${otherKindAdvice(schema)}`,
      )
      return schema
  }
}

function otherKindAdvice({ anyOf, refersTo, ...schema }: JsonSchema): string {
  if (refersTo !== undefined) return '; a Ref is a field itself, and a list of them is Refs(…)'
  const branches = (anyOf ?? []) as readonly JsonSchema[]
  if (branches.some(({ type }) => type === 'null'))
    return '; write Type.Optional(…) for one that may be null'
  if (isEmpty(schema) && anyOf === undefined) return '; any JSON value is Json()'
  if (schema.type === 'Date') return "; a point in time is Type.String({ format: 'date-time' })"
  const words = branches.map(({ const: word }) => word)
  if (words.length > 0 && words.every(word => typeof word === 'string'))
    return `; write Enum([${words.map(word => `'${word}'`).join(', ')}])`
  return ' (a choice of words is an Enum)'
}

/** Whether it lets everything in, as `Type.Any()` does. */
function isEmpty(schema: JsonSchema): boolean {
  return Object.keys(schema).every(keyword =>
    ['title', 'description', 'examples'].includes(keyword),
  )
}

/** In bytes, a body of a request. */
const maxJsonBytes = 1_048_576
/** Both databases read JSON that is nested as deep as this. */
const maxJsonDepth = 100

function limitJson(schema: JsonSchema, where: string, report: Report): JsonSchema {
  const [bytes, depth] = [schema['x-max-bytes'], schema['x-max-depth']]
  if (!isWithin(bytes, maxJsonBytes))
    report(where, `has a maxBytes that is not an integer from 1 to ${maxJsonBytes}`)
  if (!isWithin(depth, maxJsonDepth))
    report(where, `has a maxDepth that is not an integer from 1 to ${maxJsonDepth}`)
  return schema
}

function isWithin(value: unknown, largest: number): boolean {
  return Number.isInteger(value) && Number(value) >= 1 && Number(value) <= largest
}

function limitString(schema: JsonSchema, where: string, report: Report): JsonSchema {
  const { format, pattern, enum: words } = schema
  const digits = digitsOf(schema)
  const wrong = schema['x-precision'] === undefined ? undefined : digitsMistake(digits)
  if (wrong !== undefined) report(where, wrong)
  if (words !== undefined) return schema
  if (format !== undefined && !isFormat(format))
    report(where, `has the format '${format}', known are ${Object.keys(formats).join(', ')}`)
  const limited = {
    ...(isFormat(format) ? formats[format].limits : { maxLength: usualMaxLength }),
    ...schema,
  }
  const { maxLength = usualMaxLength } = limited as { maxLength?: number }
  const mistake = pattern === undefined ? undefined : patternMistake(String(pattern), maxLength)
  if (mistake !== undefined) report(where, mistake)
  if (isFormat(format)) return limited
  if (pattern === undefined) return { ...limited, pattern: controlFree }
  // A pattern of the definition's own may let control characters through, so they are refused beside it: by `not`,
  // because generators cannot merge two patterns.
  const isDecimal = schema['x-precision'] !== undefined
  return isDecimal || excludesControls(String(pattern))
    ? limited
    : { ...limited, not: { pattern: controls } }
}

function limitInteger(schema: JsonSchema, where: string, report: Report): JsonSchema {
  for (const keyword of ['minimum', 'maximum'])
    if (schema[keyword] !== undefined && !Number.isSafeInteger(schema[keyword]))
      report(where, `has a ${keyword} that is not an integer within ±(2^53-1)`)
  return { minimum: -maxInteger, maximum: maxInteger, ...schema }
}

function limitArray(schema: JsonSchema, where: string, report: Report): JsonSchema {
  const items = limitPart((schema.items ?? {}) as JsonSchema, `${where}/items`, report)
  return { maxItems: usualMaxItems, ...schema, items }
}

function limitObject(schema: JsonSchema, where: string, report: Report): JsonSchema {
  const properties = Object.entries((schema.properties ?? {}) as Record<string, JsonSchema>)
  if (properties.length === 0)
    report(where, 'must name its members; an object with any members is Json()')
  if (properties.some(([name]) => name === '__proto__'))
    report(where, 'has the member __proto__, which no body may have')
  const limited = properties.map(([name, member]) => [
    name,
    limitPart(member, `${where}/${name}`, report),
  ])
  return { ...schema, properties: Object.fromEntries(limited), additionalProperties: false }
}

/** The content of lists and objects belongs to the client: the server adds nothing to it. */
function limitPart(schema: JsonSchema, where: string, report: Report): JsonSchema {
  for (const option of ['default', 'readOnly', 'writeOnly', 'fixed', 'scope'])
    if (schema[option] !== undefined)
      report(where, `has ${option}, which only a field itself can have`)
  return limitSchema(schema, where, report)
}
