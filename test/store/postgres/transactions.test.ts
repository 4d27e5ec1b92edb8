// Works on PostgreSQL: what is tried again, what is given up in time, what a value comes back as.

import t from 'tap'
import type { Row } from '../../../src/resource/row.ts'
import type { Store, Work } from '../../../src/store/store.ts'
import { beside, openEmptyPostgres, runAll } from '../../support/postgres.ts'

const plain = (text: string) => ({ text, values: [] })
const rows = (store: Store, text: string): Promise<readonly Row[]> => store.query(plain(text))
const raise = (state: string) =>
  plain(`do $$ begin raise exception 'raised' using errcode = '${state}'; end $$`)

for (const state of ['40001', '40P01']) {
  t.test(`a work is tried again after ${state}, and leaves nothing of what failed`, async t => {
    const store = await openEmptyPostgres(t)
    await runAll(store, 'create table notes (attempt bigint)')
    let attempt = 0
    const result = await store.transact(function* (): Work<string> {
      attempt++
      yield { text: 'insert into notes values ($1)', values: [attempt] }
      if (attempt < 3) yield raise(state)
      return 'done'
    })
    t.equal(result, 'done')
    t.strictSame(await rows(store, 'select attempt from notes'), [[3]])
  })

  t.test(`a work is tried again after ${state} that it throws in an error of its own`, async t => {
    const store = await openEmptyPostgres(t)
    let attempts = 0
    const result = await store.transact(function* (): Work<string> {
      attempts++
      try {
        if (attempts < 3) yield raise(state)
        return 'done'
      } catch (cause) {
        throw new Error('It was not stored.', { cause })
      }
    })
    t.equal(result, 'done')
    t.equal(attempts, 3)
  })

  t.test(`after three times ${state} it is given up as busy`, async t => {
    const store = await openEmptyPostgres(t)
    let attempts = 0
    const work = function* (): Work<void> {
      attempts++
      yield raise(state)
    }
    await t.rejects(store.transact(work), { code: 'busy' })
    t.equal(attempts, 3)
  })
}

t.test('what a constraint or the work itself refuses is not tried again', async t => {
  const store = await openEmptyPostgres(t)
  await runAll(store, 'create table notes (id bigint primary key)', 'insert into notes values (1)')
  let attempts = 0
  const insert = function* (): Work<void> {
    attempts++
    yield plain('insert into notes values (2)')
    yield plain('insert into notes values (1)')
  }
  await t.rejects(store.transact(insert), { code: 'unique', columns: ['id'] })
  const refuse = function* (): Work<void> {
    attempts++
    yield plain('insert into notes values (3)')
    throw new RangeError('no')
  }
  await t.rejects(store.transact(refuse), new RangeError('no'))
  t.equal(attempts, 2)
  t.strictSame(await rows(store, 'select id from notes'), [[1]])
})

t.test('two works that lock each other out both come through', async t => {
  // The deadlock is found by the server after a second, and its victim starts again.
  const store = await openEmptyPostgres(t, { lock_timeout: '0' })
  await runAll(
    store,
    'create table sums (id bigint primary key, n bigint)',
    'insert into sums values (1, 0), (2, 0)',
  )
  const sql = await beside(t, store)
  const gate = 4_711
  await sql`select pg_advisory_lock(${gate})`
  let attempts = 0
  const countBoth = function* (first: number, second: number): Work<void> {
    attempts++
    yield { text: 'update sums set n = n + 1 where id = $1', values: [first] }
    yield plain(`select pg_advisory_xact_lock_shared(${gate})`)
    yield { text: 'update sums set n = n + 1 where id = $1', values: [second] }
  }
  const works = Promise.all([
    store.transact(() => countBoth(1, 2)),
    store.transact(() => countBoth(2, 1)),
  ])
  const waiting = () =>
    sql`select 1 from pg_locks where locktype = 'advisory' and objid = ${gate} and not granted`
  while ((await waiting()).length < 2);
  await sql`select pg_advisory_unlock(${gate})`
  await works
  // The victim may be one again: how often is the server's affair.
  t.ok(attempts >= 3)
  t.strictSame(await rows(store, 'select n from sums order by id'), [[2], [2]])
})

t.test(
  'one statement does a whole work where it returns a row, and the work itself otherwise',
  async t => {
    const store = await openEmptyPostgres(t)
    await runAll(
      store,
      'create table notes (id bigint primary key, n bigint unique)',
      'insert into notes values (1, 1), (2, 2)',
    )
    const add = (id: number, to: number) =>
      store.transact(function* (): Work<string> {
        const text = 'select n from notes where id = $1'
        const [row] = yield {
          text: `${text} for update`,
          values: [id],
          unlocked: { text, values: [id] },
          atOnce: () => ({
            statement: {
              text: 'update notes set n = $1 where id = $2 returning n',
              values: [to, id],
            },
            toResult: ([n = null]) => `at once ${n}`,
          }),
        }
        return `by itself ${row?.[0] ?? 'nothing'}`
      })
    t.equal(await add(1, 3), 'at once 3')
    t.equal(await add(9, 3), 'by itself nothing', 'there is no row')
    t.equal(await add(2, 3), 'by itself 2', 'the statement is refused')
    t.strictSame(await rows(store, 'select id, n from notes order by id'), [
      [1, 3],
      [2, 2],
    ])
  },
)

t.test('a statement that takes too long is given up as slow, and the session goes on', async t => {
  const store = await openEmptyPostgres(t, { statement_timeout: '50' })
  await t.rejects(store.query(plain('select pg_sleep(600)')), { code: 'slow' })
  await t.rejects(runAll(store, 'select pg_sleep(600)'), { code: 'slow' })
  t.strictSame(await rows(store, 'select 1'), [[1]])
})

t.test('a lock that is not to be had in time is given up as busy', async t => {
  const store = await openEmptyPostgres(t, { lock_timeout: '50' })
  await runAll(store, 'create table notes (id bigint primary key)', 'insert into notes values (1)')
  const sql = await beside(t, store)
  await sql.begin(async holder => {
    await holder`select id from notes for update`
    await t.rejects(runAll(store, 'delete from notes'), { code: 'busy' })
    t.strictSame(await rows(store, 'select id from notes'), [[1]], 'and who reads does not wait')
  })
  await runAll(store, 'delete from notes')
  t.strictSame(await rows(store, 'select id from notes'), [])
})

t.test('by default a statement has ten seconds and a lock three', async t => {
  const store = await openEmptyPostgres(t)
  const settings = `select current_setting('statement_timeout'), current_setting('lock_timeout')`
  t.strictSame(await rows(store, settings), [['10s', '3s']])
})

const values: [type: string, value: null | string | number | boolean][] = [
  ['bigint', Number.MAX_SAFE_INTEGER],
  ['bigint', -Number.MAX_SAFE_INTEGER],
  ['bigint', null],
  ['double precision', 0.1 + 0.2],
  ['double precision', 5e-324],
  ['double precision', Number.MAX_VALUE],
  ['double precision', -1e21],
  ['boolean', true],
  ['boolean', false],
  ['text', ''],
  ['text', '\u{ffff}😀\u{7f}\n\\'],
  ['text', '2026-05-04T12:30:00.001Z'],
  ['json', '{"b":1,"a":[1.0,1e2,{"b":"\\u0000","a":null}],"b":2}'],
  ['json', 'null'],
]

t.test('a value comes back as it was stored; JSON keeps its bytes, a time its text', async t => {
  const store = await openEmptyPostgres(t)
  for (const [index, [type, value]] of values.entries()) {
    await runAll(store, `create table kept_${index} (value ${type})`)
    await store.query({ text: `insert into kept_${index} values ($1)`, values: [value] })
    t.strictSame(
      await rows(store, `select value from kept_${index}`),
      [[value]],
      `${type} ${value}`,
    )
  }
})

t.test('an integer that JavaScript has not is a fault, not another integer', async t => {
  const store = await openEmptyPostgres(t)
  for (const integer of ['9007199254740993', '-9223372036854775808'])
    await t.rejects(rows(store, `select '${integer}'::bigint`), {
      code: 'fault',
      message: new RegExp(integer),
    })
})
