// What the console reads of a file of rows, and what it sends of it.

import t from 'tap'
import {
  csvType,
  matchColumns,
  ndjsonType,
  type RowsFile,
  readContents,
  rowsAt,
  toRowsFile,
  withColumns,
} from '../src/rows-file.ts'
import type { Field } from '../src/schema.ts'

const file = (type: RowsFile['type'], text: string): RowsFile => ({
  name: 'rows',
  type,
  blob: new Blob([text]),
})

const fields = ['name', 'page_count'].map(name => ({ name })) as unknown as readonly Field[]

t.test('the type of a file is that of its name', async t => {
  const typeOf = (name: string) => toRowsFile(new File([''], name)).type
  t.strictSame(['a.csv', 'A.TXT', 'a.ndjson', 'a.jsonl'].map(typeOf), [
    csvType,
    csvType,
    ndjsonType,
    ndjsonType,
  ])
})

t.test(
  'CSV has its columns, first rows and the number of all, without a byte order mark',
  async t => {
    const text = `\uFEFFid,name\r\n${'1,"a\nb"\r\n'.repeat(20_000)}\n`
    const { columns, rows, total, mistake } = await readContents(file(csvType, text))
    t.strictSame(columns, ['id', 'name'])
    t.strictSame(rows.slice(0, 2), [
      { line: 2, cells: ['1', 'a\nb'] },
      { line: 4, cells: ['1', 'a\nb'] },
    ])
    t.strictSame([rows.length, total, mistake], [8, 20_000, undefined])
  },
)

t.test('NDJSON has the members of its first rows as columns', async t => {
  const text = '{"a":1}\n\n{"b":[2],"c":"x"}\nno JSON\n'
  t.strictSame(await readContents(file(ndjsonType, text)), {
    columns: ['a', 'b', 'c'],
    rows: [
      { line: 1, cells: ['1', '', ''] },
      { line: 3, cells: ['', '[2]', 'x'] },
      { line: 4, cells: ['', '', ''] },
    ],
    total: 3,
    mistake: undefined,
  })
})

t.test('where a file cannot be read on, its line is told', async t => {
  const contents = await readContents(file(csvType, 'a\n1\n"2\n'))
  t.match(contents, { total: 1, mistake: { line: 3, detail: 'has a quote that is never closed' } })
  t.strictSame((await readContents(file(csvType, ''))).total, 0)
})

t.test('the rows of lines are found', async t => {
  const text = 'a,b\n1,2\n3,4\n5,6\n'
  t.strictSame(await rowsAt(file(csvType, text), new Set([3])), {
    columns: ['a', 'b'],
    rows: [{ line: 3, cells: ['3', '4'] }],
  })
  t.strictSame((await rowsAt(file(ndjsonType, '{"a":1}\n{"a":2}'), new Set([2]))).rows, [
    { line: 2, cells: ['2'] },
  ])
})

t.test('columns match fields by name, or else by title, each once', async t => {
  t.strictSame(matchColumns(['Page count', ' NAME ', 'x'], fields), [
    'page_count',
    'name',
    undefined,
  ])
  t.strictSame(matchColumns(['Page count', 'page_count'], fields), [undefined, 'page_count'])
  t.strictSame(matchColumns(['name', 'Name'], fields), ['name', undefined])
})

t.test('columns are renamed and left out, and cells stay what they were', async t => {
  const sent = async (text: string, names: readonly (string | undefined)[]) =>
    (await withColumns(file(csvType, text), names)).blob.text()
  const text = 'A,B,C\r\n1,"x, ""y""",\r\n2,"",z\r\n'
  t.equal(await sent(text, ['a', 'b', 'c']), 'a,b,c\n1,"x, ""y""",\n2,"",z\n')
  t.equal(await sent(text, [undefined, 'b', 'c']), 'b,c\n"x, ""y""",\n"",z\n')
  const tooMany = await sent('A,B\n1,2,3\n', ['a', undefined])
  t.equal(tooMany, 'a\n1,3\n', 'a cell too many stays one, so that the service refuses it')
})
