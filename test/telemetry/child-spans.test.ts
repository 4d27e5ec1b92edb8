// Where the time of a request went: spans of statements, waits, commits and other servers, below that of the request.

import t, { type Test } from 'tap'
import { readSubject } from '../../src/telemetry/child-spans.ts'
import { type Span, spansOf, startCollector, valuesOf, withTracing } from '../support/collector.ts'
import { folderOf, serve } from '../support/process.ts'
import { audience, issuer, sign, startProvider } from '../support/provider.ts'
import { startRedis, withoutRedis } from '../support/redis.ts'
import { onEveryDatabase } from '../support/service.ts'

const settings = { ...withTracing, LOG_LEVEL: 'error', SAMPLE_DATA: 'true' }

/** Runs a service, and gives what the collector got until it ended. */
async function spansWhile(
  t: Test,
  environment: Record<string, string>,
  act: (address: string) => Promise<unknown>,
): Promise<readonly Span[]> {
  const { received, url } = await startCollector(t)
  const traced = { ...settings, ...environment, OTEL_EXPORTER_OTLP_ENDPOINT: url }
  const server = await serve(t, traced, folderOf(t))
  await act(server.address)
  t.strictSame(await server.stop(), { code: 0, out: '', err: '' })
  return spansOf(received)
}

/** The spans below that of the request, in the order of their beginning. */
function below(spans: readonly Span[], name: string): readonly Span[] {
  const request = spans.find(span => span.name === name)
  const start = ({ startTimeUnixNano }: Span) => Number(startTimeUnixNano)
  return spans
    .filter(({ parentSpanId }) => parentSpanId === request?.spanId)
    .sort((one, other) => start(one) - start(other))
}

const mergePatch = 'application/merge-patch+json'
const secret = 'a-value-that-no-span-has'

onEveryDatabase('a write shows what it waited for', async (t, url) => {
  const spans = await spansWhile(t, { DATABASE_URL: url }, async address => {
    const body = JSON.stringify({ name: secret, capital: secret, area: 1 })
    const headers = { 'content-type': 'application/json', 'idempotency-key': secret }
    const sent = await fetch(`${address}/countries`, { method: 'POST', body, headers })
    t.equal(sent.status, 201)
    const change = { method: 'PATCH', body: '{"area":2}', headers: { 'content-type': mergePatch } }
    t.equal((await fetch(`${address}${sent.headers.get('location')}`, change)).status, 200)
    t.equal((await fetch(`${address}/countries?name=${secret}`)).status, 200)
    t.equal((await fetch(`${address}/readyz`)).status, 200)
  })
  const system = url.startsWith('sqlite:') ? 'sqlite' : 'postgresql'
  const write = below(spans, 'POST /countries')
  const insert = write.find(({ name }) => name === 'INSERT countries')
  t.match(valuesOf(insert?.attributes ?? []), {
    'db.system.name': system,
    'db.operation.name': 'INSERT',
    'db.collection.name': 'countries',
  })
  t.equal(insert?.kind, 3)
  t.equal(write.at(-1)?.name, 'COMMIT')
  if (system === 'sqlite') t.equal(write[0]?.name, 'wait for the database')
  const change = below(spans, 'PATCH /countries/{id}').map(({ name }) => name)
  t.strictSame(change.slice(-3), ['SELECT countries', 'UPDATE countries', 'COMMIT'])
  t.match(
    below(spans, 'GET /countries').map(({ name }) => name),
    ['SELECT countries'],
  )
  t.ok(spans.every(({ name, parentSpanId }) => name.includes('/') || parentSpanId !== undefined))
  const text = JSON.stringify(spans.map(({ name, attributes }) => [name, attributes]))
  t.notMatch(text.replaceAll(/"url\.query"[^}]*\}/g, ''), secret)
})

onEveryDatabase('what the database refuses is an error of its statement alone', async (t, url) => {
  const car = JSON.stringify({ id: 777, model: 'Honda', color: 'White' })
  const spans = await spansWhile(t, { DATABASE_URL: url }, async address => {
    const headers = { 'content-type': 'application/json' }
    const init = { method: 'POST', body: car, headers }
    t.equal((await fetch(`${address}/cars`, init)).status, 201)
    t.equal((await fetch(`${address}/cars`, init)).status, 409)
  })
  const failed = spans.filter(({ status }) => (status as { code?: number }).code === 2)
  t.ok(failed.some(({ name }) => name === 'INSERT cars'))
  t.ok(failed.every(({ name }) => ['INSERT cars', 'COMMIT'].includes(name)))
  const [{ attributes = [] } = {}] = failed.filter(({ name }) => name === 'INSERT cars')
  t.match(valuesOf(attributes), { 'error.type': 'unique' })
})

t.test('Redis and the identity provider have spans', { skip: withoutRedis }, async t => {
  const redis = await startRedis(t)
  const provider = await startProvider(t)
  const environment = {
    ...{ REDIS_URL: redis.url, LIMITS: 'on', AUTH: 'required' },
    ...{ JWT_ISSUER: issuer, JWT_AUDIENCE: audience },
    JWT_JWKS_URL: `${provider.settings.keysUrl}?secret=${secret}`,
  }
  const spans = await spansWhile(t, environment, async address => {
    const token = await sign(provider, new Date(), { claims: { scope: '*' } })
    const headers = { authorization: `Bearer ${token}` }
    t.equal((await fetch(`${address}/countries`, { headers })).status, 200)
  })
  const found = below(spans, 'GET /countries')
  t.match(
    found.map(({ name }) => name),
    ['GET', /^EVAL(?:SHA)?$/, /^SELECT countries$/],
  )
  t.notOk(
    found.some(({ status }) => (status as { code?: number }).code === 2),
    'none has failed',
  )
  const [keys, count] = found.map(({ attributes }) => valuesOf(attributes))
  t.match(keys, {
    'http.request.method': 'GET',
    'http.response.status_code': 200,
    'url.full': provider.settings.keysUrl,
  })
  t.match(count, { 'db.system.name': 'redis', 'server.address': '127.0.0.1' })
  t.notMatch(JSON.stringify(found), secret)
})

t.test('a statement is called by what it does, and to which table', async t => {
  const table: [text: string, operation: string, table: string | undefined][] = [
    ['select "id" from "books" where "title" = ?1 for update', 'SELECT', 'books'],
    ['select (select "a" from "tags" where (1 = 1)) from "books"', 'SELECT', 'books'],
    [
      'with "books" as not materialized (select * from main."books") select * from "books"',
      'SELECT',
      'books',
    ],
    ['insert into "notes" ("title") select "title" from "books"', 'INSERT', 'notes'],
    ['update "notes" set "title" = ?1', 'UPDATE', 'notes'],
    ['delete from "notes" where "id" in (select 1)', 'DELETE', 'notes'],
    [`select 'from "secrets"' from Notes`, 'SELECT', 'Notes'],
    ['select extract(epoch from now()) from "sales"', 'SELECT', 'sales'],
    ['select * from (select 1) where 1', 'SELECT', undefined],
    ['pragma optimize', 'PRAGMA', undefined],
    ['', '', undefined],
  ]
  for (const [text, operation, name] of table)
    t.strictSame(readSubject(text), { operation, table: name }, text)
})
