// A client keeps what it read and asks whether that is still so (RFC 9110 §8.8.3, §13.1.2; RFC 9111 §5.2.2.4).

import { feature, type Received, type Service } from '../support/service.ts'

const strong = /^"[\x21\x23-\x7e]+"$/

const tagOf = ({ headers: { etag = '' } }: Received) => etag

/** A member and a list, flat, below a parent and with their version. */
const readable = [
  '/countries/1',
  '/countries/1?fields=name',
  '/users/ada',
  '/events/1/guests/1',
  '/v1/tasks/3643',
  '/countries',
  '/countries?area_gt=9000000000',
  '/events/1/guests?limit=1&sort=-name',
  '/v1/tasks?limit=1',
]

feature(
  'a read of another state than the one wanted is 412 with the current tag (RFC 9110 §13.1.1)',
  async (t, { get }) => {
    for (const url of [
      '/countries/1',
      '/countries',
      '/countries/1?fields=name',
      '/events/1/guests',
    ]) {
      const { etag = '' } = (await get(url)).headers
      for (const field of ['"x"', '"x", "y"', '']) {
        const refused = await get(url, { 'if-match': field })
        t.strictSame([refused.status, refused.headers.etag], [412, etag], `${url} with ${field}`)
      }
      t.equal(
        (await get(url, { 'if-match': '"x"', 'if-none-match': etag })).status,
        412,
        '§13.2.2: If-Match first',
      )
      for (const field of [etag, `W/${etag}`, '*'])
        t.equal((await get(url, { 'if-match': field })).status, 200, field)
      t.equal((await get(url, { 'if-match': etag, 'if-none-match': etag })).status, 304)
    }
    t.equal((await get('/countries/999', { 'if-match': '*' })).status, 404)
  },
)

feature(
  'a response to a read has a strong validator, and may be kept but not used without asking',
  async (t, { get, request }) => {
    for (const url of readable) {
      const first = await get(url)
      t.match(tagOf(first), strong, url)
      t.equal(first.headers['cache-control'], 'no-cache', url)
      t.equal(first.headers.vary, 'Accept, Prefer', url)
      t.equal(tagOf(await get(url)), tagOf(first), `${url} has not changed`)
      const { status, headers, text } = await request('HEAD', url)
      t.strictSame(
        [
          status,
          text,
          headers.etag,
          headers['cache-control'],
          headers.vary,
          headers['content-length'],
        ],
        [
          200,
          '',
          first.headers.etag,
          'no-cache',
          'Accept, Prefer',
          first.headers['content-length'],
        ],
      )
    }
    const headcount = await get('/events/1/headcount')
    t.strictSame(
      [headcount.headers['cache-control'], headcount.headers.vary],
      ['no-cache', 'Accept, Prefer'],
    )
    const missing = await get('/countries/999', { 'if-none-match': '*' })
    t.strictSame(
      [missing.status, missing.headers['cache-control'], missing.headers.etag],
      [404, 'no-store', undefined],
    )
  },
)

feature('If-None-Match answers 304 to those who have it', async (t, { get, request }) => {
  const table: [section: string, field: (tag: string) => string, status: number][] = [
    ['§13.1.2: the tag', tag => tag, 304],
    ['§13.1.2: one of several', tag => `"x", ${tag}, "y"`, 304],
    ['§13.1.2: the weak comparison', tag => `W/${tag}`, 304],
    ['§13.1.2: one of several, weak', tag => `W/"x",W/${tag}`, 304],
    ['§13.1.2: *', () => '*', 304],
    ['§13.1.2: another', () => '"x"', 200],
    ['as Apache sends it on when it compresses', tag => tag.replace(/"$/, '-gzip"'), 304],
    ['§13.1.2: several others', () => '"x", W/"y"', 200],
    ['§8.8.3: tags are compared whole', tag => `"${tag.slice(2)}`, 200],
    ['§5.6.1.2: none', () => ',', 200],
  ]
  for (const url of readable) {
    const whole = await get(url)
    for (const [section, field, expected] of table)
      for (const method of ['GET', 'HEAD']) {
        const { status, headers, text } = await request(method, url, {
          headers: { 'if-none-match': field(tagOf(whole)) },
        })
        t.strictSame(
          [status, headers.etag, headers['cache-control'], headers.vary],
          [expected, whole.headers.etag, 'no-cache', 'Accept, Prefer'],
          `${section}: ${method} ${url}`,
        )
        t.equal(
          text,
          expected === 200 && method === 'GET' ? whole.text : '',
          'a 304 has no body (§15.4.5)',
        )
        if (expected === 304) t.equal(headers['content-type'], undefined)
      }
    t.equal((await get(url, { 'if-none-match': 'x' })).status, 400, 'what is no tag is refused')
  }
})

/** Takes the steps and gives the tags that the address has after them. */
async function tagsAt(
  { get }: Service,
  url: string,
  steps: (() => Promise<Received>)[],
): Promise<string[]> {
  const tags: string[] = []
  for (const step of steps) {
    await step()
    tags.push(tagOf(await get(url)))
  }
  return tags.filter(tag => tag !== '')
}

feature(
  'no two states of an address have one tag, even if they look the same',
  async (t, service) => {
    const { post, put, patch } = service
    const car = { model: 'Honda', color: 'White' }
    const cars = await tagsAt(service, '/cars/500', [
      () => post('/cars', { id: 500, ...car }),
      () => patch('/cars/500', { color: 'Red' }),
      () => patch('/cars/500', { color: 'White' }),
      () => put('/cars/500', { ...car, color: 'Blue' }),
      () => put('/cars/500', car),
      () => service.delete('/cars/500'),
      () => post('/cars', { id: 500, ...car }),
      () => service.delete('/cars/500'),
      () => post('/cars', { id: 500, ...car }),
    ])
    t.equal(cars.length, 7)
    t.equal(new Set(cars).size, 7)

    const users = await tagsAt(service, '/users/grace', [
      () => put('/users/grace', { name: 'Grace' }),
      () => service.delete('/users/grace'),
      () => put('/users/grace', { name: 'Grace' }),
      () => service.delete('/users/grace'),
      () => post('/users', { username: 'grace', name: 'Grace' }),
      () => put('/users/grace', {}),
      () => put('/users/grace', { name: 'Grace' }),
    ])
    t.equal(users.length, 5)
    t.equal(new Set(users).size, 5)

    const guest = { event_id: 1, name: 'Ada', email: 'a@example.com' }
    const guests = await tagsAt(service, '/events/1/guests/70', [
      () => post('/guests', { id: 70, ...guest }),
      () => service.delete('/events/1/guests/70'),
      () => post('/events/1/guests', { id: 70, ...guest }),
      () => patch('/guests/70', { plus_ones: 1 }),
    ])
    t.equal(new Set(guests).size, 3)
  },
  { clock: () => new Date('2026-05-04T12:00:00Z') },
)

feature(
  'each choice of fields has a tag of its own (RFC 9110 §8.8.3.3)',
  async (t, { get, patch }) => {
    const urls = [
      '',
      '?fields=id',
      '?fields=name',
      '?fields=id,name',
      '?fields=id,name,capital,area',
    ]
    for (const path of ['/countries/1', '/countries']) {
      const tags = await Promise.all(urls.map(async query => tagOf(await get(path + query))))
      t.equal(new Set(tags).size, urls.length, path)
      for (const [index, query] of urls.entries())
        for (const [other, tag] of tags.entries()) {
          const { status } = await get(path + query, { 'if-none-match': tag })
          t.equal(
            status,
            index === other ? 304 : 200,
            `${path}${query} for the tag of '${urls[other]}'`,
          )
        }
    }
    const chosen = '/countries/1?fields=id,name'
    const tag = tagOf(await get(chosen))
    t.equal(
      tagOf(await get('/countries/1?fields=name&fields=id')),
      tag,
      'the same choice in other words',
    )
    await patch('/countries/1', { area: 1 })
    t.not(tagOf(await get(chosen)), tag)
  },
)

feature(
  'the tag of a list changes with its rows, its links and its number of rows',
  async (t, service) => {
    const { get, patch, post } = service
    const url = '/countries?limit=2'
    const exact = { prefer: 'count=exact' }
    const tag = tagOf(await get(url))
    const counted = tagOf(await get(url, exact))
    t.not(counted, tag, 'with the number of rows it is another representation')
    t.not(tagOf(await get('/v1/countries?limit=2')), tag, 'and with links to /v1')

    await patch('/countries/3', { area: 1 })
    t.equal(
      (await get(url, { 'if-none-match': tag })).status,
      304,
      'a row of another page is changed',
    )

    await post('/countries', { name: 'Germany', capital: 'Berlin', area: 357022 })
    t.equal(
      (await get(url, { 'if-none-match': tag })).status,
      304,
      'a row is added after this page',
    )
    t.equal(
      (await get(url, { ...exact, 'if-none-match': counted })).status,
      200,
      'which changes the number of rows',
    )

    await service.delete('/countries/3')
    await service.delete('/countries/4')
    t.equal(
      (await get(url, { 'if-none-match': tag })).status,
      200,
      'there is no next page any more',
    )

    const last = tagOf(await get(url))
    await patch('/countries/2', { capital: 'Sydney' })
    const changed = await get(url, { 'if-none-match': last })
    t.strictSame(
      [changed.status, changed.json[1].capital],
      [200, 'Sydney'],
      'a row of this page is changed',
    )
    await service.delete('/countries/1')
    t.equal(
      (await get(url, { 'if-none-match': tagOf(changed) })).status,
      200,
      'a row of this page is deleted',
    )
  },
)

feature(
  'a write answers with the tag of what it made; a PUT only beside the row (RFC 9110 §9.3.4)',
  async (t, { get, post, put, patch }) => {
    const minimal = { prefer: 'return=minimal' }
    const country = { name: 'Germany', capital: 'Berlin', area: 357022 }
    const guest = { event_id: 1, name: 'Ada', email: 'a@example.com' }
    const table: [
      what: string,
      send: (headers: Record<string, string>) => Promise<Received>,
      minimal: number,
    ][] = [
      ['POST', headers => post('/countries', country, headers), 201],
      ['PUT', headers => put('/countries/1', country, headers), 204],
      ['PATCH', headers => patch('/countries/1', { area: 1 }, headers), 204],
      [
        'PUT that creates',
        headers => put(`/users/${headers.prefer ? 'a' : 'b'}`, {}, headers),
        201,
      ],
      ['PUT below a parent', headers => put('/events/1/guests/1', guest, headers), 204],
    ]
    for (const [what, send, status] of table) {
      const full = await send({})
      const { etag, location, 'cache-control': caching, vary } = full.headers
      t.match(etag, strong, what)
      t.strictSame([caching, vary], ['no-cache', 'Accept, Prefer'], what)
      const short = await send(minimal)
      t.strictSame([short.status, short.text], [status, ''], what)
      const address =
        short.headers.location ??
        location ??
        (what.includes('parent') ? '/guests/1' : '/countries/1')
      const read = tagOf(await get(address))
      t.not(read, etag, `${what}: another state`)
      t.equal(tagOf(short), what.startsWith('PUT') ? '' : read, what)
    }
  },
)
