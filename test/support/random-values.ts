// Random bodies and values for the fields of a model: few values, so that rows meet, and those that databases differ in.

import fc, { type Arbitrary } from 'fast-check'
import type { Field, JsonSchema } from '../../src/resource/field.ts'
import type { Model } from '../../src/resource/model.ts'

export type Body = Readonly<Record<string, unknown>>

/** Case, digits, accents and their parts, what LIKE and JSON take for their own, code points beyond UTF-16's order. */
export const texts = [
  ...[
    'a',
    'A',
    'b',
    'Z',
    'z',
    'aa',
    'a b',
    'a-b',
    '10',
    '2',
    '٣',
    'ä',
    'a\u{308}',
    'Å',
    'ß',
    'ss',
    'ı',
    'İ',
  ],
  ...[
    '%',
    '_',
    '\\',
    "'",
    '"',
    '*',
    '[a]',
    '$1',
    '?1',
    '\u{a0}',
    '\u{200d}',
    '\u{fffd}',
    '\u{ffff}',
    '😀',
    '𝒳',
    '中',
  ],
]

const formats: Readonly<Record<string, readonly string[]>> = {
  date: ['0001-01-01', '1969-12-31', '2024-02-29', '9999-12-31'],
  'date-time': [
    '0001-01-01T00:00:00Z',
    '2026-05-04T14:30:00+02:00',
    '2026-05-04T12:30:00.001Z',
    '2026-05-04T12:30:00Z',
  ],
  email: ['ada@example.com', 'Ada@example.com', 'a_b@example.com'],
  uri: ['https://example.com/a', 'https://example.com/A?b=%20'],
  uuid: ['8e03978e-40d5-43e8-bc93-6894a57f9324', '8E03978E-40D5-43E8-BC93-6894A57F9324'],
}

const integers = [
  0,
  1,
  2,
  3,
  10,
  -9,
  1886,
  2024,
  99,
  2 ** 31 - 1,
  Number.MAX_SAFE_INTEGER,
  -Number.MAX_SAFE_INTEGER,
]
const numbers = [0, -0, 0.1, 0.1 + 0.2, 1, 2, 10, 12.5, -1.5, 5e-324, 1e21, 1e-7, Number.MAX_VALUE]

/** No body may have `__proto__`. */
const anyJson = fc
  .jsonValue({ maxDepth: 3 })
  .filter(value => !JSON.stringify(value).includes('__p'))

/** A value that the schema lets in. */
export function valueFor(schema: JsonSchema): Arbitrary<unknown> {
  if (schema.enum !== undefined) return fc.constantFrom(...(schema.enum as string[]))
  if (schema.type === 'string') return stringOf(schema)
  if (schema.type === 'integer')
    return fc.constantFrom(...integers.filter(value => isWithin(schema, value)))
  if (schema.type === 'number')
    return fc.constantFrom(...numbers.filter(value => isWithin(schema, value)))
  if (schema.type === 'boolean') return fc.boolean()
  if (schema.type === 'array') return listOf(schema)
  if (schema.type === undefined) return anyJson
  return objectOf(schema)
}

function stringOf({
  format,
  pattern,
  minLength = 0,
  maxLength = Infinity,
  examples = [],
}: JsonSchema) {
  const fits = (text: string) =>
    [...text].length >= Number(minLength) &&
    [...text].length <= Number(maxLength) &&
    (pattern === undefined || new RegExp(String(pattern), 'u').test(text))
  const fitting = (
    formats[String(format)] ?? [...texts, 'ada', 'zoe-1', 'EUR', 'USD', 'AB-0001', 'ZZ-0009']
  ).filter(fits)
  return fc.constantFrom(...fitting, ...(examples as string[]))
}

function isWithin(schema: JsonSchema, value: number): boolean {
  const {
    minimum = -Infinity,
    exclusiveMinimum = -Infinity,
    maximum = Infinity,
    exclusiveMaximum = Infinity,
  } = schema
  if (schema.multipleOf !== undefined && !Number.isSafeInteger(value)) return false
  return (
    value >= Number(minimum) &&
    value > Number(exclusiveMinimum) &&
    value <= Number(maximum) &&
    value < Number(exclusiveMaximum)
  )
}

function listOf({ items, minItems = 0 }: JsonSchema): Arbitrary<unknown> {
  return fc.array(valueFor(items as JsonSchema), {
    minLength: Number(minItems),
    maxLength: Number(minItems) + 2,
  })
}

function objectOf({ properties, required = [] }: JsonSchema): Arbitrary<unknown> {
  const members = Object.entries(properties as Record<string, JsonSchema>)
  const values = Object.fromEntries(members.map(([name, schema]) => [name, valueFor(schema)]))
  return fc.record(values, { requiredKeys: required as string[] })
}

/** What a client may set of a row, complete enough to create it; some bodies are wrong in one place. */
export function bodyOf(model: Model): Arbitrary<Body> {
  const { fields, key, keyMadeBy } = model
  const settable = fields.filter(
    field => !field.readOnly && (field !== key || keyMadeBy === 'client'),
  )
  const required = settable.filter(field => field.required || field === key).map(({ name }) => name)
  const values = Object.fromEntries(settable.map(field => [field.name, fieldValue(model, field)]))
  const good = fc.record(values, { requiredKeys: required })
  const one = fc.constantFrom('wheels', ...fields.map(({ name }) => name))
  const wrong = fc.constantFrom<unknown>(
    null,
    true,
    -1,
    1.5,
    2 ** 53,
    '',
    'x'.repeat(70_000),
    [],
    {},
    '\u0000',
    '1',
  )
  return fc.oneof(
    { weight: 9, arbitrary: good },
    {
      weight: 1,
      arbitrary: fc
        .tuple(good, one, wrong)
        .map(([body, name, value]) => ({ ...body, [name]: value })),
    },
  )
}

/** Some members only, of a body for this model. */
export function changesOf(model: Model): Arbitrary<Body> {
  return fc
    .tuple(bodyOf(model), fc.infiniteStream(fc.boolean()))
    .map(([body, chosen]) =>
      Object.fromEntries(Object.entries(body).filter(() => chosen.next().value)),
    )
}

function fieldValue({ key, references }: Model, field: Field): Arbitrary<unknown> {
  const refers = field === key || references.some(reference => reference.field === field)
  const value = refers ? keyFor(field.schema) : valueFor(field.schema)
  return field.nullable ? fc.option(value, { freq: 4 }) : value
}

/** Keys and references are few, so that most references lead somewhere. */
export function keyFor(schema: JsonSchema): Arbitrary<unknown> {
  if (schema.type === 'integer') return fc.constantFrom(1, 1, 2, 2, 3, 99)
  const fitting = ['a', 'ada', 'North 1', '\u{e4} 50%/?'].filter(text =>
    new RegExp(String(schema.pattern), 'u').test(text),
  )
  return fc.constantFrom(...fitting)
}
