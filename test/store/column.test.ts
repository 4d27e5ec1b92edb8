// Names of constraints, and which limits are wider than others.

import t from 'tap'
import { isOwnName, isWider, nameOf } from '../../src/store/column.ts'

t.test('a name stays within what PostgreSQL keeps, and is told from others', async t => {
  const long = 'a'.repeat(60)
  for (const kind of ['check', 'ref', 'idx', 'key']) {
    const name = nameOf(long, 'check (true)', kind)
    t.ok(Buffer.byteLength(name) <= 63)
    t.ok(isOwnName(name))
    t.not(name, nameOf(`${long}a`, 'check (true)', kind), 'subjects that differ after the cut')
    t.not(name, nameOf(long, 'check (false)', kind))
  }
  t.not(nameOf('t_a_b_c', 'on t (a, b_c)', 'idx'), nameOf('t_a_b_c', 'on t (a_b, c)', 'idx'))
  for (const other of [
    'books_title_idx',
    'by_hand',
    'books_pkey',
    'x_1234567_idx',
    'x_12345678_idx_old',
  ])
    t.notOk(isOwnName(other), other)
})

const rows: [later: object, earlier: object, wider: boolean][] = [
  [{}, {}, true],
  [{}, { minimum: 1 }, true],
  [{ minimum: 1 }, {}, false],
  [{ minimum: 1 }, { minimum: 1 }, true],
  [{ minimum: 0 }, { minimum: 1 }, true],
  [{ minimum: 2 }, { minimum: 1 }, false],
  [{ exclusiveMinimum: 1 }, { minimum: 1 }, false],
  [{ maximum: 5 }, { maximum: 4 }, true],
  [{ maximum: 3 }, { maximum: 4 }, false],
  [{ exclusiveMaximum: 5 }, { exclusiveMaximum: 5 }, true],
  [{ maxLength: 9 }, { maxLength: 8, minLength: 1 }, true],
  [{ maxLength: 9, minLength: 2 }, { maxLength: 9, minLength: 1 }, false],
  [{ enum: ['a', 'b'] }, { enum: ['b'] }, true],
  [{ enum: ['a'] }, { enum: ['a', 'b'] }, false],
  [{ enum: ['a'] }, { maxLength: 1 }, false],
  [{ maxLength: 3 }, { enum: ['abc'] }, true],
  [{ maxLength: 2 }, { enum: ['abc'] }, false],
  [{ minLength: 3 }, { enum: ['abc'] }, true],
  [{ minLength: 4 }, { enum: ['abc'] }, false],
]

t.test('limits are wider when they let through all that the earlier did', async t => {
  for (const [later, earlier, wider] of rows)
    t.equal(
      isWider({ ...later }, { ...earlier }),
      wider,
      `${JSON.stringify(later)} after ${JSON.stringify(earlier)}`,
    )
})
