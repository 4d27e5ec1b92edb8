// One transaction for the works of one turn, each of them isolated from the others.

import { DatabaseSync } from 'node:sqlite'
import { setImmediate as nextTurn } from 'node:timers/promises'
import t, { type Test } from 'tap'
import type { Row, SqlValue } from '../../../src/resource/row.ts'
import { sqliteDialect } from '../../../src/store/sqlite/dialect.ts'
import { openSqlite } from '../../../src/store/sqlite/driver.ts'
import { maxBatchBytes } from '../../../src/store/sqlite/transaction.ts'
import { type Store, StoreError, type Work } from '../../../src/store/store.ts'

async function openBooks(t: Test) {
  const file = `${t.testdir()}/books.db`
  const store = openSqlite({ file, dialect: sqliteDialect })
  t.teardown(() => store.close())
  await store.transact(() =>
    run('create table books (id integer primary key, title text unique) strict'),
  )
  await store.transact(() =>
    run('create table loans (book integer references books deferrable initially deferred) strict'),
  )
  return { store, file }
}

function* run(text: string, ...values: SqlValue[]): Work<readonly Row[]> {
  return yield { text, values }
}

const insert = (title: string) => () => run('insert into books (title) values (?1)', title)
const revision = () => run('select next_revision()')

async function titles(store: Store) {
  const rows = await store.query({ text: 'select title from books order by id', values: [] })
  return rows.map(([title]) => title)
}

/** What another process would see. */
function observer(t: Test, file: string) {
  const db = new DatabaseSync(file, { readOnly: true })
  t.teardown(() => db.close())
  return () => db.prepare('select count(*) as n from books').get()?.n
}

t.test('a work is given rows and its result is answered', async t => {
  const { store } = await openBooks(t)
  const result = await store.transact(function* () {
    const [first] = yield {
      text: 'insert into books (title) values (?1) returning id, title',
      values: ['Emma'],
    }
    const none = yield { text: 'update books set title = title', values: [] }
    return { first, none }
  })
  t.strictSame(result, { first: [1, 'Emma'], none: [] })
})

t.test(
  'works of one turn become visible at once, before the first of them is answered',
  async t => {
    const { store, file } = await openBooks(t)
    const count = observer(t, file)
    const seen: unknown[] = []
    function* work(title: string): Work<void> {
      yield* insert(title)()
      seen.push(count())
    }
    await Promise.all(
      ['a', 'b', 'c'].map(title =>
        store.transact(() => work(title)).then(() => seen.push(count())),
      ),
    )
    t.strictSame(seen, [0, 0, 0, 3, 3, 3])
  },
)

t.test('a batch is bounded; the rest follows in the next', async t => {
  const { store, file } = await openBooks(t)
  const count = observer(t, file)
  const works = Array.from({ length: 501 }, (_, n) => store.transact(insert(`${n}`)).then(count))
  const meanwhile = nextTurn().then(count)
  const seen = await Promise.all(works)
  t.strictSame(seen, [...Array(500).fill(500), 501])
  t.equal(await meanwhile, 500, 'and what else waits is done in between')
})

t.test(
  'a batch of large rows is bounded by their bytes, and the rest follows in the next',
  async t => {
    const { store, file } = await openBooks(t)
    const count = observer(t, file)
    const large = 'insert into books (title) values (?1) returning title'
    const text = (n: number) => String(n).padEnd(maxBatchBytes / 8, 'x')
    const works = Array.from({ length: 12 }, (_, n) =>
      store.transact(() => run(large, text(n))).then(count),
    )
    t.strictSame(await Promise.all(works), [...Array(5).fill(5), ...Array(5).fill(10), 12, 12])
  },
)

t.test('a work that fails is undone and refused alone', async t => {
  const { store } = await openBooks(t)
  function* thrower(): Work<void> {
    yield* insert('undone')()
    throw new RangeError('changed my mind')
  }
  const outcomes = await Promise.allSettled([
    store.transact(insert('a')),
    store.transact(insert('a')),
    store.transact(thrower),
    store.transact(() => run('selec')),
    store.transact(() => run('insert into books (title) values (?1)', Number.NaN)),
    store.transact(() => {
      throw new TypeError('not even begun')
    }),
    store.transact(insert('b')),
  ])
  t.match(outcomes, [
    { status: 'fulfilled' },
    { status: 'rejected', reason: { code: 'unique', columns: ['title'] } },
    { status: 'rejected', reason: RangeError },
    { status: 'rejected', reason: { code: 'fault' } },
    { status: 'rejected', reason: { code: 'fault' } },
    { status: 'rejected', reason: TypeError },
    { status: 'fulfilled' },
  ])
  t.strictSame(await titles(store), ['a', 'b'])
})

t.test('a work alone in its batch is undone too', async t => {
  const { store } = await openBooks(t)
  const work = function* (): Work<void> {
    yield* insert('undone')()
    yield* run('selec')
  }
  await t.rejects(store.transact(work), { code: 'fault' })
  await store.transact(insert('a'))
  t.strictSame(await titles(store), ['a'])
})

t.test('an error from the disk is noticed, whatever error a work throws in its place', async t => {
  const { store } = await openBooks(t)
  const counter = async () =>
    (await store.query({ text: 'select value from _revision', values: [] }))[0]?.[0]
  const nothing = () => run('delete from books where false')
  const [[pages = null] = []] = await store.query({ text: 'pragma page_count', values: [] })
  await store.query({ text: `pragma max_page_count = ${pages}`, values: [] })
  const large = function* (): Work<void> {
    try {
      // SQLite undoes this statement alone, and the transaction goes on.
      yield* run('insert into books (title) values (?1) returning id', 'x'.repeat(100_000))
    } catch (cause) {
      throw new Error('It was not stored.', { cause })
    }
  }
  for (const works of [[large], [large, nothing]]) {
    const before = Number(await counter())
    const [first] = await Promise.allSettled(works.map(work => store.transact<unknown>(work)))
    t.match(first, { status: 'rejected', reason: { cause: { code: 'full' } } })
    await store.transact(nothing)
    t.equal(await counter(), before + 1, 'the next work writes, though it changes nothing')
    await store.transact(nothing)
    t.equal(await counter(), before + 1, 'and since that succeeded, the one after it does not')
  }
})

t.test('a work may catch a store error and go on', async t => {
  const { store } = await openBooks(t)
  function* upsert(title: string): Work<string> {
    try {
      yield* insert(title)()
      return 'inserted'
    } catch (error) {
      if (!(error instanceof StoreError)) throw error
      yield* run('update books set title = ?1 where title = ?2', `${title} again`, title)
      return error.code
    }
  }
  const both = await Promise.all([
    store.transact(() => upsert('a')),
    store.transact(() => upsert('a')),
  ])
  t.strictSame(both, ['inserted', 'unique'])
  t.strictSame(await titles(store), ['a again'])
  t.strictSame(await store.transact(() => upsert('a again')), 'unique')
})

t.test('a deferred violation, found at the commit, refuses its own work only', async t => {
  const { store } = await openBooks(t)
  const outcomes = await Promise.allSettled([
    store.transact(insert('a')),
    store.transact(() => run('insert into loans values (99)')),
    store.transact(insert('b')),
    store.transact(insert('b')),
  ])
  t.match(outcomes, [
    { status: 'fulfilled' },
    { status: 'rejected', reason: { code: 'reference' } },
    { status: 'fulfilled' },
    { status: 'rejected', reason: { code: 'unique' } },
  ])
  t.strictSame(await titles(store), ['a', 'b'])
  await t.rejects(
    store.transact(() => run('insert into loans values (99)')),
    { code: 'reference' },
  )
})

t.test('no room in the midst of a batch: nothing of it is stored, and later ones are', async t => {
  const { store } = await openBooks(t)
  await store.transact(insert('before'))
  const pages = await store.query({ text: 'pragma page_count', values: [] })
  await store.query({ text: `pragma max_page_count = ${pages[0]?.[0]}`, values: [] })
  let went = ''
  function* stubborn(): Work<void> {
    try {
      yield* insert('x'.repeat(100_000))()
    } catch {
      went = 'on'
      yield* insert('after the error')()
    }
  }
  const batch = [insert('small'), insert('before'), stubborn, insert('last')]
  const outcomes = await Promise.allSettled(batch.map(work => store.transact<unknown>(work)))
  t.match(outcomes, Array(4).fill({ status: 'rejected', reason: { code: 'full' } }))
  t.equal(went, '')
  t.strictSame(await titles(store), ['before'])
  await t.rejects(store.transact(stubborn), { code: 'full' })
  await store.query({ text: 'pragma max_page_count = 100000', values: [] })
  await Promise.all([store.transact(insert('b')), store.transact(insert('c'))])
  t.strictSame(await titles(store), ['before', 'b', 'c'])
})

t.test('another writer holds the file: the whole batch is busy, the next is not', async t => {
  const file = `${t.testdir()}/books.db`
  const store = openSqlite({ file, dialect: sqliteDialect, busyTimeout: 1 })
  await store.transact(() =>
    run('create table books (id integer primary key, title text unique) strict'),
  )
  const other = new DatabaseSync(file)
  other.exec('begin immediate')
  const outcomes = await Promise.allSettled([
    store.transact(insert('a')),
    store.transact(insert('b')),
  ])
  t.match(outcomes, Array(2).fill({ status: 'rejected', reason: { code: 'busy' } }))
  other.exec('rollback')
  other.close()
  await store.transact(insert('c'))
  t.strictSame(await titles(store), ['c'])
  await store.close()
})

t.test('revisions grow with every call and survive a restart', async t => {
  const file = `${t.testdir()}/books.db`
  const take = async (store: Store) => (await store.transact(revision))[0]?.[0]
  const first = openSqlite({ file, dialect: sqliteDialect })
  t.strictSame(await Promise.all([take(first), take(first), take(first)]), [1, 2, 3])
  await first.close()
  const second = openSqlite({ file, dialect: sqliteDialect })
  t.equal(await take(second), 4)
  await second.close()
})

t.test(
  'each row of a statement has a revision of its own; a refused work may leave a gap',
  async t => {
    const { store } = await openBooks(t)
    const failing = function* (): Work<void> {
      yield* revision()
      throw new Error('refused')
    }
    const [two, , last] = await Promise.allSettled([
      store.transact(() => run('select next_revision() from (values (1), (2))')),
      store.transact(failing),
      store.transact(revision),
    ])
    t.match(two, { value: [[1], [2]] })
    t.match(last, { value: [[4]] })
  },
)

t.test('two processes write in turn: no revision is given twice', async t => {
  const { store, file } = await openBooks(t)
  const other = openSqlite({ file, dialect: sqliteDialect })
  const taken = []
  for (const each of [store, other, other, store, other, store])
    taken.push((await each.transact(revision))[0]?.[0])
  t.strictSame(taken, [1, 2, 3, 4, 5, 6])
  await other.close()
})

t.test('next_revision() outside of a transaction is a fault, and so is a lost counter', async t => {
  const { store } = await openBooks(t)
  await t.rejects(store.query({ text: 'select next_revision()', values: [] }), {
    code: 'fault',
    message: /outside/,
  })
  await store.transact(() => run('delete from _revision'))
  await t.rejects(store.transact(revision), { code: 'fault', message: /has lost its row/ })
  await t.rejects(store.query({ text: 'select next_revision()', values: [] }), {
    code: 'fault',
    message: /outside/,
  })
})

t.test('a work that ends the transaction itself is a fault', async t => {
  const { store } = await openBooks(t)
  const outcomes = await Promise.allSettled([
    store.transact(insert('a')),
    store.transact(() => run('rollback')),
    store.transact(insert('b')),
  ])
  t.match(outcomes, Array(3).fill({ status: 'rejected', reason: { code: 'fault' } }))
  t.strictSame(await titles(store), [])
})
