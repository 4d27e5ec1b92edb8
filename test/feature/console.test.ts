// The page that browsers get at every address, and nobody else (RFC 9110 §12.5.1). What it shows is in test/browser/console.ts.

import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import t from 'tap'
import { digestOfSources } from '../../console/sources.ts'
import { deriveModels } from '../../src/definitions/load.ts'
import { resource, Type } from '../../src/restwell.ts'
import { holder, required } from '../support/access.ts'
import { checkProblem } from '../support/problem.ts'
import { feature } from '../support/service.ts'

/** What Chromium, Firefox and Safari send for an address that somebody types. */
const browsers = [
  'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8',
  'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
  'text/html',
  'application/json;q=0.9, text/html',
]

/** Callers that take JSON at least as gladly. */
const others = [
  undefined,
  '*/*',
  'application/json',
  'application/json, text/plain, */*',
  'application/json, text/html',
  'text/html;q=0.5, */*',
]

const addresses = [
  ['/', 200],
  ['/v1', 200],
  ['/countries', 200],
  ['/countries?sort=-area', 200],
  ['/countries?no_such_parameter=1', 200],
  ['/countries/1', 200],
  ['/countries/999', 200],
  ['/v1/countries/1', 200],
  ['/events/1/guests', 200],
  ['/events/1/headcount', 200],
  ['/nothing', 404],
  ['/countries/1/nothing', 404],
] as const

const page = { accept: browsers[0] ?? '' }

feature('a browser gets the same page at every address', async (t, { get }) => {
  const { text } = await get('/', page)
  t.match(text, /^<!doctype html>/)
  for (const accept of browsers)
    for (const [url, status] of addresses) {
      const received = await get(url, { accept })
      t.equal(received.status, status, `${url} to ${accept}`)
      t.equal(received.headers['content-type'], 'text/html; charset=utf-8')
      t.match(received.headers.vary, /\bAccept\b/)
      t.equal(received.text, text, 'without anything of the rows in it')
    }
})

feature('everyone else gets what there is', async (t, { get }) => {
  for (const accept of others)
    for (const url of ['/', '/countries', '/countries/1', '/nothing']) {
      const { headers } = await get(url, accept === undefined ? {} : { accept })
      t.match(headers['content-type'], /^application\/(?:problem\+)?json/, `${url} to ${accept}`)
    }
  for (const url of ['/openapi.json', '/openapi.yaml', '/docs/json'])
    t.notMatch((await get(url, page)).headers['content-type'], /html/, url)
})

feature('a page runs its own scripts only, and may be kept', async (t, { get, request }) => {
  const { headers, text } = await get('/countries', page)
  const policy = headers['content-security-policy'] ?? ''
  for (const rule of [
    "default-src 'none'",
    "script-src 'self'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
  ])
    t.ok(policy.includes(rule), rule)
  t.notMatch(policy, /unsafe/)
  t.notMatch(text, /<script>|<style|\son\w+=|style=/)
  t.equal(headers['cache-control'], 'no-cache')
  const again = await get('/countries/1', { ...page, 'if-none-match': headers.etag ?? '' })
  t.equal(again.status, 304, 'at every address, because it is the same page')
  const head = await request('HEAD', '/countries', { headers: page })
  t.strictSame([head.status, head.text, head.headers.etag], [200, '', headers.etag])
})

feature('the files of the page have addresses that last', async (t, { app, get }) => {
  const { text } = await get('/', page)
  const files = [...text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, url]) => String(url))
  t.strictSame(
    files.map(url => url.split('/').at(-1)),
    ['icon.svg', 'app.css', 'app.js'],
  )
  // The script loads this one when somebody looks at plots.
  const plots = String(files.at(-1)).replace('app.js', 'plots.js')
  for (const url of [...files, plots]) {
    const plain = await get(url)
    t.equal(plain.status, 200, url)
    t.equal(plain.headers['cache-control'], 'public, max-age=31536000, immutable')
    t.match(plain.headers.vary, /\bAccept-Encoding\b/)
    const packed = await app.inject({ url, headers: { 'accept-encoding': 'br, gzip' } })
    t.equal(packed.headers['content-encoding'], 'gzip')
    t.equal(gunzipSync(packed.rawPayload).toString(), plain.text)
  }
  const other = await get('/console/of-another-version/app.js')
  t.strictSame([other.status, other.headers['cache-control']], [200, 'no-cache'])
  for (const url of ['/console/x/constructor', '/console/x/app.tsx', '/console/x'])
    checkProblem(t, url, await get(url), 404)
})

feature('only reading has a page', async (t, { request }) => {
  const body = { name: 'Peru', capital: 'Lima', area: 1285216 }
  const created = await request('POST', '/countries', { json: body, headers: page })
  t.equal(created.status, 201, 'a browser takes JSON, too')
  checkProblem(t, 'nothing', await request('POST', '/nothing', { headers: page }), 404)
  const { status, headers } = await request('PUT', '/countries', { headers: page })
  t.strictSame([status, headers.allow], [405, 'GET, HEAD, POST, OPTIONS'])
})

feature(
  'the page needs no credentials, and the address tells who asks',
  async (t, { get, store }) => {
    for (const [url, status] of addresses) t.equal((await get(url, page)).status, status, url)
    t.strictSame((await get('/')).json.caller, { id: 'anonymous', kind: 'anonymous', scopes: [] })
    const { id, headers } = await holder(store, ['books:read', 'cars:write'])
    t.strictSame((await get('/', headers)).json.caller, {
      id: `key:${id}`,
      kind: 'key',
      scopes: ['books:read', 'cars:write'],
    })
    t.match((await get('/', headers)).headers['cache-control'], /private/)
    checkProblem(t, 'wrong', await get('/', { authorization: 'Bearer wrong' }), 401)
  },
  { access: required },
)

feature(
  'without the console, browsers get what everyone gets',
  async (t, { get }) => {
    t.match((await get('/countries', page)).headers['content-type'], /^application\/json/)
    checkProblem(t, 'nothing', await get('/nothing', page), 404)
    checkProblem(t, 'html alone', await get('/countries', { accept: 'text/html' }), 406)
    checkProblem(t, 'a file', await get('/console/x/app.js'), 404)
  },
  { web: { console: false } },
)

feature(
  'below a prefix, and of a service with a name, the page says so',
  async (t, { get }) => {
    const { text } = await get('/api/countries', page)
    t.match(text, /<title>Parcels &amp; &lt;more><\/title>/)
    t.match(text, /src="\/api\/console\//)
    t.match(text, /data-prefix="\/api"/)
  },
  { web: { prefix: '/api' }, about: { title: 'Parcels & <more>', version: '1.0.0' } },
)

t.test('no resource can take the address of its files', async t => {
  const own = resource('console', Type.Object({ name: Type.String() }), { description: 'X' })
  t.throws(
    () => deriveModels([{ file: 'schemas/console.ts', resource: own }]),
    /schemas\/console\.ts: the address \/console is the service's own/,
  )
})

t.test('what is served is built from the sources as they are', async t => {
  t.equal(
    readFileSync('console/built/sources.txt', 'utf8').trim(),
    digestOfSources(),
    'else run `npm run console` and commit what it builds',
  )
})
