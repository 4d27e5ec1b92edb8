// How a client finds its way from nothing but the host: `/`, the catalog, the document and its page (RFC 8631, 9264,
// 9727), and how it learns that something is going away (RFC 8594, 9745).

import { gunzipSync } from 'node:zlib'
import { Type } from '@sinclair/typebox'
import { parse } from 'yaml'
import { resource } from '../../src/resource/resource.ts'
import { itemsOf } from '../../src/testing/items.ts'
import { checkProblem } from '../support/problem.ts'
import { feature } from '../support/service.ts'

const resources = [
  ...['books', 'cars', 'countries', 'customers', 'events', 'guests'],
  ...['sales', 'tasks', 'todos', 'transactions', 'users'],
]

const documents = [
  ['service-desc', '/openapi.json', 'application/json'],
  ['service-desc', '/openapi.yaml', 'application/yaml'],
  ['service-doc', '/docs', 'text/html'],
  ['service-doc', '/reference', 'text/html'],
  ['status', '/health', 'application/json'],
  ['api-catalog', '/.well-known/api-catalog', 'application/linkset+json'],
] as const

/** The bases of the addresses: the current version, and the pinned one. */
const bases = ['', '/v1']

feature('the root leads to the documents and to every collection', async (t, { get }) => {
  for (const base of bases)
    for (const url of [base, `${base}/`].filter(path => path !== '')) {
      const { status, headers, json } = await get(url)
      t.equal(status, 200, url)
      t.equal(json.name, 'API', url)
      t.equal(json.version, '0.0.0', url)
      t.strictSame(
        json.links,
        documents.map(([rel, href, type]) => ({ rel, href: base + href, type })),
        url,
      )
      t.strictSame(
        [...json.resources].sort(),
        resources.map(name => `${base}/${name}`),
        url,
      )
      const links = documents.map(
        ([rel, href, type]) => `<${base}${href}>; rel="${rel}"; type="${type}"`,
      )
      t.equal(headers.link, links.join(', '), `${url}: Link (RFC 8288 §3)`)
    }
})

feature('whatever the root names is there, of the type that it says', async (t, { get }) => {
  for (const base of bases) {
    const { json } = await get(base === '' ? '/' : base)
    for (const { href, type } of json.links) {
      const { status, headers } = await get(href)
      t.equal(status, 200, href)
      t.equal(headers['content-type']?.split(';')[0], type, href)
    }
    for (const url of json.resources) t.equal((await get(url)).status, 200, url)
  }
})

feature(
  'the catalog is found from the host alone (RFC 9727 §2, RFC 9264 §4.2)',
  async (t, { get, request }) => {
    for (const base of bases) {
      const url = `${base}/.well-known/api-catalog`
      const catalog = await get(url)
      t.equal(catalog.status, 200)
      t.match(catalog.headers['content-type'], /^application\/linkset\+json\b/)
      const target = (href: string, type: string) => ({ href: base + href, type })
      t.strictSame(catalog.json, {
        linkset: [
          {
            anchor: base || '/',
            'service-desc': [
              target('/openapi.json', 'application/json'),
              target('/openapi.yaml', 'application/yaml'),
            ],
            'service-doc': [target('/docs', 'text/html'), target('/reference', 'text/html')],
            status: [target('/health', 'application/json')],
          },
        ],
      })
      const { headers } = await request('HEAD', url)
      t.equal(headers.link, `<${url}>; rel="api-catalog"; type="application/linkset+json"`)
      const refused = await get(url, { accept: 'text/html' })
      t.strictSame(checkProblem(t, '406', refused, 406).available, ['application/linkset+json'])
    }
  },
)

feature('an address of the service takes no parameters', async (t, { get }) => {
  for (const url of ['/', '/health', '/livez', '/readyz', '/.well-known/api-catalog']) {
    const { errors } = checkProblem(t, url, await get(`${url}?x=1`), 400)
    t.strictSame(errors, [{ parameter: 'x', in: 'query', detail: 'is not a known parameter' }])
  }
})

feature('the document is one, in JSON and in YAML', async (t, { get, app }) => {
  const json = await get('/openapi.json')
  const yaml = await get('/openapi.yaml')
  t.equal(json.headers['content-type'], 'application/json; charset=utf-8')
  t.match(yaml.headers['content-type'], /^application\/yaml\b/, 'RFC 9512 §2.1')
  t.equal(json.json.openapi, '3.1.0')
  t.equal(json.json.info.title, 'API')
  t.strictSame(parse(yaml.text, { maxAliasCount: 0 }), json.json)
  const { servers, ...rest } = json.json
  const { servers: relative, ...same } = JSON.parse(JSON.stringify(app.swagger()))
  t.strictSame(rest, same)
  t.strictSame(urlsOf(servers), ['http://localhost:80', 'http://localhost:80/v1'])
  t.strictSame(urlsOf(relative), ['/', '/v1'])
  t.strictSame((await get('/v1/openapi.json')).json, json.json)
})

function urlsOf(servers: readonly { readonly url: string }[]): string[] {
  return servers.map(({ url }) => url)
}

feature(
  'the document names the address by which it is asked for, so that a client has one',
  async (t, { get }) => {
    const at = async (headers: Record<string, string>) => {
      const { json, headers: fields } = await get('/openapi.json', headers)
      const { servers } = parse((await get('/openapi.yaml', headers)).text)
      t.strictSame(servers, json.servers)
      return { urls: urlsOf(servers), tag: fields.etag }
    }
    const own = await at({ host: 'api.example.com:8080' })
    t.strictSame(own.urls, ['http://api.example.com:8080', 'http://api.example.com:8080/v1'])
    t.strictSame((await at({ host: '[::1]:3000' })).urls, [
      'http://[::1]:3000',
      'http://[::1]:3000/v1',
    ])
    const proxied = await at({ host: '10.0.0.1:3000', 'x-forwarded-for': '192.0.2.1' })
    t.strictSame(
      proxied.urls,
      ['/', '/v1'],
      'behind a proxy that is not trusted it does not know it',
    )
    t.not(own.tag, proxied.tag)
    const page = (await get('/docs/json', { host: 'api.example.com' })).json
    t.strictSame(urlsOf(page.servers), ['/', '/v1'], 'the page speaks to where it comes from')
    t.match(page.info.description, 'press **Execute**')
  },
)

feature(
  'behind a trusted proxy the document names the address that callers use',
  async (t, { get }) => {
    const forwarded = {
      'x-forwarded-proto': 'https',
      'x-forwarded-host': 'api.example.com',
      'x-forwarded-for': '::1',
    }
    const { servers } = (await get('/openapi.json', forwarded)).json
    t.strictSame(urlsOf(servers), ['https://api.example.com', 'https://api.example.com/v1'])
  },
  { web: { trustProxy: () => true } },
)

feature(
  'the document names the public address that is set, however it is asked for',
  async (t, { get }) => {
    const headers = { host: 'other.example.com', 'x-forwarded-for': '192.0.2.1' }
    const { servers } = (await get('/openapi.json', headers)).json
    t.strictSame(urlsOf(servers), ['https://example.com/api', 'https://example.com/api/v1'])
  },
  { web: { publicUrl: 'https://example.com/api' } },
)

feature('the document is not sent again to who has it (RFC 9110 §13.1.2)', async (t, { get }) => {
  for (const url of ['/openapi.json', '/openapi.yaml']) {
    const { headers } = await get(url)
    t.match(headers.etag, /^"[\w-]{22}"$/, url)
    t.equal(headers['cache-control'], 'no-cache', url)
    const again = await get(url, { 'if-none-match': `"other", ${headers.etag}` })
    t.equal(again.status, 304, url)
    t.equal(again.text, '', url)
    t.equal(again.headers.etag, headers.etag, url)
    t.equal(again.headers['cache-control'], 'no-cache', url)
    t.equal((await get(url, { 'if-none-match': '"other"' })).status, 200, url)
    checkProblem(t, `${url}: no tag`, await get(url, { 'if-none-match': 'other' }), 400)
  }
  t.not((await get('/openapi.json')).headers.etag, (await get('/openapi.yaml')).headers.etag)
})

feature(
  'the document and the files of its page are sent compressed to callers that take that',
  async (t, { app, get }) => {
    for (const url of [
      '/openapi.json',
      '/openapi.yaml',
      '/docs/json',
      '/docs/static/swagger-ui-bundle.js',
      '/docs/static/swagger-ui.css',
    ]) {
      const plain = await get(url)
      t.match(plain.headers.vary, /\bAccept-Encoding\b/, url)
      const ask = (headers: Record<string, string>) => app.inject({ url, headers })
      const packed = await ask({ 'accept-encoding': 'gzip, br' })
      t.equal(packed.headers['content-encoding'], 'gzip')
      t.equal(gunzipSync(packed.rawPayload).toString(), plain.text)
      t.ok(packed.rawPayload.length < plain.text.length / 3, 'which is less')
      t.not(
        packed.headers.etag,
        plain.headers.etag,
        'each form has its own tag (RFC 9110 §8.8.3.3)',
      )
      const tag = String(packed.headers.etag)
      const again = await ask({ 'accept-encoding': 'gzip', 'if-none-match': tag })
      t.strictSame([again.statusCode, again.headers['content-encoding']], [304, undefined])
      for (const field of ['br', 'identity', 'gzip;q=0', 'gzip; q=0.00, identity'])
        t.equal((await ask({ 'accept-encoding': field })).payload, plain.text, field)
    }
    t.equal(
      (await get('/docs/static/swagger-ui.css')).headers['content-type'],
      'text/css; charset=utf-8',
    )
  },
)

feature(
  'the page of the documentation names the project and finds its files',
  async (t, { get }) => {
    for (const url of ['/docs', '/docs/', '/v1/docs']) {
      const page = await get(url)
      t.equal(page.status, 200, url)
      t.match(page.headers['content-type'], /^text\/html/, url)
      t.match(page.text, '<title>API</title>', url)
      const files = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, file]) =>
        String(file),
      )
      t.ok(files.length >= 5, url)
      for (const file of files) {
        const address = new URL(file, `http://localhost${url}`)
        t.equal(address.host, 'localhost', 'nothing comes from another host')
        const { status, text } = await get(address.pathname)
        t.equal(status, 200, address.pathname)
        t.ok(text.length > 0, address.pathname)
      }
    }
  },
)

const files: readonly [status: number, file: string, headers?: Record<string, string>][] = [
  [404, 'none.js'],
  [404, '..%2f..%2fpackage.json'],
  [404, '%5c..%5cpackage.json'],
  [404, '%00'],
  [404, 'x'.repeat(2000)],
  [400, '%zz'],
  [412, 'index.css', { 'if-match': '"other"' }],
  [416, 'index.css', { range: 'bytes=99999999-' }],
]

feature('a file of the documentation that is not there is no fault', async (t, { get }) => {
  for (const [status, file, headers = {}] of files)
    checkProblem(t, file.slice(0, 40), await get(`/docs/static/${file}`, headers), status)
})

feature('only whole versions are versions', async (t, { get }) => {
  for (const url of ['/v1x/cars', '/v2/cars', '/v1/v1/cars', '/V1/cars', '/v1.0/cars'])
    checkProblem(t, url, await get(url), 404)
  t.equal((await get('/v1/cars/1')).text, (await get('/cars/1')).text)
})

const stamps = resource(
  'stamps',
  Type.Object({
    motif: Type.String({ minLength: 1, maxLength: 50, examples: ['A lighthouse'] }),
    price: Type.Integer({
      description: 'In cents; see `value`',
      minimum: 0,
      deprecated: true,
      examples: [80],
    }),
    worth: Type.Optional(Type.Integer({ minimum: 0, deprecated: true, examples: [80] })),
  }),
  {
    description: 'Stamps, which are going away',
    deprecated: { since: '2026-11-01', sunset: '2027-05-01', link: 'https://example.com/stamps' },
    sample: [
      { motif: 'A heron', price: 80 },
      { motif: 'A bridge', price: 95 },
      { motif: 'A bell', price: 110 },
    ],
  },
)
const coins = resource(
  'coins',
  Type.Object({ motif: Type.String({ minLength: 1, examples: ['A ship'] }) }),
  {
    description: 'Coins, which only have no future',
    deprecated: { since: '2026-12-24' },
  },
)
const notes = resource('notes', Type.Object({ text: Type.String({ examples: ['Buy stamps'] }) }), {
  description: 'Notes, which stay',
})
const options = { resources: [stamps, coins, notes] }

const successor = '<https://example.com/stamps>; rel="deprecation"; type="text/html"'

feature(
  'every answer of a resource that is going away says so',
  async (t, { get, post, put, patch, request, delete: remove }) => {
    const answers = {
      list: await get('/stamps?limit=3'),
      create: await post('/stamps', { motif: 'A fox', price: 1 }),
      'not modified': await get('/stamps/1', { 'if-none-match': '*' }),
      read: await get('/v1/stamps/1'),
      head: await request('HEAD', '/stamps/1'),
      replace: await put('/stamps/1', { motif: 'A fox', price: 1 }),
      minimal: await patch('/stamps/1', { price: 2 }, { prefer: 'return=minimal' }),
      update: await patch('/stamps/1', { price: 3 }),
      remove: await remove('/stamps/1'),
    }
    for (const [at, { status, headers }] of Object.entries(answers)) {
      t.ok(status < 400, at)
      t.equal(headers.deprecation, '@1793491200', `${at}: RFC 9745 §2.1`)
      t.equal(headers.sunset, 'Sat, 01 May 2027 00:00:00 GMT', `${at}: RFC 8594 §3`)
      t.ok(headers.link?.split(', ').includes(successor), `${at}: RFC 9745 §3`)
    }
  },
  options,
)

feature(
  'links to the pages stand beside that about the deprecation',
  async (t, { get }) => {
    const { headers } = await get('/stamps?limit=1')
    const next =
      /<(\/stamps\?limit=1&cursor=[\w-]+)>; rel="next"/.exec(headers.link ?? '')?.[1] ?? ''
    t.equal(headers.link, `${successor}, </stamps?limit=1>; rel="first", <${next}>; rel="next"`)
    const second = await get(next)
    t.match(second.headers.link, /rel="deprecation".*rel="first".*rel="prev".*rel="next"/)
  },
  options,
)

feature(
  'a deprecation without an end or a successor has only its date, and other resources have no field',
  async (t, { get }) => {
    const { headers } = await get('/coins')
    t.equal(headers.deprecation, '@1798070400')
    t.equal(headers.sunset, undefined)
    t.equal(headers.link, '</coins>; rel="first"')
    const { headers: others } = await get('/notes')
    t.equal(others.deprecation, undefined)
  },
  options,
)

feature(
  'the document marks operations and members that are going away, and no others',
  async (t, { get }) => {
    const document = (await get('/openapi.json')).json
    for (const [path, item] of Object.entries(itemsOf<{ deprecated?: boolean }>(document)))
      for (const [method, operation] of Object.entries(item))
        t.equal(
          operation.deprecated,
          /^\/(?:stamps|coins)/.test(path) || undefined,
          `${method} ${path}`,
        )
    for (const component of ['StampCreation', 'StampPatch', 'StampView']) {
      const { motif, price, worth } = document.components.schemas[component].properties
      t.equal(price.deprecated, true, component)
      t.equal(worth.deprecated, true, component)
      t.equal(motif.deprecated, undefined, component)
    }
  },
  options,
)

feature(
  'a deprecated resource refuses as any other does',
  async (t, { get, post, put, delete: remove }) => {
    checkProblem(t, '404', await get('/stamps/99'), 404)
    checkProblem(t, '404', await remove('/stamps/99'), 404)
    checkProblem(t, '400', await get('/stamps?wheels=4'), 400)
    checkProblem(t, '422', await post('/stamps', {}), 422)
    checkProblem(
      t,
      '412',
      await put('/stamps/1', { motif: 'A fox', price: 1 }, { 'if-match': '"0"' }),
      412,
    )
  },
  options,
)
