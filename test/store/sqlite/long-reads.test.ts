// Reads that take long: beside the event loop, to their end or to the end of their time.

import { renameSync } from 'node:fs'
import { setImmediate } from 'node:timers/promises'
import t, { type Test } from 'tap'
import type { Row } from '../../../src/resource/row.ts'
import { sqliteDialect as dialect } from '../../../src/store/sqlite/dialect.ts'
import { openSqlite, type SqliteOptions } from '../../../src/store/sqlite/driver.ts'
import { plain, type Statement, type Store, type Work } from '../../../src/store/store.ts'

const rows = 100_000
const inTime = 'in_time() and instr(text, ?1) > 0'
const count = (text: string): Statement => ({
  text: `select count(*) from notes where ${inTime}`,
  values: [text],
  timed: true,
})

const fill = (many: number) =>
  `insert into notes with recursive n (value) as (select 1 union all select value + 1 from n where value < ${many}) ` +
  "select value, 'note ' || value from n"

/** A store in which nothing but what ends at once is read in the turn. */
async function open(t: Test, options: Partial<SqliteOptions> = {}): Promise<Store> {
  const file = `${t.testdir()}/notes.db`
  const store = openSqlite({ file, dialect, readTimes: { here: 0 }, ...options })
  t.teardown(() => store.close())
  await store.transact(function* () {
    yield plain('create table notes (id integer primary key, text text not null) strict')
    yield plain(fill(rows))
  })
  return store
}

const insert = function* (text: string): Work<readonly Row[]> {
  return yield { text: 'insert into notes (text) values (?1)', values: [text] }
}

t.test('a long read leaves the event loop to others, and gives what a short one would', async t => {
  const store = await open(t)
  let turns = 0
  let done = false
  const reading = store.query(count('9')).finally(() => {
    done = true
  })
  while (!done) {
    await setImmediate()
    turns++
    await store.query(plain('select 1'))
  }
  t.ok(turns > 10, `${turns} turns of the event loop`)
  const patient = openSqlite({ file: store.location, dialect, readTimes: { here: 60_000 } })
  t.teardown(() => patient.close())
  t.strictSame(await reading, await patient.query(count('9')))
})

t.test('it sees what was committed before it began', async t => {
  const store = await open(t)
  for (let n = 1; n <= 5; n++) {
    await store.transact(() => insert('zebra'))
    t.strictSame(await store.query(count('zebra')), [[n]])
  }
})

t.test(
  'more of them than threads wait for each other, and a fault is one for its caller alone',
  async t => {
    const store = await open(t, { readTimes: { here: 0, wait: 600_000 } })
    const wrong = { text: `select nothing from notes where ${inTime}`, values: ['x'], timed: true }
    const good = Array.from({ length: 12 }, (_, n) => store.query(count(`note ${n + 1}`)))
    await t.rejects(store.query(wrong), { code: 'fault' })
    for (const outcome of await Promise.all(good)) t.ok(Number(outcome[0]?.[0]) > 0)
  },
)

t.test('it ends with its time, and the next one is served', async t => {
  const store = await open(t, { readTimes: { here: 0, beside: 0 } })
  for (let n = 0; n < 3; n++) await t.rejects(store.query(count('9')), { code: 'slow' })
  t.strictSame(await store.query(plain('select count(*) from notes')), [[rows]])
  await store.transact(() => insert('still written'))
})

t.test('those who do not get their turn are refused', async t => {
  const store = await open(t, { readTimes: { here: 0, wait: 0 } })
  // There are four threads at most, and none of them has even started.
  const asked = Array.from({ length: 20 }, () => store.query(count('9')))
  const outcomes = await Promise.allSettled(asked)
  const refused = outcomes.flatMap(one => (one.status === 'rejected' ? [one.reason.code] : []))
  t.ok(refused.length > 0 && refused.length < outcomes.length, `${refused.length} are refused`)
  t.strictSame([...new Set(refused)], ['slow'])
  const [[found] = []] = await store.query(count('9'))
  t.ok(Number(found) > 0, 'the next one is served')
})

t.test('a work sees one state of the database, and writes nothing', async t => {
  const store = await open(t)
  const twice = function* (): Work<unknown[]> {
    const first = yield count('zebra')
    const second = yield plain("select count(*) from notes where text = 'zebra'")
    return [first, second]
  }
  const working = store.read(twice)
  await store.transact(() => insert('zebra'))
  const [first, second] = await working
  t.strictSame(first, second)
  const writing = function* (): Work<unknown> {
    yield count('zebra')
    return yield plain('delete from notes')
  }
  await t.rejects(store.read(writing), { code: 'fault', message: /may only read/ })
  const catching = function* (): Work<string> {
    try {
      yield { text: `select nothing from notes where ${inTime}`, values: ['x'] }
    } catch {
      const [row] = yield count('zebra')
      return `caught, and went on to ${row?.[0]}`
    }
    return 'nothing'
  }
  t.equal(await store.read(catching), 'caught, and went on to 1')
})

t.test('a file that was replaced is not opened again', async t => {
  const store = await open(t)
  renameSync(store.location, `${store.location}.away`)
  await t.rejects(store.query(count('9')), { code: 'unavailable' })
  renameSync(`${store.location}.away`, store.location)
  await store.query(count('9'))
})

t.test('the end of the store breaks it off', async t => {
  const store = await open(t)
  const reading = store.query(count('9')).catch(error => error.code)
  await store.close()
  t.ok(['unavailable', 'fault'].includes(await reading) || Array.isArray(await reading))
})

t.test('a database in memory is read in the turn, however long that takes', async t => {
  const store = openSqlite({ file: ':memory:', dialect, readTimes: { here: 0 } })
  t.teardown(() => store.close())
  await store.transact(function* () {
    yield plain('create table notes (id integer primary key, text text not null) strict')
    yield plain(fill(1000))
  })
  t.strictSame(await store.query(count('note')), [[1000]])
})
