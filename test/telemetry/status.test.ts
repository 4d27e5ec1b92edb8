// `/statusz`: the figures of the last hour for operators, and the callers that may read them.

import { once } from 'node:events'
import { request } from 'node:http'
import { json } from 'node:stream/consumers'
import { setTimeout as pause } from 'node:timers/promises'
import t from 'tap'
import type { Series, ServiceStatus } from '../../src/http/status.ts'
import { keepHere } from '../../src/telemetry/status.ts'
import { holder, required } from '../support/access.ts'
import { limitsOf, TestClock } from '../support/limits.ts'
import { folderOf, serve } from '../support/process.ts'
import { feature, type Received } from '../support/service.ts'
import { whyNoWorkers } from '../support/workers.ts'

const sum = (values: readonly (number | null)[]) =>
  values.reduce((total: number, value) => total + Number(value), 0)

function togetherOf({ processes: [together] }: ServiceStatus): Series {
  if (together === undefined) throw new Error('There are no processes.')
  return together
}

/** Asks again until an interval with so many requests is over. */
async function statusWith(
  requests: number,
  ask: () => Promise<Pick<Received, 'json'>>,
): Promise<ServiceStatus> {
  for (;;) {
    const status = (await ask()).json as unknown as ServiceStatus
    const { successful, refused } = togetherOf(status)
    if (sum(successful) + sum(refused) >= requests) return status
    await pause(50)
  }
}

feature(
  'requests are told by outcome, and routes and problems apart; probes are no requests',
  async (t, { get, post }) => {
    for (const id of [1, 2, 3]) await get(`/countries/${id}`)
    const missing = await get('/countries/99999')
    await post('/countries', { name: 'Peru' })
    await get('/livez')
    const status = await statusWith(5, () => get('/statusz'))
    const together = togetherOf(status)
    t.equal(status.interval, 1)
    t.equal(sum(together.successful), 3)
    t.equal(sum(together.refused), 2)
    t.ok(sum(together.p50) > 0)
    t.ok(sum(together.database) > 0)
    t.ok(sum(together.heap) > 1_000_000)
    t.match(
      status.routes.find(({ path }) => path === '/countries/{id}'),
      { method: 'GET', requests: 4, failed: 0, mean: Number, p95: Number },
    )
    t.notOk(status.routes.some(({ path }) => ['/livez', '/statusz'].includes(path)))
    t.match(
      status.problems.find(({ kind }) => kind === 'notFound'),
      {
        ...{ status: 404, count: 1, method: 'GET', path: '/countries/{id}' },
        instance: missing.json.instance,
      },
    )
    t.strictSame(status.callers, [], 'without credentials there are but addresses')
    const { times } = together
    const later = await get(`/statusz?since=${times.at(-1)}`)
    t.ok(later.json.processes[0].times.every((time: number) => time > Number(times.at(-1))))
  },
  { status: () => keepHere(1) },
)

const plans = { anonymous: { requests_per_day: 5 }, free: { requests_per_day: 4 } }

feature(
  'only callers with service:admin are told, also who else calls',
  async (t, { store, get }) => {
    const operator = await holder(store, ['service:admin'])
    const reader = await holder(store, ['books:read'], { plan: 'free' })
    t.equal((await get('/statusz')).status, 401)
    t.equal((await get('/statusz', reader.headers)).status, 403)
    for (let n = 0; n < 5; n++) await get('/books', reader.headers)
    const status = await statusWith(5, () => get('/statusz', operator.headers))
    t.strictSame(
      status.callers.find(({ id }) => id === `key:${reader.id}`),
      {
        ...{ id: `key:${reader.id}`, requests: 5, limited: 1 },
        ...{ policy: 'day', quota: 4, remaining: 0 },
      },
    )
    t.equal((await get('/statusz', operator.headers)).headers['cache-control'], 'no-store')
  },
  {
    access: required,
    status: () => keepHere(1),
    limits: () => limitsOf(plans, new TestClock()),
  },
)

feature(
  'where nothing is kept, there is nothing at the address, and the document says nothing',
  async (t, { get, document }) => {
    t.equal((await get('/statusz')).status, 404)
    t.notOk('/statusz' in document.paths)
  },
  { status: () => null },
)

/** By a connection of its own, which the workers get in turn. */
async function ask(url: string): Promise<unknown> {
  const [response] = await once(request(url, { agent: false }).end(), 'response')
  return json(response)
}

t.test('workers are told together and apart', { skip: whyNoWorkers }, async t => {
  const settings = { SAMPLE_DATA: 'false', LOG_LEVEL: 'error', WORKERS: '2' }
  const server = await serve(t, settings, folderOf(t))
  for (;;) {
    // Twice, because the workers take connections in turn.
    for (const _ of [1, 2]) await ask(`${server.address}/todos`)
    const status = (await ask(`${server.address}/statusz`)) as ServiceStatus
    const [together, ...workers] = status.processes
    if (workers.length === 2 && workers.every(({ successful }) => sum(successful) > 0)) {
      t.strictSame(
        workers.map(({ worker }) => worker),
        [1, 2],
      )
      const apart = workers.map(({ successful }) => sum(successful))
      t.equal(sum(together?.successful ?? []), sum(apart))
      break
    }
    await pause(100)
  }
  t.strictSame(await server.stop(), { code: 0, out: '', err: '' })
})

t.test('a service that others reach without credentials keeps nothing by itself', async t => {
  const settings = { SAMPLE_DATA: 'false', LOG_LEVEL: 'error', AUTH: 'none', HOST: '0.0.0.0' }
  for (const [more, status] of [
    [{}, 404],
    [{ STATUS: 'on' }, 200],
    [{ STATUS: 'off', HOST: '127.0.0.1' }, 404],
  ] as const) {
    const server = await serve(t, { ...settings, ...more }, folderOf(t))
    const response = await fetch(`http://127.0.0.1:${server.port}/statusz`)
    t.equal(response.status, status, JSON.stringify(more))
    await response.body?.cancel()
    await server.stop()
  }
})
