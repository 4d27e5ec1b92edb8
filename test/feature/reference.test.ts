// The reference at `/reference`: it has every operation, leads everywhere, and its calls of curl are done as they are printed.

import { execFile, spawnSync } from 'node:child_process'
import { promisify } from 'node:util'
import { gunzipSync } from 'node:zlib'
import t from 'tap'
import { resource, Type } from '../../src/restwell.ts'
import { itemsOf } from '../../src/testing/items.ts'
import { holder, required } from '../support/access.ts'
import { endOf, sendLater } from '../support/imports.ts'
import { checkProblem } from '../support/problem.ts'
import { feature, type Service, startService } from '../support/service.ts'

interface Operation {
  readonly operationId: string
  readonly tags: readonly string[]
}

const operationsIn = ({ document }: Service) =>
  Object.values(itemsOf<Operation>(document)).flatMap(item => Object.values(item))

const tagsIn = (service: Service) => [
  ...new Set(operationsIn(service).map(({ tags }) => String(tags[0]))),
]

const entities: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#39;': "'",
}

const plain = (text: string) =>
  text.replaceAll(/&(?:amp|lt|gt|quot|#39);/g, found => entities[found] ?? '')

/** The examples of a page in one language, by operationId. */
function examplesIn(page: string, language: string): ReadonlyMap<string, string> {
  const sections = page.split('<section class="operation"').slice(1)
  const figure = new RegExp(`<figure class="in-${language}">.*?<code>(.*?)</code>`, 's')
  return new Map(
    sections.map(section => [
      String(/<h2 id="(\w+)">/.exec(section)?.[1]),
      plain(String(figure.exec(section)?.[1])),
    ]),
  )
}

feature('every operation is there once, with an example in each language', async (t, service) => {
  const index = (await service.get('/reference')).text
  t.notMatch(index, 'API_KEY')
  for (const tag of tagsIn(service)) {
    const { status, text } = await service.get(`/reference/${tag}`)
    t.equal(status, 200, tag)
    const wanted = operationsIn(service)
      .filter(({ tags }) => tags[0] === tag)
      .map(({ operationId }) => operationId)
    for (const language of ['curl', 'typescript', 'python'])
      t.strictSame([...examplesIn(text, language).keys()], wanted, `${tag} in ${language}`)
    for (const id of wanted) t.match(index, `href="/reference/${tag}#${id}"`)
    t.notMatch(text, /undefined|\[object Object\]|\.invalid|API_KEY/)
  }
})

feature('no link leads to nothing', async (t, service) => {
  const ids = (text: string) => [...text.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id)
  const known = new Map<string, readonly (string | undefined)[]>()
  const pages = ['/reference', ...tagsIn(service).map(tag => `/reference/${tag}`)]
  for (const page of pages) {
    const { text } = await service.get(page)
    for (const [, href = ''] of text.matchAll(/(?:href|src)="([^"]+)"/g)) {
      if (href === 'data:,' || /^https?:/.test(href)) continue
      const [address = '', fragment] = href.split('#')
      const target = address === '' ? page : address
      if (!known.has(target)) {
        const found = await service.get(target, { accept: 'text/html' })
        t.equal(found.status, 200, `${href} on ${page}`)
        known.set(target, ids(found.text))
      }
      if (fragment !== undefined && target !== '/docs')
        t.ok(known.get(target)?.includes(fragment), `${href} on ${page}`)
    }
  }
})

const evil = resource(
  'notes',
  Type.Object({
    text: Type.String({
      maxLength: 50,
      description: '<img src=x onerror=alert(1)> [x](javascript:alert(1))',
      examples: [`<b>it's</b> "$HOME" \`id\``],
    }),
  }),
  { description: 'Notes </p><script>alert(1)</script>' },
)

feature(
  'texts of definitions are texts',
  async (t, { get }) => {
    for (const url of ['/reference', '/reference/notes']) {
      const { text } = await get(url)
      t.notMatch(text, /<img|<script>|<b>|href="javascript|<title>[^<]*<i>/, url)
      t.match(text, '&lt;script&gt;')
      t.match(text, 'Tom &amp; &lt;i&gt;Jerry')
    }
  },
  { resources: [evil], about: { title: 'Tom & <i>Jerry', version: '1.0.0' } },
)

feature(
  'everyone may read it, and the calls name the credentials that they need',
  async (t, service) => {
    const page = await service.get('/reference/books')
    t.equal(page.status, 200)
    t.match(examplesIn(page.text, 'curl').get('listBooks'), '-H "Authorization: Bearer $API_KEY"')
    for (const { text } of [page, await service.get('/reference')]) {
      t.match(plain(text), "token: process.env.API_KEY ?? ''")
      t.match(plain(text), 'os.environ["API_KEY"]')
    }
    const own = (await service.get('/reference/service')).text
    t.notMatch(examplesIn(own, 'curl').get('getHealth'), 'Authorization')
    checkProblem(t, 'unknown', await service.get('/reference/nothing'), 404)
    checkProblem(t, 'a file', await service.get('/reference/style.css.map'), 404)
  },
  { access: required },
)

feature('a page may be kept, and runs its own script only', async (t, { app, get }) => {
  for (const url of ['/reference', '/reference/books', '/v1/reference/books']) {
    const { status, text, headers } = await get(url, { accept: 'text/html' })
    t.equal(status, 200, url)
    t.equal(headers['content-type'], 'text/html; charset=utf-8')
    const policy = String(headers['content-security-policy'])
    for (const rule of ["default-src 'none'", "script-src 'self'", "style-src 'self'"])
      t.ok(policy.includes(rule), rule)
    t.notMatch(text, /<script>|<style|\son\w+=|style=/)
    const again = await get(url, { 'if-none-match': String(headers.etag) })
    t.equal(again.status, 304)
    const packed = await app.inject({ url, headers: { 'accept-encoding': 'gzip' } })
    t.equal(gunzipSync(packed.rawPayload).toString(), text)
  }
  const at = async (host: string) => get('/reference/books', { host })
  const [one, other] = [await at('one.example'), await at('other.example:8080')]
  t.match(examplesIn(one.text, 'curl').get('readBook'), 'curl http://one.example/books/2')
  t.match(examplesIn(other.text, 'curl').get('readBook'), 'curl http://other.example:8080/books/2')
  t.not(one.headers.etag, other.headers.etag)
})

feature(
  'below a path of a proxy, links and calls begin with it',
  async (t, { get }) => {
    const { text } = await get('/api/reference/books')
    t.match(examplesIn(text, 'curl').get('readBook'), 'curl http://localhost:80/api/books/2')
    t.match(text, 'href="/api/reference/cars"')
    const hidden = await get('/api/reference/books', { 'x-forwarded-for': '192.0.2.1' })
    t.match(
      examplesIn(hidden.text, 'curl').get('readBook'),
      'curl https://api.example.com/api/books/2',
    )
  },
  { web: { prefix: '/api' } },
)

feature(
  'without the document there is no reference, and without the console no link to rows',
  async (t, { get }) => {
    checkProblem(t, 'none', await get('/reference'), 404)
  },
  { web: { docs: false } },
)

feature(
  'without the console no link leads to it',
  async (t, { get }) => {
    t.notMatch((await get('/reference/books')).text, /href="\/(?:books)?"/)
  },
  { web: { console: false } },
)

const run = promisify(execFile)
const withoutCurl = spawnSync('curl', ['--version']).status !== 0 && 'there is no curl here'

t.test('the calls of curl succeed as they are printed', { skip: withoutCurl }, async t => {
  const service = await startService(t, `sqlite:${t.testdir()}/test.db`, { access: required })
  const base = await service.app.listen({ port: 0, host: '127.0.0.1' })
  const { key, headers } = await holder(service.store, ['*'])
  // The examples are about the first key, and the first import.
  const row = '{"name":"Norway","capital":"Oslo","area":385207}\n'
  await endOf(service, await sendLater(service, '/countries', row, headers), headers)
  const env = { ...process.env, API_KEY: (await holder(service.store, ['*'])).key }
  t.not(env.API_KEY, key)
  for (const tag of tagsIn(service)) {
    const page = await (await fetch(`${base}/reference/${tag}`)).text()
    const deletes = ([id]: readonly [string, string]) => Number(id.startsWith('delete'))
    const calls = [...examplesIn(page, 'curl')].sort((one, other) => deletes(one) - deletes(other))
    for (const [id, call] of calls) {
      const { stdout } = await run('sh', ['-c', `${call} -sS -o /dev/null -w '%{http_code}'`], {
        env,
      })
      t.match(stdout, /^2\d\d$/, `${id}: ${call}`)
    }
  }
})
