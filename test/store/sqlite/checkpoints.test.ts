// The write-ahead log is counted as it moves into its file, whoever wrote it.

import { DatabaseSync } from 'node:sqlite'
import t from 'tap'
import { only } from '../../../src/store/only.ts'
import { sqliteDialect as dialect } from '../../../src/store/sqlite/dialect.ts'
import { openSqlite } from '../../../src/store/sqlite/driver.ts'
import { plain } from '../../../src/store/store.ts'

const pageSize = 4096

t.test('what is in the log is still to be moved, until a checkpoint moves it', async t => {
  const store = openSqlite({ file: `${t.testdir()}/data.db`, dialect })
  const run = (text: string) => store.transact(() => only(plain(text)))
  await run('create table things (text)')
  const first = store.logState?.()
  t.equal(first?.checkpoints, 0)
  t.ok(first?.pending)
  t.equal((first?.pending ?? 0) % pageSize, 0)
  const other = new DatabaseSync(store.location)
  other.exec('pragma wal_checkpoint')
  t.strictSame(store.logState?.(), { checkpoints: 0, pending: 0 })
  other.exec("insert into things values ('by another one')")
  t.match(store.logState?.(), { checkpoints: 1 })
  other.exec('pragma wal_checkpoint')
  await run('insert into things values (1)')
  t.match(store.logState?.(), { checkpoints: 2 })
  other.exec('pragma wal_checkpoint(truncate)')
  t.strictSame(store.logState?.(), { checkpoints: 2, pending: 0 })
  other.close()
  await run('insert into things values (2)')
  t.match(store.logState?.(), { checkpoints: 3 })
  await store.query(plain('select * from things'))
  t.ok((store.logState?.()?.pending ?? 0) > 0, 'also while reads share a transaction')
  await store.close()
  t.equal(store.logState?.(), undefined)
})

t.test('a reader in the way keeps it from moving', async t => {
  const store = openSqlite({ file: `${t.testdir()}/data.db`, dialect })
  const run = (text: string) => store.transact(() => only(plain(text)))
  await run('create table things (text)')
  const other = new DatabaseSync(store.location)
  other.exec('begin; select * from things')
  for (let round = 0; round < 3; round++) await run('insert into things values (zeroblob(5000000))')
  t.ok((store.logState?.()?.pending ?? 0) > 10_000_000)
  other.close()
  await run('insert into things values (1)')
  t.equal(store.logState?.()?.pending, 0)
  await store.close()
})

t.test('a database in memory has no log', async t => {
  const store = openSqlite({ file: ':memory:', dialect })
  t.equal(store.logState?.(), undefined)
  await store.close()
})
