// Opening, settings, closing.

import {
  chmodSync,
  existsSync,
  linkSync,
  realpathSync,
  statSync,
  symlinkSync,
  unlinkSync,
} from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import t from 'tap'
import type { Row } from '../../../src/resource/row.ts'
import { requireVersion } from '../../../src/store/sqlite/database.ts'
import { sqliteDialect as dialect } from '../../../src/store/sqlite/dialect.ts'
import { openSqlite } from '../../../src/store/sqlite/driver.ts'
import type { Work } from '../../../src/store/store.ts'

function* run(text: string): Work<readonly Row[]> {
  return yield { text, values: [] }
}

const plain = (text: string) => ({ text, values: [] })

t.test('the folders of the file are made', async t => {
  const folder = realpathSync(t.testdir())
  const store = openSqlite({ file: `${folder}/some/where/data.db`, dialect })
  t.equal(store.location, `${folder}/some/where/data.db`)
  t.equal(store.dialect, dialect)
  t.ok(existsSync(store.location))
  await store.close()
})

const settings: [pragma: string, value: string | number][] = [
  ['journal_mode', 'wal'],
  ['synchronous', 2],
  ['fullfsync', 1],
  ['checkpoint_fullfsync', 1],
  ['foreign_keys', 1],
  ['trusted_schema', 0],
  ['busy_timeout', 0],
  ['cell_size_check', 1],
  ['temp_store', 2],
]

t.test('the connection is set up for safety', async t => {
  const store = openSqlite({ file: `${t.testdir()}/data.db`, dialect })
  for (const [pragma, value] of settings)
    t.strictSame(await store.query(plain(`pragma ${pragma}`)), [[value]], pragma)
  await t.rejects(store.query(plain('select "no such column"')), { code: 'fault' })
  await t.rejects(store.query(plain("select load_extension('x')")), { code: 'fault' })
  await store.close()
})

t.test('a database in memory, and no lock for it', async t => {
  const stores = [':memory:', ':memory:'].map(file =>
    openSqlite({ file, dialect, exclusive: true }),
  )
  for (const store of stores) {
    t.equal(store.location, ':memory:')
    t.strictSame(await store.transact(() => run('select next_revision()')), [[1]])
    await store.close()
  }
})

t.test('an old SQLite is refused', async t => {
  for (const version of ['3.52.9', '3.6.99', '2.99.99']) {
    t.throws(() => requireVersion(version), { message: `SQLite ${version} is too old` }, version)
  }
  for (const version of ['3.53.0', '3.100.1', '4.0.0'])
    t.doesNotThrow(() => requireVersion(version), version)
})

t.test('a file that is no database, a folder, no path: refused, and the lock let go', async t => {
  const folder = t.testdir({
    'no.db': 'This is no database, whatever its name says.'.repeat(100),
    folder: {},
  })
  const table: [file: string, code: string, message: RegExp][] = [
    [
      `${folder}/no.db`,
      'damaged',
      /no\.db is damaged or not an SQLite database, and is not served:/,
    ],
    [`${folder}/folder`, 'unavailable', /folder cannot be opened: .+ must be writable/],
  ]
  for (const [file, code, message] of table) {
    t.throws(() => openSqlite({ file, dialect, exclusive: true }), { code, message }, file)
    new DatabaseSync(`${file}.lock`, { timeout: 0 }).exec('begin exclusive')
  }
  t.throws(() => openSqlite({ file: '', dialect }), { message: 'Not the path of a file' })
})

t.test('a second server is refused, by whatever path it comes; a second client is not', async t => {
  const folder = t.testdir()
  const store = openSqlite({ file: `${folder}/data.db`, dialect, exclusive: true })
  symlinkSync(`${folder}/data.db`, `${folder}/link.db`)
  for (const file of [`${folder}/data.db`, `${folder}/link.db`]) {
    t.throws(() => openSqlite({ file, dialect, exclusive: true }), {
      message: /^Another process serves .*data\.db\. Stop it first/,
    })
  }
  const client = openSqlite({ file: `${folder}/link.db`, dialect })
  t.strictSame(await client.transact(() => run('select next_revision()')), [[1]])
  await client.close()
  await store.close()
  await openSqlite({ file: `${folder}/data.db`, dialect, exclusive: true }).close()
})

t.test(
  'a new file that another process is just making or reading is waited for, within the limit',
  async t => {
    const file = `${t.testdir()}/data.db`
    const other = new DatabaseSync(file)
    for (const transaction of ['begin exclusive; create table t (n)', 'begin; select * from t']) {
      other.exec(transaction)
      t.throws(() => openSqlite({ file, dialect, busyTimeout: 30 }), { code: 'busy' }, transaction)
      other.exec('commit')
    }
    other.close()
    await openSqlite({ file, dialect, busyTimeout: 30 }).close()
  },
)

t.test('a file that has another hard link is refused before anything is read of it', async t => {
  const folder = realpathSync(t.testdir())
  await openSqlite({ file: `${folder}/data.db`, dialect }).close()
  linkSync(`${folder}/data.db`, `${folder}/other.db`)
  for (const name of ['data.db', 'other.db'])
    for (const exclusive of [true, false])
      t.throws(() => openSqlite({ file: `${folder}/${name}`, dialect, exclusive }), {
        message: `${folder}/${name} has 2 names (hard links)`,
      })
  t.notOk(existsSync(`${folder}/other.db-wal`))
  unlinkSync(`${folder}/other.db`)
  await openSqlite({ file: `${folder}/data.db`, dialect, exclusive: true }).close()
})

t.test(
  'nobody else on the machine can read a new file, its log or its lock; one that is there keeps its mode',
  async t => {
    const folder = t.testdir()
    const modeOf = (name: string) => (statSync(`${folder}/${name}`).mode & 0o777).toString(8)
    const store = openSqlite({ file: `${folder}/data.db`, dialect, exclusive: true })
    for (const name of ['data.db', 'data.db-wal', 'data.db-shm', 'data.db.lock'])
      t.equal(modeOf(name), '600', name)
    await store.close()
    chmodSync(`${folder}/data.db`, 0o640)
    const again = openSqlite({ file: `${folder}/data.db`, dialect, exclusive: true })
    for (const name of ['data.db', 'data.db-wal']) t.equal(modeOf(name), '640', name)
    await again.close()
  },
)

t.test('a query that fails is told as a store error', async t => {
  const store = openSqlite({ file: ':memory:', dialect })
  await t.rejects(store.query(plain('select * from nowhere')), {
    name: 'Error',
    code: 'fault',
    cause: Error,
  })
  await store.close()
})

t.test('close commits what waits, folds the log into the file and refuses the rest', async t => {
  const file = `${t.testdir()}/data.db`
  const store = openSqlite({ file, dialect, exclusive: true })
  const reader = new DatabaseSync(file, { readOnly: true })
  reader.exec('select * from _revision')
  const waiting = store.transact(() => run('create table books (id integer primary key) strict'))
  const closing = store.close()
  t.equal(store.close(), closing)
  await t.rejects(store.query(plain('select 1')), { code: 'unavailable' })
  await t.rejects(
    store.transact(() => run('select 1')),
    { code: 'unavailable' },
  )
  await waiting
  await closing
  t.equal(statSync(`${file}-wal`).size, 0)
  t.strictSame(
    { ...reader.prepare("select count(*) as n from sqlite_schema where name = 'books'").get() },
    { n: 1 },
  )
  reader.close()
  await store.close()
})

t.test('close does not wait for a reader, whose log stays', async t => {
  const file = `${t.testdir()}/data.db`
  const store = openSqlite({ file, dialect })
  const reader = new DatabaseSync(file, { readOnly: true })
  reader.exec('begin; select * from _revision')
  await store.transact(() => run('create table books (id integer primary key) strict'))
  await store.close()
  reader.exec('commit')
  t.strictSame(
    { ...reader.prepare("select count(*) as n from sqlite_schema where name = 'books'").get() },
    { n: 1 },
  )
  reader.close()
})
