// Preferences, end to end (RFC 7240): what is heeded is said, what is not is ignored, unless the client is strict.

import { checkProblem } from '../support/problem.ts'
import { feature, type Received } from '../support/service.ts'

const minimal = { prefer: 'return=minimal' }
const whole = { prefer: 'return=representation' }
const peru = { name: 'Peru', capital: 'Lima', area: 1285216 }

feature('callers who create may do without the representation (§4.2)', async (t, { post, get }) => {
  const created = await post('/countries', peru, minimal)
  t.equal(created.status, 201)
  t.equal(created.text, '')
  t.equal(created.headers['content-length'], '0')
  t.equal(created.headers['content-type'], undefined)
  t.equal(created.headers.location, '/countries/4')
  t.equal(created.headers['preference-applied'], 'return=minimal')
  t.match(created.headers.vary, /\bPrefer\b/)
  const read = await get('/countries/4')
  t.strictSame(read.json, { id: 4, ...peru })
  t.equal(read.headers.etag, created.headers.etag)
})

feature(
  'callers who change a row may do without the representation (§4.2)',
  async (t, { put, patch, get }) => {
    const jsonPatch = { ...minimal, 'content-type': 'application/json-patch+json' }
    const changes = [
      await put('/countries/1', peru, minimal),
      await patch('/countries/1', { area: 1 }, minimal),
      await patch(
        '/countries/1',
        { area: 2 },
        { ...minimal, 'content-type': 'application/merge-patch+json' },
      ),
      await patch('/countries/1', [{ op: 'replace', path: '/area', value: 3 }], jsonPatch),
    ]
    for (const { status, text, headers } of changes) {
      t.equal(status, 204)
      t.equal(text, '')
      t.equal(headers['content-type'], undefined)
      t.equal(headers['content-length'], undefined, 'RFC 9110 §8.6')
      t.equal(headers['preference-applied'], 'return=minimal')
    }
    const read = await get('/countries/1')
    t.strictSame(read.json, { id: 1, ...peru, area: 3 })
    t.equal(read.headers.etag, changes.at(-1)?.headers.etag)
    const [replaced, ...patched] = changes.map(({ headers }) => headers)
    t.equal(replaced?.etag, undefined, 'RFC 9110 §9.3.4: what is stored is not what was sent')
    t.equal(new Set(patched.map(({ etag }) => etag)).size, patched.length)
    for (const headers of [replaced, ...patched]) t.equal(headers?.['content-location'], undefined)
  },
)

feature('a PUT that creates says so without a body', async (t, { put, get }) => {
  const created = await put('/users/grace', { name: 'Grace' }, minimal)
  t.equal(created.status, 201)
  t.equal(created.text, '')
  t.equal(created.headers.location, '/users/grace')
  t.strictSame([created.headers.etag, created.headers['content-location']], [undefined, undefined])
  t.equal((await put('/users/grace', { name: 'Grace H.' }, minimal)).status, 204)
  t.equal((await get('/users/grace')).json.name, 'Grace H.')
})

feature(
  'callers who ask for the representation are told that it was honoured',
  async (t, { post, put, patch }) => {
    for (const { json, headers } of [
      await post('/countries', peru, whole),
      await put('/countries/4', peru, whole),
      await patch('/countries/4', { area: 1285216 }, whole),
    ]) {
      t.strictSame(json, { id: 4, ...peru })
      t.equal(headers['preference-applied'], 'return=representation')
    }
  },
)

feature(
  'a response to a write that has the row has its address and its tag (RFC 9110 §8.7)',
  async (t, service) => {
    const { get, post, put, patch } = service
    const guest = { name: 'Ines Falk', email: 'ines@example.com' }
    const table: [at: string, write: () => Promise<Received>][] = [
      ['/countries/4', () => post('/countries/', peru)],
      ['/countries/4', () => put('/countries/4', peru)],
      ['/v1/countries/4', () => patch('/v1/countries/4/', { area: 1 })],
      ['/users/grace', () => put('/users/%67race', { name: 'Grace' })],
      ['/users/grace', () => put('/users/grace', { name: 'Grace H.' })],
      ['/events/23/guests/10', () => post('/events/23/guests', guest)],
      ['/events/23/guests/10', () => patch('/events/23/guests/10', { name: 'Ines' })],
    ]
    for (const [at, write] of table) {
      const written = await write()
      const read = await get(at)
      t.equal(written.headers['content-location'], at)
      t.strictSame([written.text, written.headers.etag], [read.text, read.headers.etag], at)
      t.equal(read.headers['content-location'], undefined)
    }
  },
)

feature('a problem is told however little is wished for', async (t, { post, patch }) => {
  t.equal(checkProblem(t, 'POST', await post('/countries', {}, minimal), 422).errors.length, 3)
  checkProblem(t, 'PATCH', await patch('/countries/99', { area: 1 }, minimal), 404)
})

const exact = { prefer: 'count=exact' }

const counts: readonly [url: string, total: number, page: number][] = [
  ['/todos', 30, 20],
  ['/todos?limit=1', 30, 1],
  ['/todos?limit=1000', 30, 30],
  ['/todos?userId=3', 10, 10],
  ['/todos?userId=2&userId=3&limit=5', 20, 5],
  ['/todos?userId=3&completed=true&fields=id', 4, 4],
  ['/todos?userId=21', 0, 0],
  ['/cars?year_gte=1998&sort=-year', 2, 2],
  ['/cars?make_is_null=true', 0, 0],
  ['/guests', 9, 9],
  ['/guests?event_id=1', 4, 4],
  ['/events/1/guests?limit=2', 4, 2],
  ['/events/1/guests?status=accepted', 2, 2],
]

feature('all matches are counted for callers who ask, whatever the page', async (t, { get }) => {
  for (const [url, total, page] of counts) {
    const { headers, json } = await get(url, exact)
    t.equal(headers['x-total-count'], String(total), url)
    t.equal(headers['preference-applied'], 'count=exact', url)
    t.equal(json.length, page, url)
    t.equal((await get(url)).headers['x-total-count'], undefined, `${url}: nobody asked`)
  }
})

feature(
  'the count is the same on every page, and follows what is deleted',
  async (t, { get, delete: remove }) => {
    const first = await get('/tasks?limit=2', exact)
    const next = /<([^>]+)>; rel="next"/.exec(first.headers.link ?? '')?.[1] ?? ''
    t.equal(first.headers['x-total-count'], '3')
    t.equal((await get(next, exact)).headers['x-total-count'], '3')
    await remove('/tasks/3643')
    t.equal((await get('/tasks', exact)).headers['x-total-count'], '2')
  },
)

const finding = (detail: string) => ({ parameter: 'Prefer', in: 'header', detail })

const strict: readonly [method: string, url: string, others: string, ...details: string[]][] = [
  ['GET', '/cars', 'color=red', 'color=red is not known'],
  [
    'GET',
    '/cars',
    'respond-async, wait=5',
    'wait=5 is not known',
    'respond-async is not honoured here',
  ],
  [
    'GET',
    '/cars',
    'count=about',
    'count=about is not known; it is written count=exact or count=estimated',
  ],
  ['GET', '/cars', 'return=minimal', 'return=minimal is not honoured here'],
  ['GET', '/cars/1', 'count=exact', 'count=exact is not honoured here'],
  ['GET', '/events/1/headcount', 'count=exact', 'count=exact is not honoured here'],
  ['POST', '/cars', 'count=exact', 'count=exact is not honoured here'],
  ['GET', '/cars', 'cuont=exact', "cuont=exact is not known; did you mean 'count'?"],
  [
    'PUT',
    '/cars/1',
    'return=all',
    'return=all is not known; it is written return=minimal or return=representation',
  ],
  ['PATCH', '/cars/1', 'count=exact, x', 'x is not known', 'count=exact is not honoured here'],
  ['DELETE', '/cars/1', 'return=minimal', 'return=minimal is not honoured here'],
]

feature(
  'a strict client is refused what cannot be heeded, and nothing is done (§4.4)',
  async (t, service) => {
    const { text: before } = await service.get('/cars')
    const body = { model: 'M', color: 'C' }
    for (const [method, url, others, ...details] of strict) {
      const at = `${method} ${url} ${others}`
      const sent = method === 'GET' || method === 'DELETE' ? {} : { json: body }
      for (const prefer of [`handling=strict, ${others}`, `${others}, handling=strict`]) {
        const refused = await service.request(method, url, { ...sent, headers: { prefer } })
        const { errors, detail } = checkProblem(t, at, refused, 400)
        t.equal(detail, 'Request had invalid or unknown parameters.')
        t.strictSame(errors, details.map(finding), at)
      }
    }
    t.equal((await service.get('/cars')).text, before)
  },
)

feature(
  'a lenient client is served, and told what was heeded (§3)',
  async (t, { get, request }) => {
    for (const [method, url, others] of strict) {
      if (method !== 'GET') continue
      for (const [prefer, applied] of [
        [others, undefined],
        [`handling=lenient, ${others}`, 'handling=lenient'],
      ] as const) {
        const { status, headers } = await get(url, { prefer })
        t.equal(status, 200, `${url} ${prefer}`)
        t.equal(headers['preference-applied'], applied, `${url} ${prefer}`)
      }
    }
    const deleted = await request('DELETE', '/cars/1', { headers: { prefer: 'return=minimal' } })
    t.equal(deleted.status, 204)
    t.equal(deleted.headers['preference-applied'], undefined)
  },
)

const written: readonly [prefer: string, applied: string | undefined, source: string][] = [
  [
    'handling=strict, count=exact',
    'handling=strict, count=exact',
    'strict, and all of it can be heeded',
  ],
  ['Count=exact', 'count=exact', '§2: names in any case'],
  ['count="exact"', 'count=exact', '§2: a value in quotes'],
  ['count = exact', 'count=exact', '§2: white space around ='],
  ['count=exact; foo; bar=baz', 'count=exact', '§2: parameters are ignored'],
  [' ,, count=exact , ', 'count=exact', 'RFC 9110 §5.6.1: empty elements'],
  ['foo="a, count=about", count=exact', 'count=exact', 'RFC 9110 §5.6.4: a comma in quotes'],
  ['count=about, count=exact', undefined, '§2: the first of two counts'],
  ['count=exact, count=about', 'count=exact', '§2: the first of two counts'],
  ['count=EXACT', undefined, '§2: values in one case'],
  ['count', undefined, '§2: no value'],
  ['count=', undefined, '§2: an empty value is no value'],
  ['count==exact', undefined, 'malformed'],
  ['"count"=exact', undefined, 'malformed'],
  ['', undefined, 'nothing'],
]

feature('preferences are read as they may be written', async (t, { get }) => {
  for (const [prefer, applied, source] of written) {
    const { status, headers } = await get('/cars', { prefer })
    t.equal(status, 200, source)
    t.equal(headers['preference-applied'], applied, `${prefer} (${source})`)
    t.equal(
      headers['x-total-count'],
      applied === undefined ? undefined : '3',
      `${prefer} (${source})`,
    )
  }
})
