// What Prometheus is told: by route and not by address, on a port of its own, and only where an operator asks for it.

import { rmSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import t from 'tap'
import { Metrics } from '../../src/telemetry/metrics.ts'
import { fixtureDocumentText } from '../support/fixture-models.ts'
import { samples } from '../support/metric-values.ts'
import { folderOf, serve } from '../support/process.ts'
import { feature } from '../support/service.ts'
import { listen } from '../support/wire.ts'

feature(
  'requests are counted by method, route and status, whatever their address',
  async (t, { get, post, request, metrics }) => {
    for (const id of [1, 2, 3]) await get(`/countries/${id}`)
    await get('/countries/99999')
    await get('/v1/countries/1')
    await post('/countries', { name: 'Peru' })
    await request('DELETE', '/countries')
    for (const url of ['/nothing', '/countries/1/x', '/%00', `/${'x'.repeat(9000)}`]) await get(url)
    t.strictSame(samples((await metrics?.text()) ?? '', 'http_request_duration_seconds_count'), {
      '{method="GET",route="/countries/{id}",status="200"}': 4,
      '{method="GET",route="/countries/{id}",status="404"}': 1,
      '{method="POST",route="/countries",status="422"}': 1,
      '{method="DELETE",route="/countries",status="405"}': 1,
      '{method="GET",route="",status="404"}': 3,
      '{method="GET",route="",status="414"}': 1,
    })
  },
  { measured: true },
)

feature(
  'requests whose address cannot be read are counted, and the service goes on',
  async (t, service) => {
    const { send } = await listen(t, service)
    const ask = async (url: string) => {
      const [answer] = await send(`GET ${url} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`)
      return answer?.status
    }
    t.equal(await ask('/countries/%zz'), 400)
    t.equal(await ask(`/countries/${'1'.repeat(1001)}`), 414)
    t.equal(await ask('/countries/1'), 200)
    const text = (await service.metrics?.text()) ?? ''
    t.strictSame(samples(text, 'http_request_duration_seconds_count'), {
      '{method="GET",route="",status="400"}': 1,
      '{method="GET",route="",status="414"}': 1,
      '{method="GET",route="/countries/{id}",status="200"}': 1,
    })
  },
  { measured: true },
)

feature(
  'the database is timed, and what it refuses is counted by code',
  async (t, { get, post, store, metrics }) => {
    await get('/countries/1')
    const car = { id: 101, model: 'Honda', color: 'White' }
    t.equal((await post('/cars', car)).status, 201)
    t.equal((await post('/cars', car)).status, 409)
    const before = (await metrics?.text()) ?? ''
    t.ok((samples(before, 'restwell_store_duration_seconds_count')['{kind="query"}'] ?? 0) >= 1)
    t.ok((samples(before, 'restwell_store_duration_seconds_count')['{kind="transact"}'] ?? 0) >= 2)
    await store.close()
    t.equal((await get('/countries/1')).status, 503)
    t.match(samples((await metrics?.text()) ?? '', 'restwell_store_errors_total'), {
      '{code="unavailable"}': 1,
    })
  },
  { measured: true },
)

feature(
  'times are counted by bounds that rules and dashboards may name',
  async (t, { get, metrics }) => {
    await get('/countries/1')
    const text = (await metrics?.text()) ?? ''
    for (const [name, bounds] of [
      ['http_request', '0.001 0.0025 0.005 0.01 0.025 0.05 0.1 0.25 0.5 1 2.5 5 10 +Inf'],
      [
        'restwell_store',
        '0.0001 0.00025 0.0005 0.001 0.0025 0.005 0.01 0.025 0.05 0.1 0.25 0.5 1 5 +Inf',
      ],
    ]) {
      const bucket = new RegExp(`^${name}_duration_seconds_bucket\\{le="([^"]+)"`, 'gm')
      const found = new Set([...text.matchAll(bucket)].map(([, bound]) => bound))
      t.equal([...found].join(' '), bounds)
    }
  },
  { measured: true },
)

feature(
  'problems are counted by kind, from zero, and requests in flight end',
  async (t, { get, request, metrics }) => {
    const text = async () => (await metrics?.text()) ?? ''
    t.equal(samples(await text(), 'restwell_problems_total')['{kind="overloaded"}'], 0)
    t.equal(samples(await text(), 'restwell_store_errors_total')['{code="full"}'], 0)
    await get('/countries/99999')
    await request('DELETE', '/countries')
    await get('/countries/1')
    t.match(samples(await text(), 'restwell_problems_total'), {
      '{kind="notFound"}': 1,
      '{kind="methodNotAllowed"}': 1,
      '{kind="malformed"}': 0,
    })
    t.equal(samples(await text(), 'restwell_requests_in_flight')[''], 0)
    t.match(await text(), /^restwell_build_info\{version=""\} 1$/m)
    t.notMatch(await text(), /^nodejs_active_\w+_total/m, 'a name that promtool refuses')
  },
  { measured: true },
)

feature(
  'the database tells how many wait, and a file its sizes',
  async (t, { store, post, metrics }) => {
    await post('/cars', { id: 101, model: 'Honda', color: 'White' })
    const text = (await metrics?.text()) ?? ''
    t.equal(samples(text, 'restwell_store_queue')[''], 0)
    t.equal(samples(text, 'restwell_store_connections_in_use')[''], 0)
    const sizes = ['size', 'log', 'free'].map(
      what => samples(text, `restwell_store_${what}_bytes`)[''] ?? 0,
    )
    const hasFile = store.dialect.name === 'sqlite'
    t.strictSame(
      sizes.map(size => size > 0),
      sizes.map(() => hasFile),
    )
    t.equal((samples(text, 'restwell_store_log_pending_bytes')[''] ?? 0) > 0, hasFile)
    t.match(text, /^restwell_store_checkpoints_total \d+$/m)
    if (hasFile) rmSync(store.location)
    t.match(await metrics?.text(), /^restwell_store_queue 0$/m, 'also when the file is gone')
  },
  { measured: true },
)

t.test('a scrape takes nothing from the next one', async t => {
  const metrics = new Metrics()
  const lag = async () => samples(await metrics.text(), 'nodejs_eventloop_lag_max_seconds')['']
  // The monitor counts from one turn to the next.
  await pause(50)
  const end = performance.now() + 300
  while (performance.now() < end);
  await pause(50)
  const first = await lag()
  t.ok(Number(first) > 0.1, `${first}`)
  t.ok(Number(await lag()) >= Number(first))
  t.notMatch(await metrics.text(), /nodejs_eventloop_lag_(?:min|stddev)/)
})

const settings = { SAMPLE_DATA: 'false', LOG_LEVEL: 'error' }

t.test('they are on a port of their own, never on the API', async t => {
  const server = await serve(t, { ...settings, METRICS_PORT: '0' }, folderOf(t))
  const address = /Metrics {2}(\S+)/.exec(server.said)?.[1] ?? ''
  t.not(new URL(address).port, String(server.port))
  t.equal((await fetch(`${server.address}/metrics`)).status, 404)
  t.equal((await fetch(`${server.address}/todos`)).status, 200)
  const response = await fetch(address)
  t.equal(response.headers.get('content-type'), 'text/plain; version=0.0.4; charset=utf-8')
  const text = await response.text()
  t.equal(
    samples(text, 'http_request_duration_seconds_count')[
      '{method="GET",route="/todos",status="200"}'
    ],
    1,
  )
  for (const name of [
    'process_cpu_seconds_total',
    'nodejs_eventloop_lag_p99_seconds',
    'restwell_stopping',
  ])
    t.match(samples(text, name), { '': Number }, name)
  const other = await fetch(new URL('/', address))
  t.equal(other.status, 404)
  t.match(other.headers.get('content-type'), /^application\/problem\+json\b/)
  t.strictSame(await server.stop(), { code: 0, out: '', err: '' })
})

t.test('without the setting there are none, and the document knows nothing of them', async t => {
  const server = await serve(t, settings, folderOf(t))
  t.notMatch(server.said, 'Metrics')
  t.equal((await fetch(`${server.address}/metrics`)).status, 404)
  await server.stop()
  t.notMatch(await fixtureDocumentText(), '/metrics')
})
