// The reads of one turn of the event loop share one transaction, and nothing is held up or missed for it.

import { DatabaseSync } from 'node:sqlite'
import { setImmediate as nextTurn } from 'node:timers/promises'
import t, { type Test } from 'tap'
import type { Row } from '../../../src/resource/row.ts'
import { sqliteDialect } from '../../../src/store/sqlite/dialect.ts'
import { openSqlite } from '../../../src/store/sqlite/driver.ts'
import { SharedRead } from '../../../src/store/sqlite/shared-read.ts'
import type { Store, Work } from '../../../src/store/store.ts'

const insert = "insert into books (title) values ('Emma')"

async function openBooks(t: Test) {
  const file = `${t.testdir()}/books.db`
  const store = openSqlite({ file, dialect: sqliteDialect })
  t.teardown(() => store.close())
  await store.transact(() => run('create table books (id integer primary key, title text) strict'))
  const other = new DatabaseSync(file, { timeout: 0 })
  t.teardown(() => other.isOpen && other.close())
  await nextTurn()
  return { store, other }
}

function* run(text: string): Work<readonly Row[]> {
  return yield { text, values: [] }
}

async function count(store: Store): Promise<unknown> {
  const [row] = await store.query({ text: 'select count(*) from books', values: [] })
  return row?.[0]
}

t.test(
  'within a turn all reads see the same, in the next what others have written since',
  async t => {
    const { store, other } = await openBooks(t)
    const first = await count(store)
    other.exec(insert)
    t.strictSame([first, await count(store)], [0, 0])
    await nextTurn()
    t.equal(await count(store), 1)
  },
)

t.test('what is asked twice in a turn is read once, with other values again', async t => {
  const { store } = await openBooks(t)
  await store.transact(() => run(insert))
  const title = (id: number) =>
    store.query({ text: 'select title from books where id = ?1', values: [id] })
  const [one, same, other] = await Promise.all([title(1), title(1), title(2)])
  t.equal(one, same)
  t.strictSame([one, other], [[['Emma']], []])
  await nextTurn()
  t.not(await title(1), one)
})

t.test('no more is remembered in a turn than there is room for', async t => {
  const reads: string[] = []
  const large = 'x'.repeat(1000)
  const run = ({ text }: { text: string }) => {
    reads.push(text)
    return [[large]]
  }
  const shared = new SharedRead({ run, isTransaction: true }, 4500)
  const ask = (text: string) => shared.read({ text, values: [] })
  for (const text of ['a', 'b', 'c', 'a', 'b', 'c']) t.strictSame(ask(text), [[large]])
  shared.end()
  t.strictSame(reads, ['begin', 'a', 'b', 'c', 'c', 'commit'])
  ask('c')
  ask('c')
  t.strictSame(reads.slice(6), ['begin', 'c'], 'and in the next turn there is room again')
})

t.test('a write in a turn that has read is seen by the reads after it', async t => {
  const { store } = await openBooks(t)
  const before = await count(store)
  await store.transact(() => run(insert))
  t.strictSame([before, await count(store)], [0, 1])
})

t.test(
  'no transaction is left open: another process may change the tables and empty the log',
  async t => {
    const { store, other } = await openBooks(t)
    await count(store)
    await nextTurn()
    other.exec('alter table books add column year integer')
    t.strictSame(other.prepare('pragma wal_checkpoint(truncate)').get()?.busy, 0)
  },
)

t.test('a read that fails does not keep the next from being answered', async t => {
  const { store } = await openBooks(t)
  await t.rejects(store.query({ text: 'select nothing from books', values: [] }), { code: 'fault' })
  t.equal(await count(store), 0)
  await nextTurn()
  t.equal(await count(store), 0)
})

t.test('closing in the turn of a read leaves the file alone as the database', async t => {
  const { store, other } = await openBooks(t)
  await store.transact(() => run(insert))
  other.close()
  await count(store)
  await store.close()
  const again = new DatabaseSync(store.location)
  t.equal(again.prepare('select count(*) as n from books').get()?.n, 1)
  again.close()
})
