// A start: the port is open before the tables are changed, and tells what is going on until requests are answered.

import { once } from 'node:events'
import { createServer } from 'node:net'
import t from 'tap'
import { postgresDialect } from '../../src/store/postgres/dialect.ts'
import { send, startProcess, until } from '../support/instances.ts'
import { emptyPostgres } from '../support/postgres.ts'
import { connectTo, freePort } from '../support/postgres-server.ts'
import { folderOf, run } from '../support/process.ts'
import { databases, onEveryDatabase } from '../support/service.ts'

const takeLock = postgresDialect.online?.takeLock.text ?? ''
const releaseLock = postgresDialect.online?.releaseLock.text ?? ''

onEveryDatabase('a start that cannot listen changes no table', async (t, url) => {
  const occupied = createServer().listen(0, '127.0.0.1')
  t.teardown(() => occupied.close())
  await once(occupied, 'listening')
  const { port } = occupied.address() as { port: number }
  const folder = folderOf(t)
  const refused = await run(
    t,
    ['serve'],
    { DATABASE_URL: url, PORT: String(port), LOG_LEVEL: 'error' },
    folder,
  )
  t.equal(refused.code, 1)
  t.match(refused.err, /^restwell: Another process listens on port \d+ of 127\.0\.0\.1\./m)
  const planned = await run(t, ['migrate', '--check'], { DATABASE_URL: url }, folder)
  t.match(planned.out, /^create table "books"/m, 'there are none yet')
})

t.test('a start that waits for another one is alive, and not ready', async t => {
  if (!databases.some(({ name }) => name === 'postgres'))
    return t.comment('only instances over PostgreSQL wait')
  const url = await emptyPostgres(t)
  const other = connectTo(url, { connection: { application_name: 'the other one' } })
  t.teardown(() => other.end({ timeout: 1 }))
  await other.unsafe(takeLock)

  t.testdir()
  const port = await freePort()
  const address = `http://127.0.0.1:${port}`
  const { log, ready } = startProcess(t, { DATABASE_URL: url, PORT: String(port), AUTH: 'none' })
  await until(200, () => send(address, 'GET', '/livez').catch(() => ({ status: 0 })))
  for (const path of ['/readyz', '/health', '/books', '/nothing', '/openapi.json']) {
    const { status, headers, json } = await send(address, 'GET', path)
    t.strictSame([status, headers.get('retry-after')], [503, '1'], path)
    t.match(json.detail, /^The service is starting/, path)
  }
  await other.unsafe(releaseLock)
  await until(200, () => send(address, 'GET', '/readyz'))
  t.equal((await send(address, 'GET', '/books')).status, 200)
  await ready
  t.strictSame(
    log.filter(({ level }) => level > 40),
    [],
  )
})

t.test('a start that is told to stop while it waits ends as it was told to', async t => {
  if (!databases.some(({ name }) => name === 'postgres'))
    return t.comment('only instances over PostgreSQL wait')
  const url = await emptyPostgres(t)
  const other = connectTo(url)
  t.teardown(() => other.end({ timeout: 1 }))
  await other.unsafe(takeLock)
  t.testdir()
  const port = await freePort()
  const { stop, log } = startProcess(t, { DATABASE_URL: url, PORT: String(port), AUTH: 'none' })
  await until(200, () =>
    send(`http://127.0.0.1:${port}`, 'GET', '/livez').catch(() => ({ status: 0 })),
  )
  t.equal(await stop(), 0)
  t.strictSame(
    log.filter(({ level }) => level > 40),
    [],
  )
})
