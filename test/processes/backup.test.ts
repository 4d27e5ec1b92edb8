// Backups as a person makes them: beside a service that writes, put back, looked through. Every row is compared.

import {
  chmodSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as pause } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { audit, Ledger, makeCounters, serve as serveLoad, writeUntil } from '../support/ledger.ts'
import { folderOf, run, type Server, serve } from '../support/process.ts'

t.setTimeout(600_000)

const settings = { DATABASE_URL: 'sqlite:data.db', PORT: '0', LOG_LEVEL: 'error' }

/** Every row of every table. */
function dump(file: string): Record<string, unknown[]> {
  const db = new DatabaseSync(file, { readOnly: true })
  try {
    const tables = db
      .prepare(`select name from sqlite_schema where type = 'table' order by name`)
      .all()
    return Object.fromEntries(
      tables.map(({ name }) => [name, db.prepare(`select * from "${name}"`).all()]),
    )
  } finally {
    db.close()
  }
}

async function create({ address }: Server, title: string): Promise<Response> {
  const body = JSON.stringify({ userId: 7, title })
  const headers = { 'content-type': 'application/json' }
  for (;;) {
    const response = await fetch(`${address}/todos`, { method: 'POST', headers, body })
    // A busy machine is told by 503, and then nothing was done.
    if (response.status !== 503) return response
    await pause(100)
  }
}

/** A folder with a database that was served, and a backup of it. */
async function makeBackup(t: Test): Promise<{ folder: string; file: string; backup: string }> {
  const folder = folderOf(t)
  const server = await serve(t, settings, folder)
  await create(server, 'before the backup')
  await server.stop()
  t.equal((await run(t, ['backup', 'data.bak'], settings, folder)).code, 0)
  return { folder, file: `${folder}/data.db`, backup: `${folder}/data.bak` }
}

t.test(
  'a backup beside a running service has every row; restored it serves them, and goes on',
  async t => {
    const folder = folderOf(t)
    const server = await serve(t, settings, folder)
    await create(server, 'only in the log as yet')
    writeFileSync(`${folder}/data.bak.unfinished`, 'What a backup that was killed has left behind.')
    const { code, out, err } = await run(t, ['backup', 'data.bak'], settings, folder)
    t.strictSame(
      [code, out, err],
      [0, `${folder}/data.db is backed up in ${folder}/data.bak\n`, ''],
    )
    const rows = dump(`${folder}/data.db`)
    t.equal(rows.todos?.length, 31)
    t.strictSame(dump(`${folder}/data.bak`), rows, 'every row of every table')
    t.equal(statSync(`${folder}/data.bak`).mode & 0o777, 0o600, 'for its owner alone to read')
    const tag = (await create(server, 'after the backup')).headers.get('etag')
    await server.stop()
    t.strictSame(
      readdirSync(folder)
        .filter(name => name.startsWith('data'))
        .sort(),
      ['data.bak', 'data.db', 'data.db.lock'],
      'and no other file',
    )

    const elsewhere = { ...settings, DATABASE_URL: 'sqlite:restored.db' }
    const restored = await run(t, ['restore', 'data.bak'], elsewhere, folder)
    t.strictSame([restored.code, restored.err], [0, ''])
    t.equal(restored.out, `${folder}/data.bak is restored to ${folder}/restored.db\n`)
    const { _revision: counter, ...others } = dump(`${folder}/restored.db`)
    const { _revision: before, ...expected } = rows
    t.strictSame(others, expected, 'every row of every table')
    const next = await serve(t, elsewhere, folder)
    const created = await create(next, 'another state')
    t.equal(created.status, 201)
    t.not(created.headers.get('etag'), tag, 'no ETag is given again for another state')
    await next.stop()
  },
)

t.test('a backup under a load of writes is one moment of it', async t => {
  const folder = folderOf(t)
  const ledger = new Ledger()
  const server = await serveLoad(t, { file: `${folder}/data.db` })
  await makeCounters(ledger, server)
  const known = new Map([...ledger.posted].filter(([, acknowledged]) => acknowledged))
  const backup = run(t, ['backup', 'data.bak'], settings, folder)
  const written = writeUntil(ledger, server, {
    number: 1,
    enough: 300,
    end: () => {},
  })
  t.equal((await backup).code, 0)
  await written
  const { lost, twice, integrity } = audit(
    `${folder}/data.bak`,
    Object.assign(new Ledger(), { posted: known }),
  )
  t.strictSame({ lost, twice, integrity }, { lost: [], twice: [], integrity: 'ok' })
  t.equal((await run(t, ['verify', 'data.bak'], settings, folder)).code, 0)
})

t.test('nothing is overwritten unless that is said', async t => {
  const { folder, file, backup } = await makeBackup(t)
  for (const [command, there] of [
    ['backup', backup],
    ['restore', file],
  ] as const) {
    const before = readFileSync(there)
    const { code, err } = await run(t, [command, 'data.bak'], settings, folder)
    t.strictSame(
      [code, err],
      [1, `restwell: ${there} is there already; --overwrite replaces it.\n`],
    )
    t.ok(readFileSync(there).equals(before))
    t.equal((await run(t, [command, 'data.bak', '--overwrite'], settings, folder)).code, 0)
  }
})

t.test('a restore leaves nothing of the database before: not even its log', async t => {
  const { folder, file } = await makeBackup(t)
  const server = await serveLoad(t, { file })
  const ledger = new Ledger()
  await writeUntil(ledger, server, {
    number: 1,
    enough: 100,
    end: ({ child }) => child.kill('SIGKILL'),
  }).catch(() => {})
  t.ok(existsSync(`${file}-wal`))
  chmodSync(file, 0o640)
  t.equal((await run(t, ['restore', 'data.bak', '--overwrite'], settings, folder)).code, 0)
  t.equal(statSync(file).mode & 0o777, 0o640, 'who may read it stays as it was')
  t.strictSame(dump(file).todos, dump(`${folder}/data.bak`).todos)
})

t.test('impossible backups are refused, and nothing is changed', async t => {
  const { folder, file, backup } = await makeBackup(t)
  const server = await serve(t, settings, folder)
  const served = await run(t, ['restore', 'data.bak', '--overwrite'], settings, folder)
  t.strictSame([served.code, served.out], [1, ''])
  t.match(served.err, `restwell: Another process serves ${file}.`)
  await server.stop()

  const sound = readFileSync(backup)
  writeFileSync(`${folder}/no.bak`, 'This is no database.'.repeat(100))
  writeFileSync(`${folder}/cut.bak`, sound.subarray(0, sound.length - 40_960))
  new DatabaseSync(`${folder}/other.bak`).exec('create table other (n)')
  const before = readFileSync(file)
  const table: [operands: string[], message: RegExp][] = [
    [['restore', 'none.bak'], /^restwell: There is no file \S+none\.bak\.$/m],
    [['restore', 'no.bak', '--overwrite'], /^restwell: file is not a database$/m],
    [['restore', 'cut.bak', '--overwrite'], /^restwell: .*(?:damaged|malformed)/m],
    [['restore', 'other.bak', '--overwrite'], /it is no database of this service/],
    [['backup', 'nowhere/data.bak'], /^restwell: .+/m],
    [['verify', 'none.bak'], /^restwell: There is no file \S+none\.bak\.$/m],
    [['verify', 'no.bak'], /file is not a database/],
    [['verify', 'cut.bak'], /malformed|damaged|page/i],
    [['verify', 'other.bak'], /it is no database of this service/],
  ]
  for (const [operands, message] of table) {
    const { code, out, err } = await run(t, operands, settings, folder)
    t.strictSame([code, out], [1, ''], operands.join(' '))
    t.match(err, message)
  }
  t.ok(readFileSync(file).equals(before))
  t.strictSame(
    readdirSync(folder).filter(name => /unfinished|verify/.test(name)),
    [],
  )
  const postgres = { ...settings, DATABASE_URL: 'postgres://user@127.0.0.1:1/db' }
  for (const command of ['backup', 'restore'])
    t.match(
      (await run(t, [command, 'data.bak'], postgres, folder)).err,
      /PostgreSQL has its own: pg_dump/,
    )
})

t.test(
  'verify counts the rows of a sound backup, changes nothing of it, and says what the definitions ask',
  async t => {
    const { folder, backup } = await makeBackup(t)
    const before = readFileSync(backup)
    const { code, out, err } = await run(t, ['verify', 'data.bak'], settings, folder)
    t.strictSame([code, err], [0, ''])
    t.match(out, /^todos 31$/m)
    t.match(out, /^countries 3$/m)
    t.match(out, `${backup} is sound\n`)
    t.ok(readFileSync(backup).equals(before))
    t.notOk(existsSync(`${backup}-wal`))

    new DatabaseSync(backup).exec('alter table cars drop column year')
    const added = await run(t, ['verify', 'data.bak'], settings, folder)
    t.equal(added.code, 0)
    t.match(
      added.out,
      /^still to be run for the definitions: alter table "cars" add column "year"/m,
    )
    new DatabaseSync(backup).exec(
      'drop table users; create table users (username integer primary key) strict',
    )
    const other = await run(t, ['verify', 'data.bak'], settings, folder)
    t.equal(other.code, 1)
    t.match(other.err, /^restwell: The database does not fit the definitions:\n {2}users\./m)
    rmSync(backup)
  },
)
