// Three instances over one PostgreSQL behind the balancer as deploy/Caddyfile has it, restarted one by one under load.

import t from 'tap'
import { findCaddy, startCaddy } from '../support/caddy.ts'
import { freePort, startPostgres } from '../support/postgres-server.ts'
import { folderOf, type Server, serve } from '../support/process.ts'

const clients = 8
const program = findCaddy()
const skip = program === undefined && 'there is no caddy here: npm run lint:deploy installs it'

class Failure extends Error {}

async function send(
  method: string,
  url: string,
  expected: number,
  json?: object,
): Promise<{ id: number }> {
  const body =
    json === undefined
      ? {}
      : { body: JSON.stringify(json), headers: { 'content-type': 'application/json' } }
  const response = await fetch(url, { method, ...body }).catch(error => {
    throw new Failure(`${method} ${url}: ${error.cause ?? error}`)
  })
  const text = await response.text()
  if (response.status !== expected)
    throw new Failure(`${method} ${url}: ${response.status} ${text}`)
  return JSON.parse(text)
}

t.test('every instance is restarted, and no request fails', { skip }, async t => {
  t.setTimeout(120_000)
  const database = await startPostgres()
  t.teardown(() => database.stop())
  const folder = folderOf(t)
  const settings = { DATABASE_URL: database.url, DRAIN_SECONDS: '3', LOG_LEVEL: 'error' }
  const start = (port: number) => serve(t, { ...settings, PORT: String(port) }, folder)
  const ports = await Promise.all([freePort(), freePort(), freePort()])
  const servers: Server[] = []
  for (const port of ports) servers.push(await start(port))
  const address = await startCaddy(t, program ?? '', await freePort(), ports)

  let done = false
  const failures: string[] = []
  const counts = { created: 0, requests: 0 }
  const client = async (number: number) => {
    for (let n = 0; !done; n++) {
      const { id } = await send('POST', `${address}/todos`, 201, {
        userId: number,
        title: `${number} ${n}`,
      })
      counts.created++
      await send('GET', `${address}/todos/${id}`, 200)
      await send('PATCH', `${address}/todos/${id}`, 200, { completed: true })
      counts.requests += 3
    }
  }
  const whileItWorks = async (number: number) => {
    while (!done)
      await client(number).catch(error => {
        if (!(error instanceof Failure)) throw error
        failures.push(error.message)
      })
  }
  const load = Promise.all(Array.from({ length: clients }, (_, number) => whileItWorks(number + 1)))
  try {
    for (const [index, port] of ports.entries()) {
      t.strictSame(await servers[index]?.stop(), { code: 0, out: '', err: '' })
      servers[index] = await start(port)
    }
  } finally {
    done = true
    await load
  }
  t.strictSame(failures, [])
  const counted = await fetch(`${address}/todos?limit=1`, { headers: { prefer: 'count=exact' } })
  t.equal(counted.headers.get('x-total-count'), String(counts.created), 'each POST was done once')
  t.comment(`${counts.requests} requests, ${failures.length} failed`)
  for (const server of servers) server.interrupt()
  await Promise.all(servers.map(({ ended }) => ended))
  const away = await fetch(`${address}/todos/1`)
  t.equal(away.status, 503, 'with all of them gone the balancer answers as the service does')
  t.equal(away.headers.get('content-type'), 'application/problem+json')
  t.equal(away.headers.get('retry-after'), '1')
  t.match(await away.json(), {
    type: 'about:blank',
    status: 503,
    instance: /^urn:uuid:[\da-f-]{36}$/,
  })
})
