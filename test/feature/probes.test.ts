// What a balancer or a scheduler is told: the process runs, the service can answer, requests may be sent here.

import { setImmediate, setTimeout } from 'node:timers/promises'
import { pino } from 'pino'
import { checkProblem } from '../support/problem.ts'
import { feature, type Received, type Service } from '../support/service.ts'

const probes = ['/health', '/livez', '/readyz']

feature('all is well', async (t, { get, request }) => {
  for (const url of probes) {
    const well = await get(url)
    t.equal(well.status, 200, url)
    t.strictSame(well.json, { status: 'pass' }, url)
    t.equal(well.headers['cache-control'], 'no-store', url)
    t.equal((await request('HEAD', url)).status, 200, url)
    t.equal((await request('POST', url)).headers.allow, 'GET, HEAD, OPTIONS', url)
    t.equal((await get(url, { accept: 'text/html' })).status, 406, url)
  }
})

feature(
  'without its database a process is alive, and neither well nor ready',
  async (t, { get, store }) => {
    await store.close()
    t.equal((await get('/livez')).status, 200)
    for (const url of ['/health', '/readyz']) {
      const refused = await get(url)
      checkProblem(t, url, refused, 503)
      t.equal(refused.headers['retry-after'], '1', url)
    }
  },
)

feature('a database that can only be read is well and not ready', async (t, { get, store }) => {
  if (store.dialect.name !== 'sqlite') return t.comment('only SQLite lets a test make it read-only')
  await store.query({ text: 'pragma query_only = on', values: [] })
  t.equal((await get('/health')).status, 200)
  t.equal((await get('/countries/1')).status, 200)
  checkProblem(t, 'read only', await get('/readyz'), 503)
  await store.query({ text: 'pragma query_only = off', values: [] })
  t.equal((await get('/readyz')).status, 200)
})

feature(
  'told to stop, it is not ready, goes on answering, and each answer ends its connection',
  async (t, service) => {
    const { app, get, post } = service
    app.stopping = true
    const refused = await get('/readyz')
    t.equal(checkProblem(t, 'stopping', refused, 503).detail, 'The service is stopping.')
    t.equal(refused.headers['retry-after'], '1')
    const country = { name: 'Peru', capital: 'Lima', area: 1285216 }
    for (const received of [
      await get('/livez'),
      await get('/health'),
      await post('/countries', country),
    ]) {
      t.ok(received.status < 300)
      t.equal(received.headers.connection, 'close')
    }
  },
)

feature('however many ask at once, the database hears one', async (t, { app, store, get }) => {
  const transact = store.transact.bind(store)
  let asked = 0
  store.transact = async work => {
    asked++
    await setImmediate()
    return transact(work)
  }
  await app.ready()
  const answers = await Promise.all(Array.from({ length: 20 }, () => get('/readyz')))
  t.ok(answers.every(({ status }) => status === 200))
  t.ok(asked < 20, `${asked} of 20`)
  t.equal((await get('/readyz')).status, 200)
})

/** Keeps the event loop from everything else, in milliseconds. */
function block(time: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, time)
}

async function until<T>(ask: () => Promise<T>, isSo: (received: T) => boolean): Promise<T> {
  for (let tries = 0; tries < 500; tries++) {
    const received = await ask()
    if (isSo(received)) return received
    await setTimeout(5)
  }
  throw new Error('It never is so.')
}

/** Some callers at once. */
function burst({ get }: Service): Promise<readonly Received[]> {
  return Promise.all(Array.from({ length: 5 }, () => get('/countries/1')))
}

/** Lags until one of several callers is refused. */
async function refusalOf(service: Service): Promise<Received> {
  const isRefused = ({ status }: Received) => status === 503
  const lagging = async () => {
    block(30)
    await setImmediate()
    return burst(service)
  }
  const all = await until(lagging, received => received.some(isRefused))
  return all.find(isRefused) as Received
}

const lines: string[] = []
const logger = pino({ level: 'warn' }, { write: line => lines.push(line) })

feature(
  'a process that lags behind refuses requests, but no probe, and takes them again when it keeps up',
  async (t, service) => {
    const { get, post } = service
    lines.length = 0
    const refused = await refusalOf(service)
    t.equal(
      checkProblem(t, 'overloaded', refused, 503).detail,
      'The service has more to do than it can. Please try again.',
    )
    t.equal(refused.headers['retry-after'], '1')
    block(60)
    await setImmediate()
    for (const url of probes) t.equal((await get(url)).status, 200, url)
    await until(
      () => burst(service),
      all => all.every(({ status }) => status === 200),
    )
    t.equal((await post('/todos', { userId: 1, title: 'Again' })).status, 201)
    t.strictSame(
      lines
        .map(line => JSON.parse(line))
        .filter(({ event }) => !event?.startsWith('request_'))
        .map(({ msg }) => msg),
      ['overloaded: requests are refused until the event loop lags less than 10 ms'],
      'one line beside those of the requests, however many were refused',
    )
  },
  { logger, pressure: { maxEventLoopDelay: 10, sampleInterval: 50 } },
)

feature(
  'nobody is refused for a read that is over: whoever comes alone is served, though the process has lagged',
  async (t, service) => {
    for (let times = 0; times < 10; times++) {
      await refusalOf(service)
      t.equal((await service.get('/countries/1')).status, 200)
      t.equal((await service.post('/todos', { userId: 1, title: 'After it' })).status, 201)
    }
  },
  { pressure: { maxEventLoopDelay: 10, sampleInterval: 50 } },
)
