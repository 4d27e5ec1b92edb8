// OpenTelemetry where it is asked for: a collector on this machine receives the span of a request.

import { readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import t from 'tap'
import { startTracing, tracingPackages } from '../../src/telemetry/tracing.ts'
import { spansOf, startCollector, valuesOf, withTracing } from '../support/collector.ts'
import { folderOf, serve } from '../support/process.ts'

const traceId = '0af7651916cd43dd8448eb211c80319c'
const parentId = 'b7ad6b7169203331'
const settings = { ...withTracing, SAMPLE_DATA: 'false', LOG_LEVEL: 'error' }
const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318' }

t.test('the span of a request is part of the trace of its caller', async t => {
  const { received, url } = await startCollector(t)
  const environment = {
    ...settings,
    OTEL_EXPORTER_OTLP_ENDPOINT: url,
    OTEL_RESOURCE_ATTRIBUTES: 'deployment.zone=a',
  }
  const server = await serve(t, environment, folderOf(t))
  const headers = { traceparent: `00-${traceId}-${parentId}-01` }
  const key = `rw_live_${'x'.repeat(49)}`
  t.equal(
    (await fetch(`${server.address}/countries/7?fields=name&key=rw%5F${key.slice(3)}`, { headers }))
      .status,
    400,
  )
  t.equal((await fetch(`${server.address}/livez`)).status, 200)
  t.strictSame(await server.stop(), { code: 0, out: '', err: '' })
  t.notMatch(JSON.stringify(received), 'xxxxxxxx', 'a key in an address is no part of it')
  const [sent] = received.flatMap(({ resourceSpans }) => resourceSpans)
  t.match(valuesOf(sent?.resource.attributes ?? []), {
    'service.name': 'restwell',
    'deployment.zone': 'a',
  })
  const spans = spansOf(received)
  t.equal(spans.length, 1, 'no values were read, and probes have none')
  t.match(spans[0], { traceId, parentSpanId: parentId, name: 'GET /countries/{id}' })
  t.notMatch(spans[0], { status: { code: 2 } }, 'a refusal is no error')
  t.strictSame(spans[0]?.events, [])
  t.match(valuesOf(spans[0]?.attributes ?? []), {
    'http.route': '/countries/{id}',
    'url.scheme': 'http',
    'server.address': '127.0.0.1',
    'client.address': '127.0.0.1',
    'network.protocol.version': '1.1',
    'http.response.status_code': 400,
    'url.path': '/countries/7',
    'url.query': 'fields=name&key=…',
  })
})

t.test('a collector that is away holds up nobody', async t => {
  const server = await serve(
    t,
    { ...settings, OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' },
    folderOf(t),
  )
  t.equal((await fetch(`${server.address}/countries`)).status, 200)
  t.equal((await server.stop()).code, 0)
})

t.test('the log is told once that the collector is away', async t => {
  const environment = {
    ...settings,
    LOG_LEVEL: 'warn',
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9',
    OTEL_EXPORTER_OTLP_TIMEOUT: '200',
    OTEL_BSP_SCHEDULE_DELAY: '20',
  }
  const server = await serve(t, environment, folderOf(t))
  // So many that they are sent more than once.
  for (let n = 0; n < 40; n++) {
    await (await fetch(`${server.address}/countries`)).text()
    await pause(25)
  }
  const { code, err } = await server.stop()
  t.equal(code, 0)
  const lines = err.split('\n').filter(line => line.includes('spans are lost'))
  t.equal(lines.length, 1)
  t.match(JSON.parse(String(lines[0])), { level: 40, reason: String })
})

t.test('without being asked for, nothing of it is loaded', async t => {
  const load = () => t.fail('it is loaded') as never
  for (const environment of [
    {},
    { OTEL_SERVICE_NAME: 'x' },
    { OTEL_EXPORTER_OTLP_ENDPOINT: '' },
    { ...endpoint, OTEL_SDK_DISABLED: 'true' },
    { ...endpoint, OTEL_TRACES_EXPORTER: 'none' },
  ])
    t.equal(await startTracing(environment, load), undefined, JSON.stringify(environment))
})

t.test('where it is asked for and not installed, the start says what to install', async t => {
  const missing = async () => {
    throw Object.assign(new Error("Cannot find package '@fastify/otel'"), {
      code: 'ERR_MODULE_NOT_FOUND',
    })
  }
  await t.rejects(startTracing(endpoint, missing), {
    message:
      /^OTEL_EXPORTER_OTLP_ENDPOINT is set, but OpenTelemetry is not installed\. Unset it, or: npm install --omit=dev .*@fastify\/otel@/,
  })
  const { peerDependencies, peerDependenciesMeta } = JSON.parse(
    readFileSync('package.json', 'utf8'),
  )
  t.strictSame(peerDependencies, tracingPackages)
  t.strictSame(Object.keys(peerDependenciesMeta), Object.keys(tracingPackages))
})

t.test('a protocol that is not spoken is refused at the start', async t => {
  await t.rejects(startTracing({ ...endpoint, OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }), {
    message: /^OTEL_EXPORTER_OTLP_PROTOCOL is 'grpc'; spans are sent by HTTP/,
  })
})
