// What each address takes, what it says of the rest (405, OPTIONS), and HEAD, which is GET without the body.

import type { HTTPMethods } from 'fastify'
import type { Test } from 'tap'
import { plugin } from '../../src/plugin.ts'
import { itemsOf } from '../../src/testing/items.ts'
import { endOf, sendLater } from '../support/imports.ts'
import { checkProblem } from '../support/problem.ts'
import { feature, type Received, type Service } from '../support/service.ts'
import { listen } from '../support/wire.ts'

const order = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']

interface Address {
  readonly url: string
  readonly allow: readonly string[]
}

/** Addresses that the document leaves out, because they are about the document. */
const outside: readonly Address[] = [
  '/openapi.json',
  '/openapi.yaml',
  '/docs',
  '/docs/static/swagger-ui.css',
  '/docs/static/swagger-initializer.js',
].map(url => ({ url, allow: ['GET', 'HEAD', 'OPTIONS'] }))

/** Every address there is, with keys of the sample data. */
function addresses({ document }: Service): readonly Address[] {
  const inside = Object.entries(itemsOf(document)).map(([template, item]) => {
    const methods = Object.keys(item).map(method => method.toUpperCase())
    const allowed = [...methods, 'OPTIONS', ...(methods.includes('GET') ? ['HEAD'] : [])]
    return { url: withKeys(template), allow: order.filter(method => allowed.includes(method)) }
  })
  return [...inside, ...outside]
}

const nested = {
  '/events/{event_id}/guests/{id}': '/events/1/guests/1',
  '/customers/{customer_id}/sales/{id}': '/customers/1/sales/1',
}

function withKeys(template: string): string {
  const known: Record<string, string> = {
    ...nested,
    '/users/{username}': '/users/ada',
    '/tasks/{id}': '/tasks/3643',
  }
  return known[template] ?? template.replaceAll(/\{\w+\}/g, '1')
}

feature(
  'an address says which methods it has, whatever else is sent (RFC 9110 §15.5.6)',
  async (t, service) => {
    t.equal(addresses(service).length, Object.keys(service.document.paths).length + outside.length)
    for (const { url, allow } of addresses(service)) {
      const others = service.app.supportedMethods.filter(method => !allow.includes(method))
      for (const method of others)
        for (const [what, sent] of [
          ['', {}],
          [' with a body', { json: { any: 'thing' } }],
          [
            ' with a body of another kind',
            { body: '<any/>', headers: { 'content-type': 'application/xml' } },
          ],
          [
            ' with half a body',
            { body: '{', headers: { 'content-type': 'application/json', accept: 'text/csv' } },
          ],
        ] as const) {
          const refused = await service.request(method, url, sent)
          checkProblem(t, `${method} ${url}${what}`, refused, 405)
          t.equal(refused.headers.allow, allow.join(', '), `${method} ${url}${what}: Allow`)
        }
    }
  },
)

feature('OPTIONS tells what may be sent (RFC 9110 §9.3.7, RFC 5789 §3.1)', async (t, service) => {
  for (const { url, allow } of addresses(service)) {
    const { status, headers, text } = await service.request('OPTIONS', url)
    t.equal(status, 204, url)
    t.equal(text, '', url)
    t.equal(headers.allow, allow.join(', '), url)
    const posts = 'application/json, application/x-ndjson, text/csv'
    t.equal(headers['accept-post'], allow.includes('POST') ? posts : undefined, url)
    const patches = 'application/merge-patch+json, application/json, application/json-patch+json'
    t.equal(headers['accept-patch'], allow.includes('PATCH') ? patches : undefined, url)
    t.equal(headers['content-type'], undefined, url)
  }
  const { status, headers } = await service.request('OPTIONS', '/cars/99')
  t.equal(status, 204, 'an address, whether or not a member is there')
  t.equal(headers.allow, 'GET, HEAD, PUT, PATCH, DELETE, OPTIONS')
  checkProblem(t, 'no such address', await service.request('OPTIONS', '/motorcycles'), 404)
})

const special = plugin(app => {
  const done = async () => ({})
  app.delete('/countries/special', done)
  app.post('/countries/:id/visit', done)
  app.get('/pages/*', done)
  app.post('/pages/first', done)
  app.get('/elsewhere', { constraints: { host: 'a.example' } }, done)
  app.options('/own', done)
})

feature(
  'an address keeps its methods where a vaguer one has others',
  async (t, { app }) => {
    const none = '1'.repeat(1001)
    for (const [method, url, status, allow] of [
      ['PATCH', '/countries/special', 405, 'DELETE, OPTIONS'],
      ['GET', '/countries/special', 405, 'DELETE, OPTIONS'],
      ['DELETE', '/countries/special', 200],
      ['GET', '/pages/first', 405, 'POST, OPTIONS'],
      ['OPTIONS', '/pages/first', 204, 'POST, OPTIONS'],
      ['POST', '/pages/second/line', 405, 'GET, HEAD, OPTIONS'],
      ['GET', '/pages/second/line', 200],
      ['GET', '/elsewhere', 404],
      ['POST', '/elsewhere', 405, 'GET, HEAD, OPTIONS'],
      ['OPTIONS', '/own', 200],
      ['GET', '/own', 405, 'OPTIONS'],
      ['GET', '/countries/1/visit', 405, 'POST, OPTIONS'],
      ['TRACE', `/countries/${none}`, 414],
      ['TRACE', '/countries/%zz', 400],
      ['PROPFIND', '/countries/1', 501],
    ] as [method: HTTPMethods, url: string, status: number, allow?: string][])
      for (const accept of ['*/*', 'text/html']) {
        const received = await app.inject({ method, url, headers: { accept } })
        t.equal(received.statusCode, status, `${method} ${url} to ${accept}`)
        t.equal(received.headers.allow, allow, `${method} ${url}: Allow`)
      }
  },
  { plugins: [{ ...special, file: 'plugins/special.ts', name: 'special' }] },
)

feature('OPTIONS * asks the service itself (RFC 9110 §9.3.7)', async (t, service) => {
  const { send } = await listen(t, service)
  const [answer] = await send('OPTIONS * HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n')
  t.equal(answer?.status, 204)
  t.equal(answer?.headers.allow, 'GET, HEAD, OPTIONS')
})

/** Nothing is left out: a client may learn all about an answer from HEAD. */
function checkHead(t: Test, at: string, get: Received, head: Received): void {
  const fields = ({ headers: { date: _, 'request-id': __, ...others } }: Received) => others
  t.equal(head.status, get.status, at)
  t.equal(head.text, '', `${at}: no body`)
  t.strictSame(fields(head), fields(get), `${at}: header fields`)
}

feature('HEAD is GET without the body (RFC 9110 §9.3.2)', async (t, service) => {
  await endOf(service, await sendLater(service, '/cars', ''))
  for (const { url, allow } of addresses(service)) {
    if (!allow.includes('GET')) continue
    const get = await service.get(url)
    t.equal(get.status, 200, url)
    t.equal(get.headers['content-length'], String(Buffer.byteLength(get.text)), url)
    checkHead(t, url, get, await service.request('HEAD', url))
  }
})

const asked: readonly [status: number, url: string, headers?: Record<string, string>][] = [
  [200, '/todos?limit=3&sort=-title', { prefer: 'count=exact' }],
  [200, '/cars/1?fields=id,vin'],
  [304, '/cars/1', { 'if-none-match': '*' }],
  [304, '/cars', { 'if-none-match': '*' }],
  [304, '/openapi.json', { 'if-none-match': '*' }],
  [400, '/cars?wheels=4'],
  [400, '/cars/%zz'],
  [404, '/cars/99'],
  [404, '/motorcycles'],
  [406, '/cars', { accept: 'text/plain' }],
]

feature('HEAD is GET without the body where GET is conditional or refused', async (t, service) => {
  for (const [status, url, headers = {}] of asked) {
    const get = await service.get(url, headers)
    t.equal(get.status, status, url)
    checkHead(t, url, get, await service.request('HEAD', url, { headers }))
  }
})

feature('HEAD has no body on the wire either', async (t, service) => {
  const { open } = await listen(t, service)
  const socket = open()
  socket.write(
    'HEAD /cars/1 HTTP/1.1\r\nHost: x\r\n\r\nHEAD /cars/99 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
  )
  let text = ''
  for await (const piece of socket) text += piece
  t.match(
    text,
    /^HTTP\/1\.1 200 OK\r\n(?:[\w-]+: .*\r\n)+\r\nHTTP\/1\.1 404 Not Found\r\n(?:[\w-]+: .*\r\n)+\r\n$/,
  )
})

feature('a trailing slash leads to the same', async (t, service) => {
  await endOf(service, await sendLater(service, '/cars', ''))
  for (const { url, allow } of addresses(service)) {
    if (url === '/' || url.startsWith('/docs')) continue
    const plain = await service.request('OPTIONS', url)
    const slashed = await service.request('OPTIONS', `${url}/`)
    t.equal(slashed.status, 204, url)
    t.equal(slashed.headers.allow, plain.headers.allow, url)
    if (!allow.includes('GET')) continue
    t.equal((await service.get(`${url}/`)).text, (await service.get(url)).text, url)
    checkProblem(t, `TRACE ${url}/`, await service.request('TRACE', `${url}/`), 405)
  }
  t.equal((await service.get('/docs/')).status, 200)
  const created = await service.post('/countries/', {
    name: 'Peru',
    capital: 'Lima',
    area: 1285216,
  })
  t.equal(created.headers.location, '/countries/4')
  t.equal((await service.patch('/countries/4/', { area: 1 })).status, 200)
  t.equal((await service.delete('/countries/4/')).status, 204)
})

feature(
  'DELETE takes what generated clients send with it (RFC 9110 §9.3.5)',
  async (t, { request, get }) => {
    const json = { 'content-type': 'application/json' }
    t.equal((await request('DELETE', '/cars/1', { headers: json })).status, 204)
    t.equal((await request('DELETE', '/cars/2', { headers: json, body: '{"any":' })).status, 204)
    t.equal(
      (await request('DELETE', '/cars/3', { headers: { 'content-type': 'text/plain' }, body: 'x' }))
        .status,
      204,
    )
    t.strictSame((await get('/cars')).json, [])
  },
)
