// A service of several workers is one service: it starts, counts, forgets keys, tells and stops as one process does.

import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout as pause } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { send, tally, until } from '../support/instances.ts'
import { folderOf, run, type Server, serve } from '../support/process.ts'
import { onEveryDatabase } from '../support/service.ts'
import { childrenOf, whyNoWorkers } from '../support/workers.ts'

const notes = `import { resource, Type } from 'restwell'
export const notes = resource('notes', Type.Object({ text: Type.String({ maxLength: 100 }) }), { description: 'Notes' })`

const settings = { SAMPLE_DATA: 'false', LOG_LEVEL: 'error', WORKERS: '2' }

/** Waits until the metrics count so many workers. */
async function metricsOf(server: Server, pattern: RegExp): Promise<string> {
  const address = /Metrics\s+(http:\S+)/.exec(server.said)?.[1] ?? ''
  for (;;) {
    const text = await (await fetch(address)).text()
    if (pattern.test(text)) return text
    await pause(20)
  }
}

function startWorkers(t: Test, url: string, more: Record<string, string> = {}): Promise<Server> {
  const environment = { DATABASE_URL: url, METRICS_PORT: '0', AUTH: 'none', ...settings, ...more }
  return serve(t, environment, folderOf(t))
}

onEveryDatabase('what cannot start says so once', async (t, url) => {
  const occupied = createServer().listen(0, '127.0.0.1')
  t.teardown(() => occupied.close())
  await once(occupied, 'listening')
  const { port } = occupied.address() as { port: number }
  const environment = { DATABASE_URL: url, PORT: String(port), ...settings }
  const { code, out, err } = await run(t, ['serve'], environment, folderOf(t))
  t.equal(code, 1)
  t.match(err, /^restwell: Another process listens on port \d+ of 127\.0\.0\.1\. [^\n]+$/m)
  t.equal(out, '')
})

t.test('no second service is started on a file', async t => {
  const folder = folderOf(t)
  const environment = { DATABASE_URL: 'sqlite:data.db', PORT: '0', ...settings }
  const server = await serve(t, environment, folder)
  for (const WORKERS of ['1', '2']) {
    const { code, err } = await run(t, ['serve'], { ...environment, WORKERS }, folder)
    t.equal(code, 1)
    t.match(err, /^restwell: Another process serves \S+data\.db\. Stop it first/m)
  }
  t.strictSame(await server.stop(), { code: 0, out: '', err: '' })
})

onEveryDatabase('quotas are counted together, and so are metrics', async (t, url) => {
  const plans = JSON.stringify({
    default: 'small',
    anonymous: 'small',
    failed_logins: {},
    plans: { small: { requests_per_minute: 40 } },
  })
  const folder = folderOf(t, { 'few.yaml': plans })
  const server = await serve(
    t,
    {
      DATABASE_URL: url,
      METRICS_PORT: '0',
      AUTH: 'none',
      LIMITS: 'on',
      PLANS: 'few.yaml',
      ...settings,
    },
    folder,
  )
  await metricsOf(server, /^restwell_workers 2$/m)
  const answers = await Promise.all(
    Array.from({ length: 60 }, () => send(server.address, 'GET', '/todos?limit=1')),
  )
  t.strictSame(tally(answers), { 200: 40, 429: 20 })
  const left = answers
    .filter(({ status }) => status === 200)
    .map(({ headers }) => Number(/r=(\d+)/.exec(headers.get('ratelimit') ?? '')?.[1]))
  t.strictSame(
    left.sort((one, other) => one - other),
    Array.from({ length: 40 }, (_, n) => n),
    'each is told another rest',
  )
  const text = await metricsOf(
    server,
    /^http_request_duration_seconds_count\{[^}]*status="429"\} 20$/m,
  )
  t.match(text, /^http_request_duration_seconds_count\{[^}]*status="200"\} 40$/m)
  if (url.startsWith('sqlite:')) {
    t.match(text, /^restwell_store_checkpoints_total 0$/m)
    t.match(text, /^restwell_store_log_pending_bytes [1-9]\d*$/m, 'of one file, and no sum')
  }
  t.match(text, /^restwell_build_info\{version="[\d.]+"\} 1$/m)
  t.strictSame(await server.stop(), { code: 0, out: '', err: '' })
})

onEveryDatabase('failed logins are counted together, and told once', async (t, url) => {
  const plans = JSON.stringify({
    default: 'all',
    anonymous: 'all',
    failed_logins: { requests_per_minute: 10 },
    plans: { all: {} },
  })
  const environment = {
    ...settings,
    DATABASE_URL: url,
    METRICS_PORT: '0',
    AUTH: 'required',
    LIMITS: 'on',
    PLANS: 'few.yaml',
    LOG_LEVEL: 'info',
  }
  const server = await serve(t, environment, folderOf(t, { 'few.yaml': plans }))
  await metricsOf(server, /^restwell_workers 2$/m)
  const wrong = { authorization: 'Bearer wrong' }
  const answers = await Promise.all(
    Array.from({ length: 30 }, () => send(server.address, 'GET', '/todos', undefined, wrong)),
  )
  t.strictSame(tally(answers), { 401: 10, 429: 20 })
  const { err } = await server.stop()
  t.equal(err.match(/an address sends too many wrong credentials/g)?.length, 1)
})

onEveryDatabase('a key that one worker has revoked no other one takes', async (t, url) => {
  const folder = folderOf(t)
  const environment = { ...settings, DATABASE_URL: url, AUTH: 'required', LIMITS: 'off' }
  const server = await serve(t, { ...environment, METRICS_PORT: '0' }, folder)
  await metricsOf(server, /^restwell_workers 2$/m)
  const admin = await run(
    t,
    ['key', 'create', '--name', 'Admin', '--scope', '*'],
    { DATABASE_URL: url },
    folder,
  )
  const bearer = (text: string) => ({ authorization: `Bearer ${/rw_\w+/.exec(text)?.[0]}` })
  const own = bearer(admin.out)
  await until(200, () => send(server.address, 'GET', '/todos?limit=1', undefined, own))
  const made = await send(
    server.address,
    'POST',
    '/keys',
    { name: 'Short', scopes: ['todos:read'] },
    own,
  )
  t.equal(made.status, 201)
  const ask = () =>
    send(server.address, 'GET', '/todos?limit=1', undefined, bearer(made.json.secret))
  t.strictSame(tally(await Promise.all(Array.from({ length: 20 }, ask))), { 200: 20 })
  t.equal(
    (await send(server.address, 'DELETE', `/keys/${made.json.id}`, undefined, own)).status,
    204,
  )
  const askAll = () => Promise.all(Array.from({ length: 20 }, ask))
  for (let refused = 0; refused < 20; ) refused = tally(await askAll())[401] ?? 0
  t.strictSame(tally(await askAll()), { 401: 20 })
  await server.stop()
})

onEveryDatabase('who has the response to a write reads it, whoever answers', async (t, url) => {
  const server = await startWorkers(t, url, { WORKERS: '2' })
  await metricsOf(server, /^restwell_workers 2$/m)
  const stale: unknown[] = []
  const visit = async (visitor: number) => {
    const { json } = await send(server.address, 'POST', '/todos', { userId: 1, title: 'mine' })
    for (let n = 1; n <= 20; n++) {
      const userId = visitor * 1000 + n
      await send(server.address, 'PATCH', `/todos/${json.id}`, { userId })
      const read = await send(server.address, 'GET', `/todos/${json.id}`)
      if (read.json.userId !== userId) stale.push([userId, read.json])
    }
  }
  await Promise.all(Array.from({ length: 8 }, (_, visitor) => visit(visitor)))
  t.strictSame(stale, [])
  t.strictSame(await server.stop(), { code: 0, out: '', err: '' })
})

t.test(
  'a worker that is killed is replaced, and the metrics forget nothing',
  {
    skip: whyNoWorkers,
  },
  async t => {
    const folder = folderOf(t)
    const environment = { ...settings, DATABASE_URL: 'sqlite:data.db', METRICS_PORT: '0' }
    const server = await serve(t, environment, folder)
    await metricsOf(server, /^restwell_workers 2$/m)
    for (let n = 0; n < 10; n++)
      t.equal((await send(server.address, 'GET', '/todos?limit=1')).status, 200)
    const counted = /^http_request_duration_seconds_count\{[^}]*status="200"\} 10$/m
    await metricsOf(server, counted)
    const before = childrenOf(server.pid)
    process.kill(before[0] ?? Number.NaN, 'SIGKILL')
    await untilOthers(server.pid, before)
    t.match(await metricsOf(server, /^restwell_workers 2$/m), counted)
    const { code, err } = await server.stop()
    t.equal(code, 0)
    const told = err
      .trim()
      .split('\n')
      .map(line => JSON.parse(line))
    t.match(told, [
      {
        level: 50,
        worker: Number,
        signal: 'SIGKILL',
        msg: 'a worker has ended, and another one takes its place',
      },
    ])
  },
)

/** Waits until a service has two workers again, one of which is new. */
async function untilOthers(pid: number, before: readonly number[]): Promise<void> {
  for (;;) {
    const now = childrenOf(pid)
    if (now.length === before.length && now.some(one => !before.includes(one))) return
    await pause(20)
  }
}

t.test(
  'a connection that is being handed to a worker when it dies is broken, and does not wait',
  { skip: whyNoWorkers },
  async t => {
    const environment = { ...settings, DATABASE_URL: 'sqlite:data.db', METRICS_PORT: '0' }
    const server = await serve(t, environment, folderOf(t))
    await metricsOf(server, /^restwell_workers 2$/m)
    const [frozen = Number.NaN] = childrenOf(server.pid)
    process.kill(frozen, 'SIGSTOP')
    const heads = Array.from({ length: 6 }, () => firstLineFrom(server.port))
    await Promise.race(heads)
    await Promise.all(Array.from({ length: 6 }, () => firstLineFrom(server.port)))
    process.kill(frozen, 'SIGKILL')
    t.strictSame((await Promise.all(heads)).sort(), ['', ...Array(5).fill('HTTP/1.1 200 OK')])
    const { code } = await server.stop()
    t.equal(code, 0)
  },
)

t.test(
  'a worker does not join others that began with other files, and says so',
  { skip: whyNoWorkers },
  async t => {
    const folder = folderOf(t, { schemas: { 'notes.ts': notes } })
    const environment = { ...settings, DATABASE_URL: 'sqlite:data.db', METRICS_PORT: '0' }
    const server = await serve(t, { ...environment, LOG_LEVEL: 'info' }, folder)
    await metricsOf(server, /^restwell_workers 2$/m)
    writeFileSync(join(folder, 'schemas', 'notes.ts'), notes.replace('100', '200'))
    const [first = Number.NaN, second = Number.NaN] = childrenOf(server.pid)
    process.kill(first, 'SIGKILL')
    const others = () => childrenOf(server.pid).filter(pid => ![first, second].includes(pid))
    while (others().length === 0) await pause(5)
    const [refused] = others()
    while (others().includes(refused ?? Number.NaN)) await pause(5)
    t.equal((await send(server.address, 'GET', '/notes')).status, 200)
    process.kill(second, 'SIGKILL')
    await metricsOf(server, /^restwell_workers 2$/m)
    const text = 'x'.repeat(150)
    t.equal((await send(server.address, 'POST', '/notes', { text })).status, 201)
    const { code, err } = await server.stop()
    t.equal(code, 0)
    t.match(
      err,
      /"msg":"definitions, plugins or settings have changed since the other workers began: restart the service"/,
    )
    t.equal(err.match(/Server listening at/g)?.length, 1)
  },
)

/** The first line of the response to a request in a connection of its own; empty if the connection breaks. */
async function firstLineFrom(port: number): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  socket.end('GET /todos?limit=1 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n')
  const said = await text(socket).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ECONNRESET') throw error
    return ''
  })
  return said.split('\r\n')[0] ?? ''
}
