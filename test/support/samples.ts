// A resource with a required and an optional field of every scalar kind, and random rows of it with many equal values.

import { Type } from '@sinclair/typebox'
import fc, { type Arbitrary } from 'fast-check'
import { Enum, resource } from '../../src/resource/resource.ts'
import type { Service } from './service.ts'

const text = () => Type.String({ maxLength: 20 })
const date = () => Type.String({ format: 'date' })
const time = () => Type.String({ format: 'date-time' })
const uuid = () => Type.String({ format: 'uuid' })
const word = () => Enum(['low', 'Mid', 'high'])

/** `batch` keeps the rows of one run of a property apart from those of the others. */
export const samples = resource(
  'samples',
  Type.Object({
    batch: Type.Integer(),
    text: text(),
    integer: Type.Integer(),
    number: Type.Number(),
    boolean: Type.Boolean(),
    date: date(),
    time: time(),
    uuid: uuid(),
    word: word(),
    maybe_text: Type.Optional(text()),
    maybe_integer: Type.Optional(Type.Integer()),
    maybe_number: Type.Optional(Type.Number()),
    maybe_boolean: Type.Optional(Type.Boolean()),
    maybe_date: Type.Optional(date()),
    maybe_time: Type.Optional(time()),
    maybe_uuid: Type.Optional(uuid()),
    maybe_word: Type.Optional(word()),
  }),
  { description: 'Values of every kind' },
)

/** Values of each kind: few, so that rows share them, and those that are easily put in the wrong order. */
export const kinds = {
  // U+FFFD is before U+1F600 by code point, and after it by UTF-16 code unit.
  text: fc.string({
    unit: fc.constantFrom(
      'a',
      'A',
      'b',
      'ä',
      'Ä',
      'ß',
      'σ',
      'ς',
      'z',
      '%',
      '_',
      '*',
      '\\',
      "'",
      '\u{fffd}',
      '😀',
      '𝒳',
    ),
    maxLength: 3,
  }),
  integer: fc.constantFrom(-Number.MAX_SAFE_INTEGER, -10, -9, 0, 2, 10, Number.MAX_SAFE_INTEGER),
  number: fc.constantFrom(
    -1e21,
    -1.5,
    -1e-7,
    0,
    5e-324,
    0.1,
    0.3,
    0.1 + 0.2,
    2,
    10,
    Number.MAX_VALUE,
  ),
  boolean: fc.boolean(),
  date: fc.constantFrom('0001-01-01', '1969-12-31', '2024-02-29', '2026-05-04', '9999-12-31'),
  time: fc.constantFrom(
    '0001-01-01T00:00:00Z',
    '1969-12-31T23:59:59.999Z',
    '2026-05-04T12:30:00Z',
    '2026-05-04T14:30:00+02:00',
    '2026-05-04t07:00:00.000001-05:30',
    '2026-05-04T12:30:00.001Z',
    '2026-05-04T23:30:00-05:00',
  ),
  uuid: fc.constantFrom(
    '8e03978e-40d5-43e8-bc93-6894a57f9324',
    '8E03978E-40D5-43E8-BC93-6894A57F9324',
    'F0000000-0000-4000-8000-000000000000',
    '0a000000-0000-4000-8000-000000000000',
  ),
  word: fc.constantFrom('low', 'Mid', 'high'),
}

export type Kind = keyof typeof kinds

export const kindNames = Object.keys(kinds) as Kind[]

/** The kind of a field of `samples`. */
export function kindOf(field: string): Kind {
  return (kindNames as string[]).includes(field)
    ? (field as Kind)
    : (field.replace('maybe_', '') as Kind)
}

export type Value = null | string | number | boolean
export type Sample = Readonly<Record<string, Value>>

/** Bodies of POST, without `batch`. */
export const bodies = (maxLength: number): Arbitrary<Record<string, unknown>[]> => {
  const values = Object.entries(kinds) as [Kind, Arbitrary<unknown>][]
  const members = values.flatMap(([kind, value]) => [
    [kind, value],
    [`maybe_${kind}`, fc.option(value, { freq: 2 })],
  ])
  return fc.array(fc.record(Object.fromEntries(members)), { maxLength })
}

/** Creates the rows, all at once, and gives them as they were answered, by id: who comes first is the database's choice. */
export async function createSamples(
  { post }: Service,
  batch: number,
  rows: readonly object[],
): Promise<Sample[]> {
  const created = await Promise.all(rows.map(row => post('/samples', { ...row, batch })))
  return created.map(({ json }) => json).sort((one, other) => one.id - other.id)
}

/** How values of a kind lie to each other: null first, text by code point, times by the instant. */
export function compareValues(kind: Kind, one: Value, other: Value): number {
  if (one === null || other === null) return Number(one !== null) - Number(other !== null)
  if (kind === 'time') return Date.parse(String(one)) - Date.parse(String(other))
  if (typeof one === 'string') return compareText([...one], [...String(other)])
  return Number(one) - Number(other)
}

function compareText(one: readonly string[], other: readonly string[]): number {
  const index = one.findIndex((character, at) => character !== other[at])
  if (index === -1) return one.length - other.length
  return (one[index]?.codePointAt(0) ?? -1) - (other[index]?.codePointAt(0) ?? -1)
}
