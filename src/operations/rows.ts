// Bodies with several rows, each on a line.

import { csv } from '../formats/csv.ts'
import { type RowFormat, rowsToText } from '../formats/format.ts'
import { maxRows, maxRowsWithPasswords } from '../formats/formats.ts'
import { ndjson } from '../formats/ndjson.ts'
import { countsType, importType } from '../http/media-types.ts'
import type { Parameter } from '../query/parameter.ts'
import { createExample, type Example, patchExample } from '../resource/example.ts'
import type { JsonSchema } from '../resource/field.ts'
import type { Model } from '../resource/model.ts'
import type { Values } from '../resource/row.ts'
import { schemaRef } from '../resource/shapes.ts'
import type { Address } from './address.ts'
import type { Body, Success } from './operation.ts'

export const countsShape = {
  $id: 'RowCounts',
  type: 'object',
  description: 'How many rows were stored',
  examples: [{ created: 1000 }],
  required: ['created'],
  properties: {
    created: { type: 'integer', minimum: 0, description: 'How many are new' },
    replaced: {
      type: 'integer',
      minimum: 0,
      description: 'How many have replaced others, with `on_duplicate=replace`',
    },
    skipped: {
      type: 'integer',
      minimum: 0,
      description: 'How many were left out, with `on_duplicate=skip`',
    },
  },
} as const satisfies JsonSchema

export const ndjsonShape = {
  $id: 'NdjsonRows',
  type: 'string',
  description: 'Rows, each a JSON object on a line of its own',
  examples: ['{"id":1,"name":"One"}\n{"id":2,"name":"Two"}\n'],
} as const satisfies JsonSchema

export const csvShape = {
  $id: 'CsvRows',
  type: 'string',
  description:
    'Rows as CSV (RFC 4180) below a line with the names of their members. An empty cell is a member that is not there, `""` an empty text; lists and objects are JSON.',
  examples: ['id,name\r\n1,One\r\n2,Two\r\n'],
} as const satisfies JsonSchema

/** The bodies with several rows that creating takes. */
export function rowBodies(address: Address): readonly Body[] {
  const rows = rowExamples(address)
  return [
    { type: ndjson.type, shape: ndjsonShape, example: textOf(ndjson, address, rows) },
    { type: csv.type, shape: csvShape, example: textOf(csv, address, rows) },
  ]
}

/** One row, or two where they may be alike. */
function rowExamples({ model, below }: Address): readonly Example[] {
  const row = createExample(model, below)
  const mayBeAlike = model.keyMadeBy === 'server' && model.unique.length === 0
  return mayBeAlike ? [row, { ...row, ...patchExample(model) }] : [row]
}

function textOf(format: RowFormat, { model }: Address, rows: readonly Example[]): string {
  const names = Object.keys(rows[0] ?? {})
  const fields = model.fields.filter(({ name }) => names.includes(name))
  return rowsToText(format, fields, rows as readonly Values[])
}

/** The response for them: how many there are, or the rows in the format in which they were sent. */
export const rowsReturned: NonNullable<Success['others']> = {
  [countsType]: { schema: schemaRef(countsShape) },
  [ndjson.type]: { schema: schemaRef(ndjsonShape) },
  [csv.type]: { schema: schemaRef(csvShape) },
}

/** Whether its rows may be received now and stored later: the hash of a password takes too long for more than a few. */
export function takesImports({ fields }: Model): boolean {
  return !fields.some(({ kind }) => kind.isHashed)
}

/** Rows that were received, and are stored later (RFC 9110 §15.3.3). */
export const importAccepted: Success = {
  status: 202,
  description: 'The rows were received, and nothing is stored yet (`Prefer: respond-async`)',
  headers: ['Import-Location', 'Progress-Retry-After'],
  others: { [importType]: { schema: schemaRef({ $id: 'Import' }) } },
  component: 'ImportAccepted',
}

/** `replace` only where a PUT could do it. */
export function onDuplicate({ without, requireIfMatch }: Model): Parameter {
  const replaces = !without.includes('replace') && !requireIfMatch
  return {
    name: 'on_duplicate',
    description:
      'What happens to a row whose key or unique values are taken: nothing is stored (`refuse`), or the row is left out (`skip`)' +
      `${replaces ? ', or put in the place of the other (`replace`)' : ''}.`,
    schema: {
      type: 'string',
      enum: ['refuse', 'skip', ...(replaces ? ['replace'] : [])],
      default: 'refuse',
    },
    isGeneral: true,
  }
}

/** Written once, because Intl takes a tenth of a millisecond for each. */
const mostWords = {
  usual: maxRows.toLocaleString('en'),
  withPasswords: maxRowsWithPasswords.toLocaleString('en'),
}

/** The sentences of the description about them. */
export function rowsWords(model: Model): string {
  const most = takesImports(model) ? mostWords.usual : mostWords.withPasswords
  const children = model.children.map(({ name }) => name).join(' and ')
  const without = children === '' ? '' : `, without ${children}`
  return `As NDJSON or CSV, up to ${most} ${model.name} are created${without}, all or none.`
}
