// What other processes, killed ones and file-size limits do to the file: nothing that was acknowledged is lost.

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { DatabaseSync } from 'node:sqlite'
import t, { type Test } from 'tap'
import { sqliteDialect as dialect } from '../../../src/store/sqlite/dialect.ts'
import { openSqlite } from '../../../src/store/sqlite/driver.ts'

const source = (path: string) =>
  JSON.stringify(new URL(`../../../src/store/sqlite/${path}`, import.meta.url).href)

const prelude = `
  import { writeSync } from 'node:fs'
  import { sqliteDialect as dialect } from ${source('dialect.ts')}
  import { openSqlite } from ${source('driver.ts')}
  const say = line => writeSync(1, line + '\\n')
  const file = process.argv[2]
  function* run(text, ...values) { return yield { text, values } }
  const put = (n, text) => () => run('insert into books values (?1, ?2)', n, text)
`

/** A program in a process of its own, with the store at hand and the file as its argument. */
function start(t: Test, program: string, limit = ''): ChildProcess {
  const folder = t.testdirName
  writeFileSync(`${folder}/child.mjs`, prelude + program)
  const shell = [
    '-c',
    `${limit} exec "$0" "$@"`,
    process.execPath,
    `${folder}/child.mjs`,
    `${folder}/data.db`,
  ]
  const child = spawn('sh', shell, {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, NODE_OPTIONS: '' },
  })
  t.teardown(() => child.kill('SIGKILL'))
  return child
}

/** Reads lines until there are enough or the process has ended. */
async function lines(child: ChildProcess, enough = Number.POSITIVE_INFINITY): Promise<string[]> {
  const read: string[] = []
  if (child.stdout === null) return read
  for await (const line of createInterface({ input: child.stdout })) {
    read.push(line)
    if (read.length === enough) child.kill('SIGKILL')
  }
  return read
}

function stored(t: Test): string[] {
  const db = new DatabaseSync(`${t.testdirName}/data.db`)
  const rows = db.prepare('select id from books order by id').all()
  db.close()
  return rows.map(({ id }) => `${id}`)
}

function makeTable(t: Test): void {
  const db = new DatabaseSync(`${t.testdir()}/data.db`)
  db.exec('create table books (id integer primary key, text text) strict')
  db.close()
}

t.test('the lock is held by a process and freed when it is killed', async t => {
  const file = `${t.testdir()}/data.db`
  const child = start(
    t,
    `openSqlite({ file, dialect, exclusive: true }); say('open'); process.stdin.resume()`,
  )
  if (child.stdout !== null) await once(child.stdout, 'data')
  t.throws(() => openSqlite({ file, dialect, exclusive: true }), {
    message: /^Another process serves/,
  })
  await openSqlite({ file, dialect }).close()
  t.throws(() => openSqlite({ file, dialect, exclusive: true }), {
    message: /^Another process serves/,
  })
  child.kill('SIGKILL')
  await once(child, 'exit')
  await openSqlite({ file, dialect, exclusive: true }).close()
})

t.test('revisions go on from those of another process', async t => {
  const store = openSqlite({ file: `${t.testdir()}/data.db`, dialect })
  const revision = () =>
    store.transact(() =>
      (function* () {
        return (yield { text: 'select next_revision()', values: [] })[0]?.[0]
      })(),
    )
  t.equal(await revision(), 1)
  const child = start(
    t,
    `
    const store = openSqlite({ file, dialect })
    for (let n = 0; n < 3; n++) say(await store.transact(() => run('select next_revision()')))
    await store.close()
  `,
  )
  t.strictSame(await lines(child), ['2', '3', '4'])
  t.equal(await revision(), 5)
  await store.close()
})

t.test('processes that write together give no revision twice', async t => {
  t.testdir()
  const program = `
    const store = openSqlite({ file, dialect })
    for (let n = 0; n < 50; n++) say(await store.transact(() => run('select next_revision()')))
    await store.close()
  `
  const taken = (
    await Promise.all([start(t, program), start(t, program)].map(child => lines(child)))
  ).flat()
  t.strictSame(
    taken.map(Number).sort((a, b) => a - b),
    Array.from({ length: 100 }, (_, n) => n + 1),
  )
})

t.test('what a killed process had acknowledged is in the file', async t => {
  makeTable(t)
  const acknowledged: string[] = []
  for (const round of [1, 2, 3]) {
    const child = start(
      t,
      `
      const store = openSqlite({ file, dialect, exclusive: true })
      let n = ${round} * 1e6
      async function caller() {
        while (n < ${round} * 1e6 + 1e5) {
          const id = n++
          await store.transact(put(id, 'x'.repeat(id % 3000)))
          say(id)
        }
      }
      await Promise.all(Array.from({ length: 8 }, caller))
    `,
    )
    acknowledged.push(...(await lines(child, 100 * round)))
    const rows = new Set(stored(t))
    t.ok(acknowledged.length >= 100 * round)
    t.strictSame(
      acknowledged.filter(id => !rows.has(id)),
      [],
    )
  }
})

t.test(
  'a write that the system refuses: its batch is refused as a whole, and the store goes on',
  async t => {
    makeTable(t)
    // Small rows, so that the log reaches the limit long before the file does.
    const child = start(
      t,
      `
    process.on('SIGXFSZ', () => {})
    const store = openSqlite({ file, dialect })
    const told = id => store.transact(put(id, 'small')).then(() => 'stored', error => error.code)
    for (let n = 1, outcomes = []; !outcomes.includes('unknown') && n < 1000; n += 3) {
      const ids = [n, n + 1, n + 2]
      outcomes = await Promise.all(ids.map(told))
      ids.forEach((id, index) => say(id + ' ' + outcomes[index]))
    }
    await store.query({ text: 'pragma wal_checkpoint(truncate)', values: [] })
    say('1000 ' + await told(1000))
    await store.close()
  `,
      'ulimit -f 1000;',
    )
    const told = (await lines(child)).map(line => line.split(' '))
    const inFile = told.filter(([, outcome]) => outcome === 'stored').map(([id]) => id)
    const refused = told.filter(([, outcome]) => outcome !== 'stored').map(([, outcome]) => outcome)
    t.strictSame(refused, ['unknown', 'unknown', 'unknown'])
    t.strictSame(told.at(-1), ['1000', 'stored'])
    t.strictSame(stored(t), inFile)
  },
)
