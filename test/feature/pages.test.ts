// A client pages through a list: limit, the links around a page (RFC 8288), the number of all rows.

import { Type } from '@sinclair/typebox'
import { resource } from '../../src/resource/resource.ts'
import { cursorOf, linksOf, walk, walkBothWays } from '../support/pages.ts'
import { feature, problemOf, type Received } from '../support/service.ts'

const ids = ({ json }: Received): number[] => json.map(({ id }: { id: number }) => id)
const range = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, at) => from + at)

const numbers = resource('numbers', Type.Object({ value: Type.Integer() }), {
  description: 'More rows than fit on the largest page',
  sample: range(1, 1001).map(value => ({ value })),
})

feature(
  'a page has 20 rows, or as many as are asked for, up to 1000',
  async (t, { get }) => {
    t.strictSame(ids(await get('/numbers')), range(1, 20))
    t.strictSame(ids(await get('/numbers?limit=1')), [1])
    t.strictSame(ids(await get('/numbers?limit=21')), range(1, 21))
    const largest = await get('/numbers?limit=1000')
    t.strictSame(ids(largest), range(1, 1000))
    t.strictSame(ids(await get(linksOf(largest).next ?? '')), [1001])
  },
  { resources: [numbers] },
)

feature('a limit that cannot be is refused', async (t, { get }) => {
  const table: [query: string, detail: string][] = [
    ['limit=0', 'must be >= 1'],
    ['limit=-1', 'must be >= 1'],
    ['limit=1001', 'must be <= 1000'],
    ['limit=99999999999999999999', 'must be <= 1000'],
    ['limit=', 'must be integer'],
    ['limit', 'must be integer'],
    ['limit=ten', 'must be integer'],
    ['limit=1.5', 'must be integer'],
    ['limit=1e1', 'must be integer'],
    ['limit=0x10', 'must be integer'],
    ['limit=%2B1', 'must be integer'],
    ['limit=+1', 'must be integer'],
    ['limit=01', 'must be integer'],
    ['limit=1&limit=1', 'must be integer'],
  ]
  for (const [query, detail] of table) {
    const answer = await get(`/countries?${query}`)
    t.equal(answer.status, 400, query)
    t.strictSame(problemOf(answer).errors, [{ parameter: 'limit', in: 'query', detail }], query)
  }
})

feature('Link names the first page and those around this one (RFC 8288 §3)', async (t, { get }) => {
  const first = await get('/countries?limit=1')
  t.match(
    first.headers.link,
    /^<\/countries\?limit=1>; rel="first", <\/countries\?limit=1&cursor=[\w-]+>; rel="next"$/,
  )
  const second = await get(linksOf(first).next ?? '')
  t.strictSame(ids(second), [2])
  t.strictSame(Object.keys(linksOf(second)), ['first', 'prev', 'next'])
  const third = await get(linksOf(second).next ?? '')
  t.strictSame(ids(third), [3])
  t.strictSame(Object.keys(linksOf(third)), ['first', 'prev'])
  const back = await get(linksOf(third).prev ?? '')
  t.strictSame(ids(back), [2])
  t.strictSame(Object.keys(linksOf(back)), ['first', 'prev', 'next'])
  t.strictSame(Object.keys(linksOf(await get(linksOf(back).prev ?? ''))), ['first', 'next'])
  for (const page of [first, second, third, back])
    t.equal(linksOf(page).first, '/countries?limit=1')
})

feature(
  'there is no next page after the last row, even if that fills its page',
  async (t, { get }) => {
    const table: [query: string, lengths: number[]][] = [
      ['limit=2', [2, 1]],
      ['limit=3', [3]],
      ['limit=4', [3]],
      ['limit=1', [1, 1, 1]],
      ['area_gt=9000000000', [0]],
    ]
    for (const [query, lengths] of table) {
      const pages = await walk(get, await get(`/countries?${query}`), 'next')
      t.strictSame(
        pages.map(({ json }) => json.length),
        lengths,
        query,
      )
    }
    t.equal(
      (await get('/countries?area_gt=9000000000')).headers.link,
      '</countries?area_gt=9000000000>; rel="first"',
    )
  },
)

feature('links keep every parameter as it was sent', async (t, { get }) => {
  const table = [
    '/todos?completed=false&title_contains=the&sort=-title,id&fields=id,title&limit=2',
    '/todos?limit=2&userId=1&userId=2&userId=3',
    '/todos?title_contains=a%20b%26c%3Dd&limit=1',
    '/todos?title_contains=the+&limit=1',
    '/todos?title_contains=?&limit=2',
    '/todos?sort=&limit=2',
    '/todos/?limit=2',
    '/v1/todos?limit=2&sort=-id',
    '/v1/todos/?limit=2',
    '/events/1/guests?limit=2&sort=name',
    '/v1/events/1/guests?limit=2',
  ]
  for (const url of table) {
    const page = await get(url)
    t.equal(page.status, 200, url)
    const { first, next } = linksOf(page)
    t.equal(first, url)
    if (page.json.length < 2) continue
    t.equal(next, `${url}&cursor=${cursorOf(page)}`, url)
    const second = linksOf(await get(next ?? ''))
    t.equal(second.first, url)
    t.ok(second.prev?.startsWith(`${url}&cursor=`), `prev of ${url}`)
  }
})

feature(
  'the pages joined are all rows once and in order, forward and backward',
  async (t, { get }) => {
    for (const limit of [1, 7, 20, 29, 30, 31]) {
      const { forward, backward } = await walkBothWays(get, `/todos?fields=id&limit=${limit}`)
      const expected = range(1, 30).map(id => ({ id }))
      t.strictSame(forward.flat(), expected, `forward by ${limit}`)
      t.strictSame(backward.flat(), expected, `backward by ${limit}`)
      t.equal(forward.length, Math.ceil(30 / limit))
    }
  },
)

feature(
  'rows that are added and removed on the way do not disturb the others',
  async (t, service) => {
    const { get, post } = service
    const areas = [10, 20, 30, 40, 50, 60]
    for (const area of areas) await post('/countries', { name: `C${area}`, capital: 'C', area })
    const url = '/countries?sort=area&limit=2&fields=area&name_starts_with=C'
    const read = ({ json }: Received) => json.map(({ area }: { area: number }) => area)

    const first = await get(url)
    t.strictSame(read(first), [10, 20])
    // Before the position, the row at the position itself, and after it.
    await post('/countries', { name: 'C5', capital: 'C', area: 5 })
    await service.delete('/countries/5')
    await service.delete('/countries/6')
    await post('/countries', { name: 'C35', capital: 'C', area: 35 })
    const second = await get(linksOf(first).next ?? '')
    t.strictSame(read(second), [35, 40])
    const third = await get(linksOf(second).next ?? '')
    t.strictSame(read(third), [50, 60])
    t.strictSame(Object.keys(linksOf(third)), ['first', 'prev'])

    await service.delete('/countries/7')
    await post('/countries', { name: 'C45', capital: 'C', area: 45 })
    const back = await get(linksOf(third).prev ?? '')
    t.strictSame(read(back), [35, 45])
    const start = await get(linksOf(back).prev ?? '')
    t.strictSame(read(start), [5, 10])
    t.strictSame(Object.keys(linksOf(start)), ['first', 'next'])
  },
)

feature('a page whose rows have all gone is empty and leads to the first', async (t, service) => {
  const first = await service.get('/countries?limit=2')
  t.equal((await service.delete('/countries/3')).status, 204)
  const second = await service.get(linksOf(first).next ?? '')
  t.strictSame([second.status, second.json], [200, []])
  t.strictSame(linksOf(second), { first: '/countries?limit=2' })
})

feature('the children of one parent are paged below its address', async (t, { get }) => {
  const { forward, backward } = await walkBothWays(
    get,
    '/events/1/guests?limit=3&fields=event_id,name&sort=-name',
  )
  const names = ['Dagny Roe', 'Chidi Moreau', 'Bruno Castell', 'Ada Winterbourne']
  const rows = names.map(name => ({ event_id: 1, name }))
  t.strictSame(forward, [rows.slice(0, 3), rows.slice(3)])
  t.strictSame(backward.flat(), rows)
  for (const query of ['event_id=1', 'event_id_gt=0', 'sort=event_id'])
    t.equal(
      (await get(`/events/1/guests?${query}`)).status,
      400,
      `${query} says nothing below an event`,
    )
  const unknown = await get('/events/999/guests?limit=1')
  t.equal(unknown.status, 404)
  t.equal(unknown.headers.link, undefined)
})

feature(
  'the number of all rows is counted where it is preferred (RFC 7240)',
  async (t, { get, request }) => {
    const exact = { prefer: 'count=exact' }
    const table: [url: string, total: string][] = [
      ['/todos', '30'],
      ['/todos?limit=1', '30'],
      ['/todos?userId=2&userId=3&limit=5', '20'],
      ['/todos?userId=99', '0'],
      ['/events/1/guests?limit=1', '4'],
      ['/events/1/guests?status=accepted&limit=1', '2'],
      ['/tasks', '3'],
    ]
    for (const [url, total] of table) {
      const { status, headers } = await get(url, exact)
      t.strictSame(
        [status, headers['x-total-count'], headers['preference-applied']],
        [200, total, 'count=exact'],
        url,
      )
      const plain = await get(url)
      t.strictSame(
        [plain.headers['x-total-count'], plain.headers['preference-applied']],
        [undefined, undefined],
        url,
      )
    }
    const pages = await walk(
      url => get(url, exact),
      await get('/todos?limit=15&userId_lte=2', exact),
      'next',
    )
    t.strictSame(
      pages.map(({ headers }) => headers['x-total-count']),
      ['20', '20'],
    )
    const head = await request('HEAD', '/todos?limit=1', { headers: exact })
    t.strictSame([head.status, head.headers['x-total-count'], head.text], [200, '30', ''])
    t.equal((await get('/events/999/guests', exact)).status, 404)
  },
)

feature(
  'callers who ask at the same time share a page only if it is the same',
  async (t, { get }) => {
    const following = linksOf(await get('/todos?limit=2')).next ?? ''
    const before = linksOf(await get(following)).prev ?? ''
    const falling = linksOf(await get('/todos?sort=-id&limit=28')).next ?? ''
    const addresses = [
      '/todos?limit=2',
      '/v1/todos?limit=2',
      '/todos?limit=2&sort=id',
      '/todos?limit=2&fields=id',
      '/todos?limit=2&fields=id&sort=id',
      '/todos?limit=2&fields=id,title&sort=id',
      '/todos?limit=2&fields=id&sort=title',
      // The same rows in the same order from the database, but one of the pages is turned round.
      before,
      falling.replace('limit=28', 'limit=2'),
    ]
    const asSent = ({ status, text, headers: { etag, link } }: Received) => [
      status,
      text,
      etag,
      link,
    ]
    const alone = []
    for (const address of addresses) alone.push(asSent(await get(address)))
    t.not(alone.at(-1)?.[1], alone.at(-2)?.[1])
    const thrice = [...addresses, ...addresses.toReversed(), ...addresses]
    const together = (await Promise.all(thrice.map(address => get(address)))).map(asSent)
    t.strictSame(together, [...alone, ...alone.toReversed(), ...alone])
  },
)

feature('deleted rows that are kept are on no page and in no count', async (t, service) => {
  t.equal((await service.delete('/tasks/3697')).status, 204)
  const { forward, backward } = await walkBothWays(service.get, '/tasks?limit=1&fields=id')
  t.strictSame(forward, [[{ id: 3643 }], [{ id: 3792 }]])
  t.strictSame(backward, forward)
  t.equal((await service.get('/tasks', { prefer: 'count=exact' })).headers['x-total-count'], '2')
})

feature(
  'HEAD of a list has the fields of GET and no body (RFC 9110 §9.3.2)',
  async (t, { get, request }) => {
    const lasting = ({ date: _, 'request-id': __, ...others }: Received['headers']) => others
    const expected = await get('/todos?limit=2')
    const { status, headers, text } = await request('HEAD', '/todos?limit=2')
    t.strictSame([status, text], [200, ''])
    t.strictSame(lasting(headers), lasting(expected.headers))
  },
)

feature(
  'long texts are sorted by their beginning, and the links stay short',
  async (t, { get, post }) => {
    const beginning = '\u{1f9fa}'.repeat(200)
    for (const ending of ['a', 'b', 'c'])
      await post('/tasks', { summary: 'Long', description: beginning + ending.repeat(8000) })
    const url = '/tasks?sort=-description&limit=1&fields=id'
    const { forward, backward } = await walkBothWays(get, url)
    t.strictSame(forward.flat(), [
      { id: 3795 },
      { id: 3794 },
      { id: 3793 },
      { id: 3792 },
      { id: 3697 },
      { id: 3643 },
    ])
    t.strictSame(backward, forward)
    const lengths = (await walk(get, await get(url), 'next')).map(
      ({ headers }) => String(headers.link).length,
    )
    t.ok(Math.max(...lengths) < 4096, `at most ${Math.max(...lengths)} characters`)
  },
)
