// Processes that meet each other at the lock of a file write in turns, and a turn that does not come keeps nobody from writing.

import { DatabaseSync } from 'node:sqlite'
import t, { type Test } from 'tap'
import { WorkerTurns } from '../../../src/commands/workers/turns.ts'
import { sqliteDialect as dialect } from '../../../src/store/sqlite/dialect.ts'
import { openSqlite } from '../../../src/store/sqlite/driver.ts'
import { plain, type Store, type Work } from '../../../src/store/store.ts'
import type { Turns } from '../../../src/store/turns.ts'

/** Two stores over one file, as two workers have them, and whose turn it was. */
async function openTwo(t: Test, isHeard = true) {
  const file = `${t.testdir()}/data.db`
  const told: number[] = []
  const begin = new Map<number, () => void>()
  const turns = new WorkerTurns(worker => {
    told.push(worker)
    if (isHeard) setImmediate(() => begin.get(worker)?.())
  })
  const turnsOf = (worker: number): Turns => ({
    ask: () => turns.ask(worker),
    onTurn: act => void begin.set(worker, act),
    pass: () => turns.pass(worker),
  })
  const stores = [1, 2].map(worker =>
    openSqlite({ file, dialect, processes: 2, turns: turnsOf(worker) }),
  )
  t.teardown(() => Promise.all(stores.map(store => store.close())))
  const [one, two] = stores as [Store, Store]
  await write(one, 'create table notes (worker integer) strict')
  return { file, one, two, told, turns }
}

function write(store: Store, text: string): Promise<void> {
  return store.transact(function* (): Work<void> {
    yield plain(text)
  })
}

async function writeOften(store: Store, worker: number, times: number): Promise<void> {
  for (let n = 0; n < times; n++) await write(store, `insert into notes values (${worker})`)
}

/** Holds the lock until all of them have met it. */
async function meet(file: string, asked: () => boolean): Promise<void> {
  const other = new DatabaseSync(file)
  other.exec('begin immediate')
  while (!asked()) await new Promise(setImmediate)
  other.exec('rollback')
  other.close()
}

const writers = async (store: Store) =>
  (await store.query(plain('select worker from notes order by rowid'))).flat()

t.test('a process that meets nobody asks for no turn', async t => {
  const { one, told } = await openTwo(t)
  await writeOften(one, 1, 5)
  t.strictSame(told, [])
  t.strictSame(await writers(one), [1, 1, 1, 1, 1])
})

t.test('processes that have met write one after the other', async t => {
  const { file, one, two, told } = await openTwo(t)
  const meeting = meet(file, () => told.length > 0)
  await Promise.all([meeting, writeOften(one, 1, 5), writeOften(two, 2, 5)])
  t.strictSame(told, [1, 2, 1, 2, 1, 2, 1, 2, 1, 2])
  t.strictSame(await writers(one), told, 'one turn for each transaction, and no other')
})

t.test('a turn that does not come is not waited for', async t => {
  const { file, one, two, told } = await openTwo(t, false)
  const meeting = meet(file, () => told.length > 0)
  await Promise.all([meeting, writeOften(one, 1, 1), writeOften(two, 2, 1)])
  t.strictSame((await writers(one)).toSorted(), [1, 2])
  t.strictSame(told, [1])
})

t.test('a turn that comes too late is handed on', async t => {
  const { file, one, two, told, turns } = await openTwo(t)
  turns.ask(3)
  const other = new DatabaseSync(file)
  other.exec('begin immediate')
  const writing = Promise.all([writeOften(one, 1, 1), writeOften(two, 2, 1)])
  await new Promise(setImmediate)
  other.exec('rollback')
  other.close()
  await writing
  t.strictSame(told, [3], 'both have written without one')
  turns.pass(3)
  turns.ask(3)
  while (told.length < 4) await new Promise(setImmediate)
  t.strictSame(told, [3, 1, 2, 3])
})
