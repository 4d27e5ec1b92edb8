// The readers of rows: whatever the pieces in which a text comes, and back from what the writers make.

import fc from 'fast-check'
import t from 'tap'
import { csv } from '../../src/formats/csv.ts'
import { CsvReader } from '../../src/formats/csv-reader.ts'
import { recordAt } from '../../src/formats/csv-records.ts'
import { rowsToText } from '../../src/formats/format.ts'
import { ndjson } from '../../src/formats/ndjson.ts'
import { NdjsonReader } from '../../src/formats/ndjson-reader.ts'
import {
  maxRowLength,
  type ReadLine,
  type RowReader,
  rowsIn,
} from '../../src/formats/row-reader.ts'
import { schemaToField } from '../../src/resource/field.ts'
import { Json, Type } from '../../src/restwell.ts'

const fields = Object.entries({
  text: Type.String(),
  whole: Type.Integer(),
  number: Type.Number(),
  flag: Type.Boolean(),
  list: Type.Array(Type.String()),
  any: Json(),
}).map(([name, schema]) => schemaToField(name, schema, true, () => {}))

function readAll(reader: RowReader, pieces: readonly string[]): readonly ReadLine[] {
  return [...pieces.flatMap(piece => reader.read(piece)), ...reader.end()]
}

/** RFC 4180 §2, by its numbers. */
const records: readonly [section: string, text: string, cells: readonly (string | null)[][]][] = [
  [
    '1',
    'aaa,bbb\r\nzzz,yyy\r\n',
    [
      ['aaa', 'bbb'],
      ['zzz', 'yyy'],
    ],
  ],
  [
    '2',
    'aaa,bbb\r\nzzz,yyy',
    [
      ['aaa', 'bbb'],
      ['zzz', 'yyy'],
    ],
  ],
  ['4: spaces are part of a cell', ' a ,b', [[' a ', 'b']]],
  [
    '5',
    '"aaa","bbb"\r\nzzz,""',
    [
      ['aaa', 'bbb'],
      ['zzz', ''],
    ],
  ],
  [
    '6',
    '"aaa","b \r\nbb"\r\nzzz,yyy',
    [
      ['aaa', 'b \r\nbb'],
      ['zzz', 'yyy'],
    ],
  ],
  ['7', '"b""bb",""""', [['b"bb', '"']]],
  [
    'LF alone',
    'a,\n,b\n',
    [
      ['a', null],
      [null, 'b'],
    ],
  ],
  ['CR within a cell', 'a\rb,c\r\n', [['a\rb', 'c']]],
  ['an empty line', '\r\n\n', [[null], [null]]],
]

t.test('CSV is taken apart', async t => {
  for (const [section, text, expected] of records) {
    const found = []
    for (let at = 0; at < text.length; ) {
      const record = recordAt(text, at, true)
      found.push(record?.cells)
      at = record?.next ?? text.length
    }
    t.strictSame(found, expected, section)
  }
  t.throws(() => recordAt('a"b', 0, true), /a quote in a cell that does not begin with one/)
  t.throws(() => recordAt('"a"b', 0, true), /text behind a closing quote/)
  t.throws(() => recordAt('"a', 0, true), /never closed/)
})

const rows = fc.array(
  fc.record({
    text: fc.option(
      fc.string({ unit: fc.constantFrom('"', ',', '\r', '\n', 'é', '😀', 'a', ' ', '=') }),
    ),
    whole: fc.option(fc.maxSafeInteger()),
    number: fc.option(
      fc.double({ noNaN: true, noDefaultInfinity: true }).map(value => value + 0 || 0),
    ),
    flag: fc.option(fc.boolean()),
    list: fc.option(fc.array(fc.string())),
    any: fc
      .jsonValue()
      .filter(value => !JSON.stringify(value).includes('"__proto__":'))
      .map(value => JSON.parse(JSON.stringify(value))),
  }),
)

t.test('what the writers make is read back, in whatever pieces it comes', async t => {
  await fc.assert(
    fc.asyncProperty(rows, fc.array(fc.nat(40)), async (values, cuts) => {
      for (const [format, reader] of [
        [csv, new CsvReader(fields)],
        [ndjson, new NdjsonReader()],
      ] as const) {
        const text = rowsToText(format, fields, values as never)
        const pieces: string[] = []
        let at = 0
        for (const cut of cuts) {
          pieces.push(text.slice(at, at + cut))
          at += cut
        }
        const found = readAll(reader, [...pieces, text.slice(at)])
        const read = found.map(line => ('values' in line ? line.values : line))
        t.strictSame(
          read.map(row => ({ ...nothing, ...(row as object) })),
          values.map(row => ({ ...nothing, ...row })),
        )
      }
    }),
    { numRuns: 60 },
  )
})

const nothing = Object.fromEntries(fields.map(({ name }) => [name, null]))

t.test('what is wrong with a value is said', async t => {
  const mistakes = [
    ['{', 'is not JSON', 'must be JSON'],
    ['{"a":[{"__proto__":1}]}', 'must not have the member __proto__'],
    ['{"\\u005f_proto__":1}', 'must not have the member __proto__'],
    [String.raw`["\ud83d"]`, 'must not have half of a surrogate pair'],
  ] as const
  for (const [text, mistake, ofCell = mistake] of mistakes) {
    t.strictSame(readAll(new NdjsonReader(), [text]), [{ line: 1, mistake }])
    const cell = `"${text.replaceAll('"', '""')}"`
    t.strictSame(readAll(new CsvReader(fields), [`any\n${cell}`]), [
      { line: 2, member: 'any', mistake: ofCell },
    ])
  }
})

t.test('a text of bytes may be cut within a character, and may have a byte order mark', async t => {
  const bytes = Buffer.from(`\uFEFF{"text":"${'é😀'.repeat(20_000)}"}\n{"text":"b"}`)
  const read = [...rowsIn(new NdjsonReader(), bytes)].flat()
  t.strictSame(read, [
    { line: 1, values: { text: 'é😀'.repeat(20_000) } },
    { line: 2, values: { text: 'b' } },
  ])
})

t.test('a row that is too long is a mistake, and nothing more than that is held', async t => {
  for (const reader of [new NdjsonReader(), new CsvReader(fields)]) {
    reader.read('text\n')
    const pieces = Array.from({ length: 40 }, () => 'x'.repeat(32_768))
    const found = pieces.flatMap(piece => reader.read(piece))
    t.strictSame(
      [...found, ...reader.end()],
      [{ line: 2, mistake: `is longer than ${maxRowLength} characters` }],
    )
  }
})
