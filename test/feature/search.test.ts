// `q`: rows are found by their words, the best first, and the same ones on both databases.

import { Type } from '@sinclair/typebox'
import { Enum, Line, Ref, type Resource, resource } from '../../src/resource/resource.ts'
import { holder } from '../support/access.ts'
import { linksOf, walkBothWays } from '../support/pages.ts'
import { feature, type Service } from '../support/service.ts'

const books = resource(
  'books',
  Type.Object({
    title: Line({ maxLength: 200 }),
    author: Type.Optional(Line({ maxLength: 200 })),
    genre: Enum(['novel', 'guide'], { default: 'novel' }),
    note: Type.Optional(Type.String({ scope: { read: 'books:note' } })),
  }),
  { description: 'Books', search: ['title', 'author', 'note'], keepDeleted: true, restore: true },
)
const options = { resources: [books as unknown as Resource] }

const found = async ({ get }: Pick<Service, 'get'>, query: string, headers = {}) => {
  const { status, json } = await get(`/books?${query}`, headers)
  return status === 200 ? json.map(({ id }: { id: number }) => id) : status
}
const q = (text: string) => `q=${encodeURIComponent(text)}`

async function fill({ post }: Service): Promise<void> {
  await post('/books', { title: 'Python for everyone', author: 'Jane Roe' })
  await post('/books', { title: 'Cooking', author: 'Monty Python' })
  await post('/books', { title: 'Python', author: 'José Élan', genre: 'guide' })
  await post('/books', { title: 'The zoo', note: 'A python is a snake' })
  await post('/books', { title: "Don't panic/well-being: v1.2", author: 'O’Neill' })
}

feature(
  'rows are found by all words of a search, the best first',
  async (t, service) => {
    await fill(service)
    const are = async (text: string, ids: readonly number[]) =>
      t.strictSame(await found(service, q(text)), ids, text)
    await are('python', [3, 1, 2, 4])
    await are('PYTHON  roe', [1])
    await are('roe python', [1])
    await are('pyth', [])
    await are('pyth*', [3, 1, 2, 4])
    await are('elan', [3])
    await are('José ÉLAN', [3])
    await are("don't", [5])
    await are('don t*', [5])
    await are('well-being', [5])
    await are('v1.2', [5])
    await are('oneill', [])
    await are("o'neill", [5])
    await are('"python" OR NOT -cooking NEAR(', [])
    await are('python"', [3, 1, 2, 4])
    await are('title:python', [])
    await are("'; drop", [])
    await are('', [])
    await are('!?', [])
    await are('*', [])
  },
  options,
)

feature(
  'a search goes with filters, an order, counts, included members and other formats',
  async (t, service) => {
    await fill(service)
    const { get } = service
    t.strictSame(await found(service, 'q=python&genre=novel'), [1, 2, 4])
    t.strictSame(await found(service, 'q=python&sort=-id'), [4, 3, 2, 1])
    t.strictSame(await found(service, 'q=python&sort=title&limit=2'), [2, 3])
    t.match(await get('/books?q=python&limit=1', { prefer: 'count=exact' }), {
      headers: { 'x-total-count': '4' },
    })
    const csv = await get('/books?q=python&fields=id', { accept: 'text/csv' })
    t.equal(csv.text, 'id\r\n3\r\n1\r\n2\r\n4\r\n')
    t.strictSame((await get('/books?q=cooking&fields=title')).json, [{ title: 'Cooking' }])
    t.equal((await get(`/books?q=${'a'.repeat(201)}`)).status, 400)
  },
  options,
)

feature(
  'pages of a search follow one another, whether it is ranked or not',
  async (t, service) => {
    await fill(service)
    const { forward, backward } = await walkBothWays(service.get, '/books?q=python&limit=2')
    const ids = (rows: readonly unknown[]) => (rows as { id: number }[]).map(({ id }) => id)
    t.strictSame(ids(forward.flat()), [3, 1, 2, 4])
    t.strictSame(ids(backward.flat()), [3, 1, 2, 4])
    const rows = Array.from({ length: 1100 }, (_, i) => ({ title: `Many ${1100 - i}` }))
    for (const some of [rows.slice(0, 550), rows.slice(550)])
      await service.request('POST', '/books', {
        headers: { 'content-type': 'application/x-ndjson' },
        body: some.map(row => JSON.stringify(row)).join('\n'),
      })
    const walked = await walkBothWays(service.get, '/books?q=many&limit=400')
    t.strictSame(
      ids(walked.forward.flat()),
      rows.map((_, index) => index + 6),
      'more than 1,000 are in the order of their keys',
    )
    t.strictSame(walked.backward, walked.forward)
    const { next = '' } = linksOf(await service.get('/books?q=python&limit=2'))
    t.equal((await service.get(next.replace('q=python', 'q=many'))).status, 400)
    const begun = linksOf(await service.get('/books?q=python&limit=2')).next ?? ''
    await service.post('/books', { title: 'Python!' })
    t.strictSame(ids((await service.get(begun)).json), [2, 4], 'a page goes on where it was')
  },
  options,
)

feature(
  'every write changes what is found',
  async (t, service) => {
    await fill(service)
    const { get, put, patch, post, request } = service
    await patch('/books/2', { author: 'Jane' })
    t.strictSame(await found(service, 'q=monty'), [])
    t.strictSame(await found(service, 'q=jane'), [2, 1])
    await put('/books/2', { title: 'Baking' })
    t.strictSame(await found(service, 'q=baking'), [2])
    t.strictSame(await found(service, 'q=jane'), [1])
    await request('DELETE', '/books/2')
    t.strictSame(await found(service, 'q=baking'), [])
    await post('/books/2/restore', undefined)
    t.strictSame(await found(service, 'q=baking'), [2])
    t.equal((await post('/books', { title: 'Nope', id: 2 })).status, 409)
    t.strictSame(await found(service, 'q=nope'), [])
    await request('POST', '/books?on_duplicate=replace', {
      headers: { 'content-type': 'text/csv' },
      body: 'id,title\n2,Frying\n9,Roasting\n',
    })
    t.strictSame(await found(service, 'q=frying'), [2])
    t.strictSame(await found(service, 'q=roasting'), [9])
    t.strictSame(await found(service, 'q=baking'), [])
    t.equal(
      (await get('/books?q=frying&limit=1')).headers.link,
      '</books?q=frying&limit=1>; rel="first"',
    )
  },
  options,
)

feature(
  'words are looked for in what the caller may read',
  async (t, service) => {
    const root = await holder(service.store, ['*'])
    const clerk = await holder(service.store, ['books:read'])
    await service.post('/books', { title: 'The zoo', note: 'A python' }, root.headers)
    await service.post('/books', { title: 'Python', note: 'The zoo' }, root.headers)
    t.strictSame(await found(service, 'q=python', root.headers), [2, 1])
    t.strictSame(await found(service, 'q=python', clerk.headers), [2])
    t.strictSame(await found(service, 'q=zoo%20python', clerk.headers), [])
    t.strictSame(await found(service, 'q=zoo%20python', root.headers), [2, 1])
  },
  { ...options, access: { required: true, publicRead: new Set<string>() } },
)

const articles = resource(
  'articles',
  Type.Object({ title: Line({ maxLength: 200 }), text: Type.Optional(Type.String()) }),
  { description: 'Articles', search: { fields: ['title', 'text'], language: 'english' } },
)

feature(
  'English words are found in their other forms, and beginnings as they are written',
  async (t, service) => {
    const { get, post, patch } = service
    await post('/articles', { title: 'Running a service', text: 'Of universities' })
    await post('/articles', { title: 'He runs', text: 'A university is possibly trekked to' })
    await post('/articles', { title: 'Nothing', text: 'The biology of a runner' })
    const are = async (text: string, ids: readonly number[]) =>
      t.strictSame(
        (await get(`/articles?${q(text)}`)).json.map(({ id }: { id: number }) => id),
        ids,
        text,
      )
    await are('run', [2, 1])
    await are('RUNNING', [2, 1])
    await are('runner', [3])
    await are('universities', [1, 2])
    await are('runs university', [1, 2])
    await are('trekking possible', [2])
    await are('biologies', [3])
    await are('the', [3])
    await are('runni*', [1])
    await are('run*', [2, 1, 3])
    await are('universit* serv*', [1])
    await are('service runn*', [1])
    await are('*', [])
    await patch('/articles/1', { title: 'Walked' })
    await are('run', [2])
    await are('walks', [1])
    const paged = await walkBothWays(get, '/articles?q=universities&limit=1')
    t.strictSame(
      paged.forward.flat().map(row => (row as { id: number }).id),
      [1, 2],
    )
  },
  { resources: [articles as unknown as Resource] },
)

const notes = resource(
  'notes',
  Type.Object({ text: Type.String({ scope: { read: 'notes:text' } }), at: Type.Integer() }),
  { description: 'Notes', search: ['text'] },
)

feature(
  'a search is refused where its caller may read nothing of it',
  async (t, { get, store }) => {
    const clerk = await holder(store, ['notes:read'])
    t.match(await get('/notes?q=a', clerk.headers), {
      status: 403,
      json: { errors: [{ parameter: 'q', detail: 'needs the scope notes:text' }] },
    })
  },
  {
    resources: [notes as unknown as Resource],
    access: { required: true, publicRead: new Set<string>() },
  },
)

const users = resource(
  'users',
  Type.Object({
    username: Line({ minLength: 1, maxLength: 39 }),
    name: Type.Optional(Line({ maxLength: 200 })),
    rank: Type.Optional(Type.String()),
  }),
  { description: 'With keys of their own', key: 'username', search: ['name', 'username', 'rank'] },
)

feature(
  'rows whose key is a text are searched, too',
  async (t, { put, get, request }) => {
    for (const [index, name] of ['Ada', 'Bob', 'Cy', 'Ada Bob'].entries())
      await put(`/users/u${9 - index}`, { name, rank: 'x'.repeat(60_000) })
    await request('DELETE', '/users/u8')
    const names = async (text: string) =>
      (await get(`/users?q=${text}`)).json.map(({ username }: { username: string }) => username)
    t.strictSame(await names('ada'), ['u9', 'u6'])
    t.strictSame(await names('u6'), ['u6'])
    t.strictSame(await names('bob'), ['u6'])
  },
  { resources: [users as unknown as Resource] },
)

const pets = resource(
  'pets',
  Type.Object({ name: Line({ maxLength: 40 }), user: Type.Optional(Ref<string>('users')) }),
  { description: 'Pets', search: ['name'] },
)

feature(
  'short beginnings of words are found, with what is included',
  async (t, { get, put, post }) => {
    await put('/users/ada', { name: 'Ada' })
    await post('/pets', { name: 'Abel', user: 'ada' })
    await post('/pets', { name: 'Bello' })
    for (const query of ['q=a*', 'q=a*&include=user_row', 'q=ab*%20abe*%20abel*'])
      t.match((await get(`/pets?${query}`)).json, [{ id: 1, user: 'ada' }], query)
    const counted = await get('/pets?q=b*', { prefer: 'count=exact' })
    t.match(counted, { json: [{ id: 2 }], headers: { 'x-total-count': '1' } })
  },
  { resources: [pets, users] as readonly object[] as Resource[] },
)
