// What browsers make of the answers: other origins are told nothing unless they are listed, and data is never a page.

import { holder, required } from '../support/access.ts'
import { feature } from '../support/service.ts'

const app = 'https://app.example.com'
const listed = { web: { origins: new Set([app, 'http://localhost:5173']) } }

const corsOf = ({ headers }: { headers: Readonly<Record<string, string>> }) =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => name.startsWith('access-control-')))

feature('every answer is data, whatever it is', async (t, { get, request, post }) => {
  for (const { headers } of [
    await get('/books'),
    await get('/books/999'),
    await get('/nothing'),
    await get('/books/%zz'),
    await get(`/users/${'a'.repeat(1001)}`),
    await post('/books', {}),
    await request('PUT', '/books'),
    await request('OPTIONS', '/books'),
    await get('/openapi.json'),
    await get('/health'),
  ]) {
    t.equal(headers['x-content-type-options'], 'nosniff')
    t.equal(headers['content-security-policy'], "default-src 'none'; frame-ancestors 'none'")
  }
  const fresh = await get('/books', { 'if-none-match': (await get('/books')).headers.etag ?? '' })
  t.equal(fresh.status, 304)
  t.notHas(fresh.headers, { 'x-content-type-options': String }, 'but a 304, which has no content')
  const docs = await get('/docs')
  t.match(docs.headers['content-security-policy'], /script-src 'self';.*frame-ancestors 'none';?$/)
  t.notMatch(docs.text, /<script>|\son\w+=|javascript:/i, 'with no script of its own')
})

feature('no origin is allowed by itself', async (t, { get, request }) => {
  t.strictSame(corsOf(await get('/books', { origin: app })), {})
  const preflight = { origin: app, 'access-control-request-method': 'POST' }
  t.strictSame(corsOf(await request('OPTIONS', '/books', { headers: preflight })), {})
})

feature(
  'a listed origin may read the answers, refusals included',
  async (t, { get }) => {
    for (const origin of listed.web.origins) {
      const answer = await get('/books', { origin })
      t.equal(answer.headers['access-control-allow-origin'], origin)
      t.match(
        answer.headers['access-control-expose-headers'],
        /ETag, .*Link, Location, .*RateLimit, .*X-Total-Count/,
      )
      t.equal(answer.headers.vary, 'Accept, Prefer, Origin')
      t.equal(answer.headers['access-control-allow-credentials'], undefined)
      t.equal((await get('/books/999', { origin })).headers['access-control-allow-origin'], origin)
    }
    for (const origin of [
      'https://evil.example.com',
      `${app}.evil.com`,
      'null',
      app.toUpperCase(),
      `${app}:444`,
      '*',
    ])
      t.strictSame(corsOf(await get('/books', { origin })), {}, origin)
    t.equal(
      (await get('/books')).headers.vary,
      'Accept, Prefer, Origin',
      'for caches, whoever asks',
    )
    for (const url of ['/books/%zz', '/%', `/users/${'a'.repeat(1001)}`]) {
      const { headers } = await get(url, { origin: app })
      t.match(
        headers,
        { 'access-control-allow-origin': app, vary: 'Origin' },
        `${url} cannot even be routed`,
      )
    }
  },
  listed,
)

feature(
  'a preflight needs no credentials and says what may be sent',
  async (t, { request, store }) => {
    const headers = {
      origin: app,
      'access-control-request-method': 'PATCH',
      'access-control-request-headers': 'authorization,content-type,if-match',
    }
    const answer = await request('OPTIONS', '/books/1', { headers })
    t.equal(answer.status, 204)
    t.equal(answer.headers.allow, 'GET, HEAD, PUT, PATCH, DELETE, OPTIONS', 'as any OPTIONS')
    t.strictSame(corsOf(answer), {
      'access-control-allow-origin': app,
      'access-control-allow-methods': 'GET, HEAD, POST, PUT, PATCH, DELETE',
      'access-control-allow-headers':
        'Accept, Authorization, Baggage, Content-Type, Idempotency-Key, If-Match, If-None-Match, Prefer, Traceparent, Tracestate',
      'access-control-max-age': '600',
    })
    const refused = await request('GET', '/books', { headers: { origin: app } })
    t.strictSame(
      [refused.status, refused.headers['access-control-allow-origin']],
      [401, app],
      'a page can read why',
    )
    const { headers: key } = await holder(store, ['books:read'])
    t.equal((await request('GET', '/books', { headers: { ...key, origin: app } })).status, 200)
  },
  { ...listed, access: required },
)

feature(
  'all origins may be listed at once',
  async (t, { get }) => {
    const { headers } = await get('/books', { origin: 'https://anywhere.example.com' })
    t.equal(headers['access-control-allow-origin'], '*')
    t.equal(headers.vary, 'Accept, Prefer')
  },
  { web: { origins: new Set(['*']) } },
)

feature(
  'the docs can be switched off',
  async (t, { get, app: service }) => {
    for (const url of [
      '/docs',
      '/docs/',
      '/docs/static/index.css',
      '/openapi.json',
      '/openapi.yaml',
    ])
      t.equal((await get(url)).status, 404, url)
    const links = (await get('/')).json.links
    t.strictSame(
      links.map(({ href }: { href: string }) => href),
      ['/health', '/.well-known/api-catalog'],
      'and nothing leads there',
    )
    t.strictSame((await get('/.well-known/api-catalog')).json.linkset[0], {
      anchor: '/',
      status: [{ href: '/health', type: 'application/json' }],
    })
    t.notMatch((await service.inject('/.well-known/api-catalog')).headers.link, /openapi/)
  },
  { web: { docs: false } },
)
