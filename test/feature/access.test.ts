// What is asked of callers, and when: before all else that is in a request; who is let in to what is in matrix.test.ts.

import type { Test } from 'tap'
import { holder, required } from '../support/access.ts'
import { type Described, operationsOf, sendExample } from '../support/operations.ts'
import { feature } from '../support/service.ts'

const access = { access: required }

feature(
  'the service documents ask nobody for credentials, and heed none',
  async (t, service) => {
    const open = operationsOf(service.document).filter(({ secured }) => !secured)
    t.strictSame(
      open.map(({ at }) => at).sort(),
      ['GET /', 'GET /.well-known/api-catalog', 'GET /health', 'GET /livez', 'GET /readyz'],
      'and there is nothing else that is open',
    )
    // The first says who asks; test/feature/console.test.ts has what it makes of credentials.
    for (const url of [
      ...open.map(({ path }) => path).filter(path => path !== '/'),
      '/openapi.json',
      '/openapi.yaml',
      '/docs',
      '/docs/',
    ])
      for (const headers of [{}, { authorization: 'Bearer made-up' }])
        t.equal((await service.app.inject({ url, headers })).statusCode, 200, url)
  },
  access,
)

feature(
  'an address that is not there is told to those who may know, and methods to everyone',
  async (t, { get, request, store }) => {
    const { headers } = await holder(store, ['books:read'])
    t.equal((await get('/unicorns')).status, 401)
    t.equal((await get('/unicorns', { authorization: 'Bearer x' })).status, 401)
    t.equal((await get('/unicorns', headers)).status, 404)
    const options = await request('OPTIONS', '/books')
    t.strictSame([options.status, options.headers.allow], [204, 'GET, HEAD, POST, OPTIONS'])
    t.equal((await request('PUT', '/books')).status, 405)
  },
  access,
)

feature(
  'credentials come before everything that is in the request',
  async (t, { request, store }) => {
    const { headers } = await holder(store, ['books:read'])
    const table: [what: string, sent: object][] = [
      ['415', { body: '<a/>', headers: { 'content-type': 'application/xml' } }],
      ['413', { body: 'x'.repeat(1_048_577), headers: { 'content-type': 'application/json' } }],
      ['400', { body: '{', headers: { 'content-type': 'application/json' } }],
      ['406', { json: {}, headers: { accept: 'text/html' } }],
      ['422', { json: {} }],
    ]
    for (const [what, sent] of table) {
      t.equal((await request('POST', '/books', sent)).status, 401, `401 before ${what}`)
      const named = { ...sent, headers: { ...headers, ...(sent as { headers?: object }).headers } }
      t.equal((await request('POST', '/books', named)).status, 403, `403 before ${what}`)
    }
  },
  access,
)

feature(
  'resources that everyone may read need no key, and a bad key is still refused',
  async (t, service) => {
    const { get, post, store } = service
    const reads = operationsOf(service.document).filter(
      ({ path, method }) => method === 'get' && /^\/books/.test(path),
    )
    t.ok(reads.length >= 2)
    for (const operation of reads) {
      t.equal((await sendExample(service, operation)).status, 200, operation.at)
      t.equal(
        (await sendExample(service, operation, { authorization: 'Bearer made-up' })).status,
        401,
        operation.at,
      )
    }
    t.equal((await post('/books', { title: 'A', authors: [{ name: 'B' }] })).status, 401)
    t.equal((await get('/cars')).status, 401)
    const { headers } = await holder(store, ['cars:read'])
    t.equal((await get('/books', headers)).status, 200, 'whatever the key is for')
    t.match((await get('/books', headers)).headers, { 'cache-control': 'private, no-cache' })
    t.match((await get('/books')).headers, { 'cache-control': 'no-cache' })
  },
  { access: { required: true, publicRead: new Set(['books']) } },
)

feature(
  'an open service asks nobody, and its document says so',
  async (t: Test, { document, get }) => {
    t.ok(operationsOf(document).every((operation: Described) => !operation.secured))
    t.notOk('securitySchemes' in document.components)
    t.equal((await get('/books', { authorization: 'Bearer made-up' })).status, 200)
  },
)
