// No room on the disk, or none allowed: writes are refused, nothing acknowledged is lost, reading goes on, and writing
// too once there is room.

import { execFileSync } from 'node:child_process'
import { rmSync, writeFileSync } from 'node:fs'
import t, { type Test } from 'tap'
import { sqliteDialect } from '../../src/store/sqlite/dialect.ts'
import { openSqlite } from '../../src/store/sqlite/driver.ts'
import type { Work } from '../../src/store/store.ts'
import { makeReadOnly, smallDisk, whyNoDisks } from '../support/disk.ts'
import { kill, type Server, serve } from '../support/ledger.ts'
import { checkProblem } from '../support/problem.ts'
import { folderOf, run } from '../support/process.ts'
import { startService } from '../support/service.ts'
import { childrenOf } from '../support/workers.ts'

const reason = whyNoDisks()
const skip = reason === undefined ? false : `no disk can be filled: ${reason}`
const noLimit = process.platform === 'win32' && 'Windows has no limit of file sizes'

interface Answers {
  /** The titles of what was acknowledged. */
  readonly stored: string[]
  /** The statuses of what was refused. */
  readonly refused: number[]
}

/**
 * Writes 200 characters a time, eight at once, until something is refused. There may still be room for a row by itself, so
 * one writer goes on until that is refused too.
 */
async function writeUntilRefused({ address }: Server): Promise<Answers> {
  const answers: Answers = { stored: [], refused: [] }
  const write = async (writer: string, isOver: () => boolean) => {
    for (let n = 0; n < 5000 && !isOver(); n++) {
      const title = `${writer} ${n} `.padEnd(200, 'x')
      const { status } = await post(address, title)
      if (status === 201) answers.stored.push(title)
      else answers.refused.push(status)
    }
  }
  const isRefused = () => answers.refused.length > 0
  await Promise.all(Array.from({ length: 8 }, (_, writer) => write(`writer ${writer}`, isRefused)))
  const before = answers.refused.length
  await write('one writer', () => answers.refused.length > before)
  return answers
}

async function post(
  address: string,
  title: string,
): Promise<{ status: number; problem: { title?: string } }> {
  const response = await fetch(`${address}/todos`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ userId: 1, title }),
  })
  return { status: response.status, problem: (await response.json()) as { title?: string } }
}

async function ask({ address }: Server, path: string): Promise<number> {
  return (await fetch(address + path)).status
}

/** While writes are refused. It asks for room for less than a row: some may be left, and used up by that. */
async function readiness(server: Server): Promise<number> {
  let status = await ask(server, '/readyz')
  for (let n = 0; n < 20 && status === 200; n++) {
    await post(server.address, 'more '.padEnd(200, 'x'))
    status = await ask(server, '/readyz')
  }
  return status
}

/** All titles, page by page. */
async function titles({ address }: Server): Promise<string[]> {
  const found: string[] = []
  for (let next: string | undefined = '/todos?limit=1000'; next !== undefined; ) {
    const response: Response = await fetch(address + next)
    if (response.status !== 200) throw new Error(`Reading was answered ${response.status}.`)
    found.push(...((await response.json()) as { title: string }[]).map(({ title }) => title))
    next = /<([^>]+)>; rel="next"/.exec(response.headers.get('link') ?? '')?.[1]
  }
  return found
}

async function requireAll(t: Test, server: Server, stored: readonly string[]): Promise<void> {
  const found = new Set(await titles(server))
  t.strictSame(
    stored.filter(title => !found.has(title)),
    [],
    'nothing acknowledged is lost',
  )
}

interface Scarcity {
  readonly server: Server
  readonly file: string
  readonly statuses: readonly number[]
  readonly advice: string
  makeRoom(): void
}

async function endure(
  t: Test,
  { server, file, statuses, advice, makeRoom }: Scarcity,
): Promise<void> {
  const { stored, refused } = await writeUntilRefused(server)
  t.ok(stored.length > 0)
  t.ok(
    refused.length > 0 && refused.every(status => statuses.includes(status)),
    `refused with ${refused}`,
  )
  t.match(server.log(), advice)
  await requireAll(t, server, stored)
  t.ok(statuses.includes(await readiness(server)), 'it says that nothing is to be sent here')
  t.strictSame(
    [await ask(server, '/livez'), await ask(server, '/health')],
    [200, 200],
    'but need not be restarted',
  )

  makeRoom()
  t.equal(await ask(server, '/readyz'), 200, 'and by itself when it is ready again')
  const title = 'there is room'
  t.equal((await post(server.address, title)).status, 201)
  await requireAll(t, server, [...stored, title])
  await kill(server)
  const next = await serve(t, { file })
  await requireAll(t, next, [...stored, title])
  await kill(next)
}

t.test('a full disk: 507, and writing goes on when there is room', { skip }, async t => {
  const disk = smallDisk(t, '6m')
  const file = `${disk}/data.db`
  const server = await serve(t, { file })
  writeFileSync(`${disk}/ballast`, Buffer.alloc(2 ** 21))
  const makeRoom = () => rmSync(`${disk}/ballast`)
  await endure(t, {
    server,
    file,
    statuses: [507],
    advice: 'the disk is full: make room; reading goes on',
    makeRoom,
  })
})

t.test(
  'a limit of file sizes: 503, the process goes on, and writing when the limit is raised',
  { skip: noLimit },
  async t => {
    const file = `${folderOf(t)}/data.db`
    const server = await serve(t, { file, before: 'ulimit -S -f 2000' })
    const { pid = Number.NaN } = server.child
    const makeRoom = () => {
      for (const each of [pid, ...childrenOf(pid)])
        execFileSync('prlimit', [`--pid=${each}`, '--fsize=unlimited:'])
    }
    const advice = 'the database did not respond: check that it is running and that its disk works'
    await endure(t, { server, file, statuses: [503, 507], advice, makeRoom })
  },
)

function* change(text: string): Work<void> {
  yield { text, values: [] }
}

t.test(
  'while nothing can be written a write that changes nothing is refused too: it is how readiness asks',
  { skip },
  async t => {
    const disk = smallDisk(t, '1m')
    const store = openSqlite({ file: `${disk}/data.db`, dialect: sqliteDialect })
    const ask = () => store.transact(() => change('delete from things where false'))
    await store.transact(() => change('create table things (thing)'))
    await ask()
    writeFileSync(`${disk}/ballast`, Buffer.alloc(2 ** 19))
    t.throws(() => writeFileSync(`${disk}/more`, Buffer.alloc(2 ** 20)), { code: 'ENOSPC' })
    const insert = () => store.transact(() => change('insert into things values (1)'))
    let stored = 0
    const fill = async () => {
      for (; stored < 1000; stored++) await insert()
    }
    await t.rejects(fill(), { code: 'full' })
    await t.rejects(ask(), { code: 'full' })
    t.strictSame(await store.query({ text: 'select count(*) from things', values: [] }), [[stored]])
    rmSync(`${disk}/ballast`)
    await ask()
    await store.close()
  },
)

t.test(
  'a row that alone fills the disk makes the service say that nothing can be written',
  { skip },
  async t => {
    const disk = smallDisk(t, '4m')
    const service = await startService(t, `sqlite:${disk}/data.db`)
    const { get, post, patch, store } = service
    // With next to no cache SQLite writes pages to the disk within a statement: so it does for the largest rows.
    await store.query({ text: 'pragma cache_size = 1', values: [] })
    t.throws(() => writeFileSync(`${disk}/ballast`, Buffer.alloc(2 ** 23)), { code: 'ENOSPC' })
    const authors = Array.from({ length: 100 }, (_, n) => ({ name: `${n} `.padEnd(100, 'x') }))
    const large = { title: 'Small Servers', authors }
    checkProblem(t, 'the row', await post('/books', large), 507)
    checkProblem(t, 'readiness', await get('/readyz'), 507)
    t.equal((await get('/health')).status, 200, 'reading goes on')
    rmSync(`${disk}/ballast`)
    t.equal((await get('/readyz')).status, 200)

    t.throws(() => writeFileSync(`${disk}/ballast`, Buffer.alloc(2 ** 23)), { code: 'ENOSPC' })
    const together = [post('/books', large), patch('/books/1', { title: 'Renamed' })]
    for (const answer of await Promise.all(together)) checkProblem(t, 'together', answer, 507)
    t.not((await get('/books/1')).json.title, 'Renamed')
    rmSync(`${disk}/ballast`)
    t.equal((await post('/books', large)).status, 201)
  },
)

t.test('a disk that is read only stops the start, and says so', { skip }, async t => {
  const disk = smallDisk(t, '4m')
  const first = await serve(t, { file: `${disk}/data.db` })
  first.child.kill('SIGTERM')
  await first.ended
  makeReadOnly(disk)
  const { code, err } = await run(
    t,
    ['serve'],
    { DATABASE_URL: `sqlite:${disk}/data.db`, PORT: '0' },
    folderOf(t),
  )
  t.equal(code, 1)
  t.match(
    err,
    /^restwell: \S+data\.db cannot be opened: .+ on a disk that is sound and not read only\.$/m,
  )
})
