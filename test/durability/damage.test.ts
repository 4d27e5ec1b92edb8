// Damaged files: said plainly, with what to do, and never served as the truth; nothing of them is changed.

import {
  closeSync,
  copyFileSync,
  existsSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { setImmediate as nextTurn } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { sqliteDialect } from '../../src/store/sqlite/dialect.ts'
import { openSqlite } from '../../src/store/sqlite/driver.ts'
import { folderOf, run, serve } from '../support/process.ts'

const settings = { DATABASE_URL: 'sqlite:data.db', PORT: '0', LOG_LEVEL: 'error' }
const pageSize = 4096

/** A database of the service, stopped; the log of its last writes is kept beside it where that is asked for. */
async function leaveDatabase(t: Test, keepLog: boolean): Promise<{ folder: string; file: string }> {
  const folder = folderOf(t)
  const file = `${folder}/data.db`
  const server = await serve(t, settings, folder)
  for (let n = 0; n < 20; n++) {
    const body = JSON.stringify({ userId: 1, title: `todo ${n}` })
    await fetch(`${server.address}/todos`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    })
  }
  for (const ending of ['', '-wal']) copyFileSync(`${file}${ending}`, `${file}.live${ending}`)
  await server.stop()
  if (keepLog)
    for (const ending of ['', '-wal']) copyFileSync(`${file}.live${ending}`, `${file}${ending}`)
  return { folder, file }
}

function overwrite(file: string, at: number, bytes: Buffer): void {
  const open = openSync(file, 'r+')
  writeSync(open, bytes, 0, bytes.length, at)
  closeSync(open)
}

/** A page that holds rows of the table, and nothing else does. */
function pageOf(file: string, table: string): number {
  const db = new DatabaseSync(file, { readOnly: true })
  const row = db
    .prepare(`select pageno from dbstat where name = ? and pagetype = 'leaf' limit 1`)
    .get(table)
  db.close()
  return Number(row?.pageno)
}

t.test('a damaged log stops the start, says what would be lost, and is left as it is', async t => {
  const { folder, file } = await leaveDatabase(t, true)
  overwrite(`${file}-wal`, 32 + 24 + 500, Buffer.from('damaged'))
  const before = [readFileSync(file), readFileSync(`${file}-wal`)]
  const { code, err } = await run(t, ['serve'], settings, folder)
  t.equal(code, 1)
  t.match(
    err,
    /^restwell: \S+data\.db-wal is damaged at frame 1, and opening it would drop \d\d+ acknowledged trans/m,
  )
  t.match(
    err,
    /Save both files; then restore a backup, or go on without those writes by:\n {2}sqlite3 '/,
  )
  t.strictSame([readFileSync(file), readFileSync(`${file}-wal`)], before)
})

t.test('a log that a crash has left does not', async t => {
  const { folder, file } = await leaveDatabase(t, true)
  const log = readFileSync(`${file}-wal`)
  writeFileSync(`${file}-wal`, log.subarray(0, log.length - 100))
  const server = await serve(t, settings, folder)
  t.equal((await fetch(`${server.address}/todos/49`)).status, 200)
  await server.stop()
})

t.test('damaged pages stop the start, and the file is left as it is', async t => {
  const { folder, file } = await leaveDatabase(t, false)
  const sound = readFileSync(file)
  const rows = (pageOf(file, 'todos') - 1) * pageSize
  const table: [what: string, at: number, bytes: Buffer][] = [
    ['a page of rows, all of it', rows, Buffer.alloc(pageSize)],
    ['the head of a page of rows', rows, Buffer.from('damaged')],
    ['a page of rows in its middle', rows + 3000, Buffer.alloc(200, 0xff)],
    ['the page that every file begins with', 0, Buffer.from('damaged')],
    ['the schema', 100, Buffer.from('damaged')],
  ]
  for (const [what, at, bytes] of table) {
    writeFileSync(file, sound)
    overwrite(file, at, bytes)
    const damaged = readFileSync(file)
    const { code, err } = await run(t, ['serve'], settings, folder)
    t.equal(code, 1, what)
    t.match(
      err,
      /^restwell: \S+data\.db is damaged or not an SQLite database, and is not served:\n {2}.+\nSave the file; then restore a backup, /ms,
    )
    t.ok(readFileSync(file).equals(damaged), `${what}: nothing was changed`)
    for (const ending of ['-wal', '-shm']) if (existsSync(file + ending)) rmSync(file + ending)
  }
})

/** Makes the file larger than those that are read whole before they are served, by a table that is nobody's. */
function enlarge(file: string): void {
  const db = new DatabaseSync(file)
  db.exec('create table filler (bytes blob)')
  for (let n = 0; n < 30; n++) db.exec('insert into filler values (zeroblob(10000000))')
  db.close()
}

for (const workers of ['1', '2'])
  t.test(
    `a large file that was closed is read beside the service (WORKERS=${workers})`,
    async t => {
      const { folder, file } = await leaveDatabase(t, false)
      const at = (pageOf(file, 'todos') - 1) * pageSize
      const page = readFileSync(file).subarray(at, at + pageSize)
      enlarge(file)
      const start = () => serve(t, { ...settings, WORKERS: workers }, folder)
      const sound = await start()
      t.equal((await fetch(`${sound.address}/countries/1`)).status, 200)
      t.strictSame(await sound.stop(), { code: 0, out: '', err: '' })

      overwrite(file, at, Buffer.alloc(pageSize))
      const { code, err } = await run(t, ['serve'], { ...settings, WORKERS: workers }, folder)
      t.equal(code, 1)
      t.match(err, 'is damaged or not an SQLite database, and is not served')
      t.notMatch(err, /^restwell:/m, 'no refusal of the start')
      t.notMatch(err, 'please report it')

      t.equal(
        statSync(`${file}.damaged`).mode & 0o777,
        0o600,
        'its owner alone reads what was found',
      )
      const again = await run(t, ['serve'], settings, folder)
      t.equal(again.code, 1)
      t.match(again.err, /^restwell: \S+data\.db is damaged/m, 'the next start reads it first')

      overwrite(file, at, page)
      await (await start()).stop()
      t.notOk(existsSync(`${file}.damaged`), 'nothing is remembered of a file that is sound')
    },
  )

t.test('what turns out damaged while it is read is refused as that', async t => {
  const { file } = await leaveDatabase(t, false)
  overwrite(file, (pageOf(file, 'todos') - 1) * pageSize, Buffer.alloc(pageSize))
  const store = openSqlite({ file, dialect: sqliteDialect })
  const titles = { text: 'select count(title) from todos', values: [] }
  await t.rejects(store.query(titles), { code: 'damaged' })
  await nextTurn()
  await t.rejects(store.query(titles), { code: 'damaged' }, 'again, and the process lives')
  await store.close()
})
