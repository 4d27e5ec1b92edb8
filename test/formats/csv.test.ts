// Rows as CSV: each rule of RFC 4180, what tells null from an empty text, and the form for spreadsheets.

import { Type } from '@sinclair/typebox'
import t from 'tap'
import { csv, spreadsheetCsv } from '../../src/formats/csv.ts'
import { type RowFormat, rowsToText } from '../../src/formats/format.ts'
import { type Field, schemaToField } from '../../src/resource/field.ts'
import { Decimal, Json } from '../../src/resource/field-helpers.ts'
import type { Values } from '../../src/resource/row.ts'

const definition = {
  id: Type.Integer(),
  text: Type.String(),
  size: Type.Number(),
  done: Type.Boolean(),
  price: Decimal(10, 2),
  words: Type.Array(Type.String()),
  part: Type.Object({ name: Type.String() }),
  free: Json(),
}

const fields = Object.fromEntries(
  Object.entries(definition).map(([name, schema]) => [
    name,
    schemaToField(name, schema, true, () => {}),
  ]),
) as Record<keyof typeof definition, Field>

function written(format: RowFormat, names: readonly (keyof typeof definition)[], row: Values) {
  return rowsToText(
    format,
    names.map(name => fields[name]),
    [row],
  )
}

const cell = (format: RowFormat, name: keyof typeof definition, value: Values[string]) =>
  written(format, [name], { [name]: value }).slice(format.head([fields[name]]).length, -2)

t.test(
  'a header line, then a line for each row, all ended by CRLF (RFC 4180 §2.1, §2.3)',
  async t => {
    t.equal(written(csv, ['id', 'text'], { id: 1, text: 'a b' }), 'id,text\r\n1,a b\r\n')
    t.equal(rowsToText(csv, [fields.id, fields.text], []), 'id,text\r\n')
  },
)

t.test('what a cell may hold', async t => {
  const table: [name: keyof typeof definition, value: Values[string], cell: string, why: string][] =
    [
      ['text', 'Perú', 'Perú', 'text as it is'],
      ['text', ' a ', ' a ', '§2.4: spaces are part of it'],
      ['text', 'a,b', '"a,b"', '§2.6'],
      ['text', 'a\nb', '"a\nb"', '§2.6'],
      ['text', 'a\r\nb', '"a\r\nb"', '§2.6'],
      ['text', 'say "a"', '"say ""a"""', '§2.7'],
      ['text', '', '""', 'an empty text is not null'],
      ['text', null, '', 'null is nothing'],
      ['text', '=1+1', '=1+1', 'so that it loads back'],
      ['id', -7, '-7', 'a number'],
      ['size', 1e21, '1e+21', 'as in JSON'],
      ['size', -0, '0', 'as in JSON'],
      ['done', false, 'false', 'a Boolean'],
      ['price', '-12.50', '-12.50', 'a Decimal as in JSON'],
      ['words', ['a', 'b'], '"[""a"",""b""]"', 'a list is JSON'],
      ['words', [], '[]', 'an empty list'],
      ['part', { name: 'x' }, '"{""name"":""x""}"', 'an object is JSON'],
      ['part', null, '', 'no object'],
      ['free', 'text', '"""text"""', 'a text where any JSON may be is JSON'],
      ['free', 5, '5', 'JSON'],
      ['free', '', '""""""', 'JSON'],
    ]
  for (const [name, value, expected, why] of table)
    t.equal(cell(csv, name, value), expected, `${name} ${JSON.stringify(value)}: ${why}`)
})

t.test('a spreadsheet takes no text for a formula', async t => {
  const table: [text: string, cell: string][] = [
    ['=1+1', `"'=1+1"`],
    ['+1+cmd', `"'+1+cmd"`],
    ['-1+cmd', `"'-1+cmd"`],
    ['@sum(a1)', `"'@sum(a1)"`],
    ['\t=1', `"'\t=1"`],
    ['＝1', `"'＝1"`],
    ['=a"b', `"'=a""b"`],
    ['a;=1', '"a;=1"'],
    ['-12.50', '"-12.50"'],
    ['plain', '"plain"'],
    ['', '""'],
  ]
  for (const [text, expected] of table) t.equal(cell(spreadsheetCsv, 'text', text), expected, text)
  t.equal(cell(spreadsheetCsv, 'id', -7), '-7')
  t.equal(cell(spreadsheetCsv, 'text', null), '')
  t.equal(
    rowsToText(spreadsheetCsv, [fields.id], []),
    '\uFEFFid\r\n',
    'it begins with a byte order mark',
  )
})
