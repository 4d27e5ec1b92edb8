// The size of a page: when it must be measured at all, and where it ends.

import { Type } from '@sinclair/typebox'
import t from 'tap'
import {
  countFitting,
  maxPageBytes,
  type PageSize,
  pageSize,
  takeFitting,
} from '../../src/query/page-size.ts'
import type { Model } from '../../src/resource/model.ts'
import { Enum, resource } from '../../src/resource/resource.ts'
import type { Row } from '../../src/resource/row.ts'
import { modelsOf } from '../support/model.ts'

const part = Type.Object({ name: Type.String({ maxLength: 100 }), weight: Type.Number() })

const { small, texts, lists } = modelsOf(
  resource(
    'small',
    Type.Object({ name: Type.String({ maxLength: 100 }), state: Enum(['on', 'off']) }),
    {
      description: 'Rows of 500 bytes',
    },
  ),
  resource('texts', Type.Object({ at: Type.String({ format: 'date' }), text: Type.String() }), {
    description: 'Rows of 262 kB',
  }),
  resource('lists', Type.Object({ parts: Type.Array(part, { maxItems: 150 }) }), {
    description: 'Rows of 75 kB',
  }),
) as { small: Model; texts: Model; lists: Model }

t.test('a page that cannot be too large is not measured', async t => {
  t.equal(pageSize(small.fields, 1000), undefined)
  t.equal(pageSize(texts.fields, 2), undefined)
  t.equal(pageSize(texts.fields, 1), undefined, 'the first row comes in any case')
  t.equal(pageSize(texts.fields.slice(0, 2), 1000), undefined, 'the large field was not asked for')
})

t.test(
  'a page of a quarter of the largest size need not be measured, a larger one must',
  async t => {
    const fields = texts.fields.slice(0, 1)
    const bytes = 4 * 'id'.length + 4 + 40
    const rows = Math.floor(maxPageBytes / 4 / bytes)
    t.equal(
      pageSize(fields, rows - 1),
      undefined,
      'one row more is read, to see whether there is one',
    )
    t.strictSame(pageSize(fields, rows), { texts: [], fixed: bytes, most: maxPageBytes })
  },
)

t.test('a page that may be too large is measured by its texts', async t => {
  t.strictSame(pageSize(texts.fields, 16), { texts: [2], fixed: 52 + 52 + 20, most: maxPageBytes })
})

t.test('a list is as large as all of its items', async t => {
  t.equal(pageSize(lists.fields, 12), undefined)
  t.strictSame(pageSize(lists.fields, 16)?.texts, [1])
})

const size: PageSize = { texts: [1], fixed: 0, most: maxPageBytes }
const rowsOf = (...lengths: number[]): Row[] =>
  lengths.map((length, id) => [id, 'x'.repeat(length)])

t.test(
  'as many rows fit as have the size of a page together, and the first in any case',
  async t => {
    const half = maxPageBytes / 2
    const table: [lengths: number[], fitting: number][] = [
      [[], 0],
      [[half, half], 2],
      [[half, half, 1], 2],
      [[half, half + 1, 1], 1],
      [[maxPageBytes + 1, 1], 1],
      [[maxPageBytes + 1], 1],
    ]
    for (const [lengths, fitting] of table)
      t.equal(countFitting(size, rowsOf(...lengths)), fitting, lengths.join())
  },
)

t.test('reading ends with the first row that does not fit', async t => {
  const read: number[] = []
  function* rows() {
    for (const row of rowsOf(1, maxPageBytes, 1, 1)) {
      read.push(Number(row[0]))
      yield row
    }
  }
  t.equal(takeFitting(size, rows()).length, 2)
  t.strictSame(read, [0, 1])
  t.equal(
    takeFitting(size, rowsOf(maxPageBytes + 1, 1, 1)).length,
    2,
    'the second row shows that there are more',
  )
})

t.test('a value that is null takes nothing, and a character as many bytes as it has', async t => {
  t.equal(countFitting(size, [[1, null], ...rowsOf(maxPageBytes)]), 2)
  t.equal(
    countFitting(size, [
      [1, 'é'.repeat(maxPageBytes / 2)],
      [2, null],
      [3, 'x'],
    ]),
    2,
  )
})
