// CSV that the server writes is what this process would have written.

import { setTimeout } from 'node:timers/promises'
import { Type } from '@sinclair/typebox'
import fc from 'fast-check'
import t from 'tap'
import { csv, spreadsheetCsv } from '../../../src/formats/csv.ts'
import type { RowFormat } from '../../../src/formats/format.ts'
import { toWriting } from '../../../src/formats/stored-rows.ts'
import { schemaToField } from '../../../src/resource/field.ts'
import { Decimal, Json } from '../../../src/resource/field-helpers.ts'
import { openStore } from '../../../src/store/open.ts'
import { copyCsv } from '../../../src/store/postgres/copy.ts'
import type { Statement } from '../../../src/store/store.ts'
import { portionRows, TextPortion } from '../../../src/store/streams.ts'
import { serverUrl } from '../../support/postgres.ts'

const members = {
  text: { schema: Type.String(), type: 'text' },
  whole: { schema: Type.Integer(), type: 'bigint' },
  number: { schema: Type.Number(), type: 'double precision' },
  flag: { schema: Type.Boolean(), type: 'boolean' },
  price: { schema: Decimal(15, 3), type: 'bigint' },
  whole_price: { schema: Decimal(9, 0), type: 'bigint' },
  list: { schema: Type.Array(Type.String()), type: 'json' },
  any: { schema: Json(), type: 'json' },
}

const fields = Object.entries(members).map(([name, { schema }]) =>
  schemaToField(name, schema, true, () => {}),
)

function writing(format: RowFormat, names: readonly string[] = Object.keys(members)) {
  return toWriting(
    format,
    fields.filter(({ name }) => names.includes(name)),
  )
}

const text = fc.string({
  unit: fc.constantFrom('"', "'", ',', '\r', '\n', '\\', '.', '$1', 'é', '😀', 'a', ' ', '='),
})
const decimal = fc.integer({ min: -(10 ** 9), max: 10 ** 9 })
const value = fc.record({
  text: fc.option(text),
  whole: fc.option(fc.maxSafeInteger()),
  number: fc.option(fc.double({ noNaN: true, noDefaultInfinity: true })),
  flag: fc.option(fc.boolean()),
  price: fc.option(decimal),
  whole_price: fc.option(decimal),
  list: fc.option(fc.array(text).map(list => JSON.stringify(list))),
  any: fc.option(
    fc
      .jsonValue()
      .filter(any => any !== null)
      .map(any => JSON.stringify(any)),
  ),
})

const names = Object.keys(members).map(name => `"${name}"`)
const columns = Object.entries(members).map(([name, { type }]) => `"${name}" ${type}`)

/** Reads the rows from their JSON. What is JSON in them must come as it is written. */
function selectOf(rows: readonly object[]): Statement {
  return {
    text:
      `select ${names.join(', ')} from json_to_recordset(cast($1 as json)) ` +
      `as "list" ("nth" bigint, ${columns.join(', ').replaceAll('" json', '" text')}) order by "nth"`,
    values: [JSON.stringify(rows.map((row, nth) => ({ nth, ...row })))],
  }
}

const edges = [
  0,
  -0,
  1e-6,
  9.99e-7,
  -1e-7,
  1.5e-10,
  1e15,
  123456789012345680000,
  1e21,
  1e100,
  5e-324,
  Number.MAX_VALUE,
  0.1,
  1e-5,
  100,
]

t.test('CSV from the server is CSV as it is written here, whatever the values', async t => {
  const store = openStore(serverUrl(), { exclusive: false })
  t.teardown(() => store.close())
  const examples = edges.map(number => ({ number, price: -1, text: '' }))
  await fc.assert(
    fc.asyncProperty(fc.array(value), async rows => {
      const statement = selectOf(rows)
      const copied: Uint8Array[] = []
      for await (const portion of store.streamText(statement, writing(csv))) copied.push(portion)
      const written = new TextPortion(writing(csv))
      for await (const portion of store.stream(statement))
        for (const row of portion) written.add(row)
      t.equal(Buffer.concat(copied).toString(), Buffer.from(written.take()).toString())
    }),
    { numRuns: 100, examples: [[examples as never]] },
  )
})

t.test(
  'a copy has the values of the statement in its text, each as the type that its place asks for',
  async t => {
    const statement = {
      text: `select "a$1", 'it''s $2' from t where a = $2 and b = $1 and c is not distinct from $3 limit $4`,
      values: ["x' or '$1", true, null, 5],
    }
    t.equal(
      copyCsv(statement, writing(csv, ['text', 'flag'])),
      'copy (select "_0", cast("_1" as text) from (' +
        `select "a$1", 'it''s $2' from t where a = 'true' and b = 'x'' or ''$1' and c is not distinct from null limit '5'` +
        ') as "rows" ("_0", "_1")) to stdout (format csv)',
    )
  },
)

t.test('the server does not write what it would write otherwise', async t => {
  const statement = { text: 'select 1', values: [] }
  const links = schemaToField('links', Type.Array(Type.Integer()), true, () => {})
  const keys = { ...links, kind: { ...links.kind, name: 'keys' as const } }
  t.equal(copyCsv(statement, writing(spreadsheetCsv)), undefined)
  t.equal(copyCsv(statement, writing(csv, ['text'])), undefined)
  t.equal(copyCsv(statement, toWriting(csv, [...fields, keys])), undefined)
})

t.test('a session that takes backslashes for escapes reads no value otherwise', async t => {
  const url = new URL(serverUrl())
  url.searchParams.set('standard_conforming_strings', 'off')
  const store = openStore(url.href, { exclusive: false })
  t.teardown(() => store.close())
  const statement = { text: 'select $1::text, 1 = 1', values: [String.raw`\'; \\`] }
  const copied: Uint8Array[] = []
  for await (const portion of store.streamText(statement, writing(csv, ['text', 'flag'])))
    copied.push(portion)
  t.equal(Buffer.concat(copied).toString(), `${String.raw`\'; \\`},true\r\n`)
})

t.test(
  'a long list ends, however slowly its portions are taken, and leaves a connection that can be used',
  async t => {
    const store = openStore(serverUrl(), { exclusive: false, connections: 3 })
    t.teardown(() => store.close())
    const count = 20 * portionRows
    const statement = {
      text: `select 'A title of a book', n from generate_series(1, cast($1 as integer)) as n`,
      values: [count],
    }
    for (let time = 0; time < 5; time++) {
      let lines = 0
      for await (const portion of store.streamText(statement, writing(csv, ['text', 'whole']))) {
        lines += Buffer.from(portion).toString().split('\r\n').length - 1
        await setTimeout(5)
      }
      t.equal(lines, count)
    }
    t.strictSame(await store.query({ text: 'select 1', values: [] }), [[1]])
  },
)
