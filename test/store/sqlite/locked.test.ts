// A lock that another process holds: it is waited for beside everything else, within a limit.

import { DatabaseSync } from 'node:sqlite'
import { setTimeout as pause } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { sqliteDialect as dialect } from '../../../src/store/sqlite/dialect.ts'
import { openSqlite } from '../../../src/store/sqlite/driver.ts'
import { whileBusy } from '../../../src/store/sqlite/lock-wait.ts'
import { plain, type Store, StoreError, type Work } from '../../../src/store/store.ts'
import { recordLog } from '../../support/record-log.ts'
import { startService } from '../../support/service.ts'

async function openNotes(t: Test, busyTimeout?: number) {
  const file = `${t.testdir()}/data.db`
  const log = recordLog()
  const store = openSqlite({
    file,
    dialect,
    exclusive: true,
    log,
    ...(busyTimeout === undefined ? {} : { busyTimeout }),
  })
  t.teardown(() => store.close())
  await write(store, 'create table notes (text text) strict')
  return { store, log, other: hold(t, file) }
}

/** Another connection, which has the lock. */
function hold(t: Test, file: string): DatabaseSync {
  const other = new DatabaseSync(file)
  t.teardown(() => other.close())
  other.exec('begin immediate')
  return other
}

function write(store: Store, text: string): Promise<void> {
  return store.transact(function* (): Work<void> {
    yield plain(text)
  })
}

const add = (store: Store, text: string) => write(store, `insert into notes values ('${text}')`)
const texts = async (store: Store) =>
  (await store.query(plain('select text from notes order by rowid'))).flat()
const codeOf = (error: unknown) => (error as StoreError).code

t.test('reads and everything else go on while a write waits, and then it is done', async t => {
  const { store, log, other } = await openNotes(t)
  const writes = ['a', 'b', 'c'].map(text => add(store, text))
  let done = 0
  for (const one of writes) void one.then(() => done++)
  for (const _ of Array(100)) t.strictSame(await texts(store), [])
  t.equal(done, 0)
  other.exec('commit')
  await Promise.all(writes)
  t.strictSame(await texts(store), ['a', 'b', 'c'], 'in the order in which they came')
  t.strictSame(log.lines, [])
})

t.test(
  'a write that has waited too long is refused, nothing of it happened, and the log says it once',
  async t => {
    const { store, log, other } = await openNotes(t, 50)
    const outcomes = await Promise.all(['a', 'b', 'c'].map(text => add(store, text).catch(codeOf)))
    t.strictSame(outcomes, ['busy', 'busy', 'busy'])
    t.match(await add(store, 'd').catch((error: unknown) => error), {
      code: 'busy',
      reported: true,
    })
    t.match(log.lines, [
      /^warn another process holds the lock of the database, and writes are refused: look for/,
    ])
    other.exec('commit')
    await add(store, 'e')
    t.strictSame(await texts(store), ['e'])
    t.match(log.lines.slice(1), ['info the lock of the database is free again'])
  },
)

t.test('only so many writes wait for long, and the others are refused at once', async t => {
  const { store, other } = await openNotes(t)
  const first = add(store, 'first')
  await texts(store)
  // For a moment as many may wait as there are: another process of the service may hold the lock.
  await pause(150)
  const waiting = Array.from({ length: 499 }, (_, n) => add(store, `${n}`))
  const refused = await Promise.all(
    [add(store, 'x'), add(store, 'y')].map(one => one.catch(codeOf)),
  )
  t.strictSame(refused, ['busy', 'busy'])
  other.exec('commit')
  await Promise.all([first, ...waiting])
  t.equal((await texts(store)).length, 500)
})

t.test('close waits for the lock too, and then everything is in the file', async t => {
  const { store, other } = await openNotes(t)
  const waiting = add(store, 'a')
  const closing = store.close()
  other.exec('commit')
  await waiting
  await closing
  t.strictSame({ ...other.prepare('select text from notes').get() }, { text: 'a' })
})

t.test('a read that meets a lock is tried again, but not for ever', async t => {
  const busy = new StoreError('busy', 'database is locked')
  let attempts = 0
  const third = () => {
    attempts++
    if (attempts < 3) throw busy
    return 'read'
  }
  t.equal(await whileBusy(60_000, third), 'read')
  t.equal(attempts, 3)
  const never = () => {
    throw busy
  }
  await t.rejects(whileBusy(50, never), busy)
  const fault = () => {
    attempts++
    throw new StoreError('fault', 'no such table')
  }
  await t.rejects(whileBusy(60_000, fault), { code: 'fault' })
  t.equal(attempts, 4, 'and nothing else is')
})

t.test(
  'callers read, and the process is known to live, while a write waits for another process',
  async t => {
    const file = `${t.testdir()}/test.db`
    const { get, patch } = await startService(t, `sqlite:${file}`)
    const other = hold(t, file)
    const patched = patch('/countries/1', { area: 1 })
    for (const path of ['/livez', '/health', '/countries/1', '/countries'])
      t.equal((await get(path)).status, 200, path)
    t.equal((await get('/countries/1')).json.area, 513120)
    const ready = get('/readyz')
    other.exec('commit')
    t.equal((await patched).status, 200)
    t.equal((await ready).status, 200)
    t.equal((await get('/countries/1')).json.area, 1)
  },
)
