// Values as node:sqlite binds them, placeholders, and the bounded store of prepared statements.

import { DatabaseSync } from 'node:sqlite'
import t from 'tap'
import { maxPageBytes } from '../../../src/query/page-size.ts'
import type { SqlValue } from '../../../src/resource/row.ts'
import { Statements } from '../../../src/store/sqlite/statements.ts'

function statements(limit?: number) {
  const db = new DatabaseSync(':memory:')
  const prepared: string[] = []
  const prepare = (text: string) => {
    prepared.push(text)
    return db.prepare(text, { returnArrays: true })
  }
  return { db, prepared, kept: new Statements(prepare, limit) }
}

t.test('values come back as they were bound, booleans as 0 and 1', async t => {
  const { kept } = statements()
  const values = [null, 'Ada', '', 1, -1.5, Number.MAX_SAFE_INTEGER, true, false]
  const text = 'select ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8'
  t.strictSame(kept.run({ text, values }), [
    [null, 'Ada', '', 1, -1.5, Number.MAX_SAFE_INTEGER, 1, 0],
  ])
})

t.test('a numbered placeholder may be used again, in any order', async t => {
  const { kept } = statements()
  t.strictSame(kept.run({ text: 'select ?2, ?1, ?2 || ?1', values: ['a', 'b'] }), [
    ['b', 'a', 'ba'],
  ])
})

t.test(
  'placeholders in their order lose their numbers, by which node:sqlite would look each of them up',
  async t => {
    const { kept, prepared } = statements()
    const text = `select ?1, '?7', "a", ?2 from (select 1 as "a") -- ?9`
    t.strictSame(kept.run({ text, values: ['x', 'y'] }), [['x', '?7', 1, 'y']])
    t.strictSame(kept.run({ text: 'select ?2, ?1', values: [1, 2] }), [[2, 1]])
    t.strictSame(kept.run({ text: 'select ?1, ?1', values: [1] }), [[1, 1]])
    t.strictSame(prepared, [
      `select ?, '?7', "a", ? from (select 1 as "a") -- ?9`,
      'select ?2, ?1',
      'select ?1, ?1',
    ])
  },
)

t.test('a statement that was ended once runs again', async t => {
  const { db, kept } = statements()
  let time = 3
  db.function('in_time', () => {
    if (--time < 0) throw new Error('It took too long.')
    return 1
  })
  const text = 'select value from json_each(?1) where in_time()'
  const size = { texts: [0], fixed: 0, most: maxPageBytes }
  for (const statement of [
    { text, values: ['[1,2,3,4]'] },
    { text, values: ['[1,2,3,4]'], size },
  ]) {
    time = 3
    t.throws(() => kept.run(statement), { message: 'It took too long.' })
    time = 9
    t.strictSame(kept.run(statement), [[1], [2], [3], [4]])
  }
})

t.test('what node:sqlite would bind as null or take for names is refused', async t => {
  const { kept } = statements()
  const refused = [
    undefined,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    {},
    [],
    new Date(0),
    1n,
    Symbol('s'),
    () => 1,
  ]
  for (const value of refused) {
    const statement = { text: 'select ?1', values: [value as SqlValue] }
    t.throws(
      () => kept.run(statement),
      { code: 'fault', message: /^cannot be bound/ },
      String(value),
    )
  }
})

t.test('as many values as placeholders are needed', async t => {
  const { kept } = statements()
  t.throws(() => kept.run({ text: 'select ?1, ?2', values: [1] }), {
    code: 'fault',
    message: /^2 values are needed/,
  })
  t.throws(() => kept.run({ text: 'select ?1', values: [1, 2] }), {
    code: 'fault',
    message: /^1 values are needed/,
  })
  const literals = `select '?7 it''s', "?8" from (select 1 as "?8") -- ?9\n where ?1 = 1 /* ?10 */`
  t.strictSame(kept.run({ text: literals, values: [1] }), [["?7 it's", 1]])
})

t.test('a second statement in one text is refused rather than ignored', async t => {
  const { kept } = statements()
  t.throws(() => kept.run({ text: 'select 1; select 2', values: [] }), {
    code: 'fault',
    message: /^more than one/,
  })
  t.strictSame(kept.run({ text: 'select 1;\n', values: [] }), [[1]])
})

t.test(
  'no more rows of a page are read than fit on it, and one that shows that there are more',
  async t => {
    const { kept } = statements()
    const text =
      'with recursive n(i) as (select 1 union all select i + 1 from n where i < 10) select i, ?1 from n'
    const values = ['x'.repeat(maxPageBytes / 4)]
    t.equal(
      kept.run({ text, values, size: { texts: [1], fixed: 0, most: maxPageBytes } }).length,
      5,
    )
    t.equal(kept.run({ text, values }).length, 10, 'whatever is no page is read to its end')
  },
)

t.test('the least recently used statement gives way', async t => {
  const { kept, prepared } = statements(2)
  for (const text of ['select 1', 'select 2', 'select 1', 'select 3', 'select 1', 'select 2']) {
    kept.run({ text, values: [] })
  }
  t.strictSame(prepared, ['select 1', 'select 2', 'select 3', 'select 2'])
  t.equal(kept.size, 2)
})
