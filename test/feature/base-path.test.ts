// Below a path of a proxy: every address that a response names begins with the path by which it was asked for.

import type { FastifyInstance } from 'fastify'
import type { Test } from 'tap'
import { parseTrustedProxies } from '../../src/access/trusted-proxies.ts'
import { feature } from '../support/service.ts'

const country = { name: 'Chad', capital: "N'Djamena", area: 1_284_000 }
const trustProxy = parseTrustedProxies('10.0.0.0/8')

interface Way {
  readonly what: string
  /** The path that reaches the service. */
  readonly sent: (path: string) => string
  readonly headers?: Readonly<Record<string, string>>
  readonly from?: string
  /** What links begin with. */
  readonly base: string
}

const ways: readonly Way[] = [
  { what: 'the proxy leaves the path', sent: path => `/api${path}`, base: '/api' },
  { what: 'the proxy takes it away', sent: path => path, base: '/api' },
  {
    what: 'a trusted proxy says what it took',
    sent: path => path,
    headers: { 'x-forwarded-prefix': '/shop, /eu/' },
    from: '10.0.0.1',
    base: '/shop/eu',
  },
  {
    what: 'what it took is the name of a resource',
    sent: path => path,
    headers: { 'x-forwarded-prefix': '/countries' },
    from: '10.0.0.1',
    base: '/countries',
  },
  {
    what: 'a trusted proxy took nothing',
    sent: path => path,
    headers: { 'x-forwarded-prefix': '/' },
    from: '10.0.0.1',
    base: '',
  },
  {
    what: 'what is no path is ignored',
    sent: path => path,
    headers: { 'x-forwarded-prefix': '//evil.example' },
    from: '10.0.0.1',
    base: '/api',
  },
  {
    what: 'somebody else says so',
    sent: path => path,
    headers: { 'x-forwarded-prefix': '/evil' },
    from: '192.0.2.1',
    base: '/api',
  },
]

async function walk(t: Test, app: FastifyInstance, { sent, headers, from, base }: Way) {
  const ask = (method: 'GET' | 'POST', path: string, payload?: object) =>
    app.inject({
      method,
      url: sent(path),
      ...(headers && { headers }),
      ...(from && { remoteAddress: from }),
      ...(payload && { payload }),
    })
  for (const version of ['', '/v1']) {
    const name = version === '' ? country.name : `${country.name} ${version}`
    const created = await ask('POST', `${version}/countries`, { ...country, name })
    t.equal(created.statusCode, 201)
    t.match(created.headers.location, new RegExp(`^${base}${version}/countries/\\d+$`))
    const page = await ask('GET', `${version}/countries?limit=1`)
    t.match(page.headers.link, `<${base}${version}/countries?limit=1>; rel="first"`)
    const root = await ask('GET', version === '' ? '/' : version)
    t.ok(root.json().resources.includes(`${base}${version}/countries`))
    t.match(root.headers.link, `<${base}${version}/openapi.json>; rel="service-desc"`)
    const catalog = await ask('GET', `${version}/.well-known/api-catalog`)
    t.equal(catalog.json().linkset[0].anchor, base + version || '/')
    t.equal((await ask('GET', `${version}/readyz`)).statusCode, 200)
  }
  const [first, second] = (await ask('GET', '/openapi.json')).json().servers
  t.match(first.url, new RegExp(`^(?:http://localhost:80)?${base || '/?'}$`))
  t.match(second.url, new RegExp(`^(?:http://localhost:80)?${base}/v1$`))
  const shown = (await ask('GET', '/docs/json')).json()
  t.equal(shown.servers[0].url, base || '/')
  t.match(shown.info.description, `(${base}/openapi.yaml)`)
  t.match((await ask('GET', '/reference/countries')).body, `href="${base}/countries"`)
  t.equal((await ask('GET', '/nothing')).statusCode, 404)
}

for (const way of ways)
  feature(`links begin with the base path: ${way.what}`, (t, { app }) => walk(t, app, way), {
    sample: false,
    web: { prefix: '/api', trustProxy },
  })

feature(
  'only whole parts of a path are a base path',
  async (t, { app }) => {
    t.equal((await app.inject('/apicountries')).statusCode, 404)
    t.equal((await app.inject('/api/api/countries')).statusCode, 404)
    t.equal((await app.inject('/api?x=1')).statusCode, 400, '/ takes no parameters')
    t.equal((await app.inject('/api')).statusCode, 200)
  },
  { web: { prefix: '/api' } },
)
