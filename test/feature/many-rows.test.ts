// POST of many rows, each on a line: all of them are stored or none, as if each had been sent alone.

import type { Test } from 'tap'
import {
  CreatedAt,
  Decimal,
  Json,
  Password,
  Ref,
  Refs,
  Refusal,
  resource,
  Type,
} from '../../src/restwell.ts'
import { holder } from '../support/access.ts'
import { limitsOf, TestClock } from '../support/limits.ts'
import { owned } from '../support/owned.ts'
import { checkProblem } from '../support/problem.ts'
import { feature, type Received, type Service } from '../support/service.ts'

const ndjson = 'application/x-ndjson'
const csv = 'text/csv'

type Headers = Record<string, string>

function send(type: string, { request }: Service) {
  return (url: string, body: string | Buffer, headers: Headers = {}): Promise<Received> =>
    request('POST', url, { headers: { 'content-type': type, ...headers }, body })
}

const lines = (rows: readonly object[]) => rows.map(row => `${JSON.stringify(row)}\n`).join('')

async function rowsOf({ get }: Service, url: string): Promise<Record<string, unknown>[]> {
  return (await get(`${url}?limit=1000`)).json
}

const country = (index: number) => ({
  name: `Land ${index}`,
  capital: `Town ${index}`,
  area: index,
})

feature('a thousand rows are created by one request, in their order', async (t, service) => {
  const rows = Array.from({ length: 1000 }, (_, index) => country(index))
  const answer = await send(ndjson, service)('/countries', lines(rows))
  t.strictSame([answer.status, answer.text], [201, '{"created":1000}'])
  t.equal(answer.headers['content-type'], 'application/vnd.restwell.counts+json; charset=utf-8')
  t.strictSame([answer.headers.location, answer.headers.etag], [undefined, undefined])
  const stored = (await service.get('/countries?limit=1000&sort=id&area_lt=1000')).json
  t.strictSame(
    stored,
    rows.map((row, index) => ({ id: index + 4, ...row })),
  )
  const next = await service.post('/countries', country(1))
  t.equal(next.json.id, 1004)
})

const things = resource(
  'things',
  Type.Object({
    name: Type.String(),
    note: Type.Optional(Type.String()),
    count: Type.Optional(Type.Integer()),
    weight: Type.Optional(Type.Number()),
    is_new: Type.Optional(Type.Boolean()),
    price: Type.Optional(Decimal(10, 2)),
    made_on: Type.Optional(Type.String({ format: 'date' })),
    seen_at: Type.Optional(Type.String({ format: 'date-time' })),
    tags: Type.Optional(Type.Array(Type.String())),
    size: Type.Optional(Type.Object({ height: Type.Integer(), width: Type.Integer() })),
    extra: Type.Optional(Json()),
    rank: Type.Integer({ default: 7 }),
  }),
  { description: 'One field of each kind' },
)

feature(
  'CSV has values of every kind',
  async (t, service) => {
    const text = [
      '\uFEFFname,note,count,weight,is_new,price,made_on,seen_at,tags,size,extra,rank\r\n',
      'plain,,,,,,,,,,,\r\n',
      '"a ""quoted"", line\nof two","",-3,1.5e3,true,12.50,2024-02-29,2024-02-29T12:00:00+02:00,"[""x"",""y""]","{""height"":1,""width"":2}",null,1\n',
      '\n',
      'last,"  ",0,-0.5,false,0.00,,,[],,"{""a"":[1]}",2',
    ].join('')
    const stored = await send(csv, service)('/things', text)
    t.strictSame([stored.status, stored.json], [201, { created: 3 }])
    const none = {
      note: null,
      count: null,
      weight: null,
      is_new: null,
      price: null,
      made_on: null,
      seen_at: null,
      tags: null,
      size: null,
      extra: null,
    }
    t.strictSame(await rowsOf(service, '/things'), [
      { id: 1, name: 'plain', ...none, rank: 7 },
      {
        id: 2,
        name: 'a "quoted", line\nof two',
        note: '',
        count: -3,
        weight: 1500,
        is_new: true,
        price: '12.50',
        made_on: '2024-02-29',
        seen_at: '2024-02-29T10:00:00.000Z',
        tags: ['x', 'y'],
        size: { height: 1, width: 2 },
        extra: null,
        rank: 1,
      },
      {
        id: 3,
        name: 'last',
        ...none,
        note: '  ',
        count: 0,
        weight: -0.5,
        is_new: false,
        price: '0.00',
        tags: [],
        extra: { a: [1] },
        rank: 2,
      },
    ])
  },
  { resources: [things] },
)

feature('the rows come back in the format in which they were sent', async (t, service) => {
  const prefer = { prefer: 'return=representation' }
  const one = await send(ndjson, service)('/countries', lines([country(1), country(2)]), prefer)
  t.strictSame(
    [one.status, one.headers['content-type'], one.headers['preference-applied']],
    [201, `${ndjson}; charset=utf-8`, 'return=representation'],
  )
  t.equal(
    one.text,
    lines([
      { id: 4, ...country(1) },
      { id: 5, ...country(2) },
    ]),
  )
  const other = await send(csv, service)('/countries', 'area,name,capital\n1,A,B\n', {
    ...prefer,
    accept: csv,
  })
  t.match(other.headers['content-type'], /^text\/csv; charset=utf-8/)
  t.equal(other.text, 'id,name,capital,area\r\n6,A,B,1\r\n')
  const minimal = await send(csv, service)('/countries', 'area,name,capital\n1,A,C\n', {
    prefer: 'return=minimal',
  })
  t.strictSame(
    [minimal.status, minimal.text, minimal.headers['preference-applied']],
    [201, '', 'return=minimal'],
  )
  checkProblem(
    t,
    'POST',
    await send(csv, service)('/countries', 'area\n', { ...prefer, accept: ndjson }),
    406,
  )
  t.equal(
    (await send(csv, service)('/countries', 'area\n', { accept: 'application/json' })).status,
    200,
  )
})

feature('nothing to store is stored', async (t, service) => {
  for (const [type, body] of [
    [ndjson, ''],
    [ndjson, '\n\n'],
    [csv, 'area'],
    [csv, 'area,name\r\n'],
  ] as const) {
    const answer = await send(type, service)('/countries', body)
    t.strictSame([answer.status, answer.json], [200, { created: 0 }], JSON.stringify(body))
  }
})

async function refused(t: Test, service: Service, type: string, body: string): Promise<unknown> {
  const before = await rowsOf(service, '/countries')
  const problem = checkProblem(t, 'POST', await send(type, service)('/countries', body), 422)
  t.strictSame(await rowsOf(service, '/countries'), before, 'nothing is stored')
  return problem.errors
}

feature('findings name the lines', async (t, service) => {
  const bad = `${lines([country(1)])}{"name":"","capital":"B","area":"1"}\n{]\n\n7\n{"name":"A","capital":"B","area":1,"x":2}`
  t.strictSame(await refused(t, service, ndjson, bad), [
    { line: 2, pointer: '#/name', detail: 'must NOT have fewer than 1 characters' },
    { line: 2, pointer: '#/area', detail: 'must be integer' },
    { line: 3, pointer: '#', detail: 'is not JSON' },
    { line: 5, pointer: '#', detail: 'must be object' },
    { line: 6, pointer: '#/x', detail: 'is not a known member' },
  ])
  t.strictSame(
    await refused(t, service, csv, 'name,capital,area\nA,B,1\n"x\ny",,2.5\n"",B,three\nA,B\n'),
    [
      { line: 3, pointer: '#/capital', detail: 'is required' },
      { line: 3, pointer: '#/area', detail: 'must be integer' },
      { line: 5, pointer: '#/name', detail: 'must NOT have fewer than 1 characters' },
      { line: 5, pointer: '#/area', detail: 'must be integer' },
      { line: 6, pointer: '#', detail: 'has 2 cells, and the header line 3' },
    ],
  )
})

const headers: readonly [text: string, finding: object][] = [
  ['', { pointer: '#', detail: 'must be a header line with the names of members' }],
  [
    'name,nmae\n1,2\n',
    { pointer: '#/nmae', detail: "is not a known member; did you mean 'name'?" },
  ],
  ['name,area,name\n1,2,3\n', { pointer: '#/name', detail: 'is in the header line twice' }],
  ['name,\n', { pointer: '#/', detail: 'is not a known member' }],
  ['"name\n', { pointer: '#', detail: 'has a quote that is never closed' }],
]

feature('a header line that is wrong is the only finding', async (t, service) => {
  for (const [text, finding] of headers)
    t.strictSame(await refused(t, service, csv, text), [{ line: 1, ...finding }], text)
})

feature('the first hundred findings are named, and how many more there are', async (t, service) => {
  const body = `name,capital,area\n${'A,B,-1\n'.repeat(130)}`
  const problem = checkProblem(t, 'POST', await send(csv, service)('/countries', body), 422)
  const errors = problem.errors as { line: number }[]
  t.strictSame([errors.length, errors.at(-1)?.line, problem.more], [100, 101, 30])
})

feature('10,000 rows are not too many, and neither are 16 MiB', async (t, service) => {
  const rows = lines([country(1)]).repeat(10_000)
  const many = await send(ndjson, service)('/countries', rows)
  t.strictSame([many.status, many.json], [201, { created: 10_000 }])
  const long = `${JSON.stringify(country(2)).padEnd(1024 * 1024 - 1)}\n`
  const large = await send(ndjson, service)('/countries', long.repeat(16))
  t.strictSame([large.status, large.json], [201, { created: 16 }])
})

feature(
  'more than 10,000 rows are too many, and a body above 16 MiB is too large',
  async (t, service) => {
    const row = lines([country(1)])
    checkProblem(t, 'POST', await send(ndjson, service)('/countries', row.repeat(10_001)), 413)
    const large = Buffer.alloc(16 * 1024 * 1024 + 1, ' ')
    checkProblem(t, 'POST', await send(ndjson, service)('/countries', large), 413)
    checkProblem(
      t,
      'POST',
      await service.request('POST', '/countries', {
        headers: { 'content-type': 'application/json' },
        body: Buffer.alloc(1024 * 1024 + 1, ' '),
      }),
      413,
    )
    checkProblem(t, 'POST', await send(csv, service)('/countries', Buffer.from([0xff, 0xfe])), 400)
    t.equal((await rowsOf(service, '/countries')).length, 3)
  },
)

feature(
  'a conflict with what is stored names the line, and nothing is stored',
  async (t, service) => {
    const book = (title: string, isbn13?: string) => ({ title, authors: [{ name: 'A' }], isbn13 })
    const body = lines([book('One'), book('Two', '978-1775093329'), book('Three')])
    const problem = checkProblem(t, 'POST', await send(ndjson, service)('/books', body), 409)
    t.strictSame(problem.errors, [{ line: 2, pointer: '#/isbn13', detail: 'is taken' }])
    const twice = lines([
      ...Array.from({ length: 200 }, () => book('X')),
      book('A', '978-1111111111'),
      book('B', '978-1111111111'),
    ])
    const other = checkProblem(t, 'POST', await send(ndjson, service)('/books', twice), 409)
    t.strictSame(other.errors, [{ line: 202, pointer: '#/isbn13', detail: 'is taken' }])
    t.equal((await rowsOf(service, '/books')).length, 2)
  },
)

feature(
  'a reference to nothing names the line; below a parent the address has it',
  async (t, service) => {
    const [event] = await rowsOf(service, '/events')
    const guests = Array.from({ length: 40 }, (_, index) => ({
      name: `Guest ${index}`,
      email: `${index}@example.com`,
      event_id: index === 33 ? 999 : event?.id,
    }))
    const problem = checkProblem(
      t,
      'POST',
      await send(ndjson, service)('/guests', lines(guests)),
      409,
    )
    t.strictSame(problem.errors, [{ line: 34, pointer: '#/event_id', detail: 'does not exist' }])
    const before = (await rowsOf(service, `/events/${event?.id}/guests`)).length
    const below = await send(csv, service)(
      `/events/${event?.id}/guests`,
      'name,email\nX,x@example.com\nY,y@example.com\n',
    )
    t.strictSame([below.status, below.json], [201, { created: 2 }])
    t.equal((await rowsOf(service, `/events/${event?.id}/guests`)).length, before + 2)
    const wrong = checkProblem(
      t,
      'POST',
      await send(csv, service)(
        `/events/${event?.id}/guests`,
        'name,email,event_id\nX,x@example.com,\nY,y@example.com,77\n',
      ),
      409,
    )
    t.match(wrong.errors, [{ line: 3, pointer: '#/event_id' }])
    checkProblem(
      t,
      'POST',
      await send(csv, service)('/events/999/guests', 'name,email\nX,x@example.com\n'),
      404,
    )
  },
)

const codes = resource(
  'codes',
  Type.Object({
    code: Type.String({ minLength: 1, maxLength: 10 }),
    label: Type.String({ maxLength: 20 }),
    note: Type.Optional(Type.String()),
    rank: Type.Integer({ default: 3 }),
    created_at: CreatedAt(),
  }),
  { description: 'Codes', key: 'code', unique: ['label'] },
)

feature(
  'rows whose key or unique values are taken are refused, left out or put in their place',
  async (t, service) => {
    const store = send(ndjson, service)
    await store(
      '/codes',
      lines([
        { code: 'a', label: 'A', note: 'x' },
        { code: 'b', label: 'B' },
      ]),
    )
    const rows = lines([
      { code: 'a', label: 'A2', rank: 9 },
      { code: 'c', label: 'C' },
      { code: 'c', label: 'C2' },
    ])
    checkProblem(t, 'POST', await store('/codes', rows), 409)
    const skipped = await store('/codes?on_duplicate=skip', rows)
    t.strictSame([skipped.status, skipped.json], [201, { created: 1, skipped: 2 }])
    const replaced = await store('/codes?on_duplicate=replace', rows)
    t.strictSame([replaced.status, replaced.json], [200, { created: 0, replaced: 3 }])
    const seen = (await rowsOf(service, '/codes')).map(({ created_at, ...row }) => row)
    t.strictSame(seen, [
      { code: 'a', label: 'A2', note: null, rank: 9 },
      { code: 'b', label: 'B', note: null, rank: 3 },
      { code: 'c', label: 'C2', note: null, rank: 3 },
    ])
    const taken = checkProblem(
      t,
      'POST',
      await store(
        '/codes?on_duplicate=replace',
        lines([
          { code: 'd', label: 'D' },
          { code: 'a', label: 'B' },
        ]),
      ),
      409,
    )
    t.strictSame(taken.errors, [{ line: 2, pointer: '#/label', detail: 'is taken' }])
    checkProblem(t, 'POST', await store('/codes?on_duplicate=merge', rows), 400)
  },
  { resources: [codes] },
)

feature('an Idempotency-Key holds for the whole', async (t, service) => {
  const store = (body: string) =>
    send(csv, service)('/countries', body, { 'idempotency-key': 'once' })
  const body = 'name,capital,area\nA,B,1\nC,D,2\n'
  const [first, again] = [await store(body), await store(body)]
  t.strictSame([first.status, first.text], [201, '{"created":2}'])
  t.strictSame(
    [again.status, again.text, again.headers['idempotent-replayed']],
    [201, first.text, 'true'],
  )
  checkProblem(t, 'POST', await store('name,capital,area\nA,B,1\n'), 422)
  t.equal((await rowsOf(service, '/countries')).length, 5)
})

const heard: string[] = []
const parts = resource('parts', Type.Object({ name: Type.String(), level: Type.Integer() }), {
  description: 'Parts',
  hooks: {
    beforeWrite: ({ after }) => {
      if (after?.name === 'bad') throw new Refusal(422, 'No bad parts.', 'name')
      return { name: String(after?.name).toUpperCase() }
    },
    afterCommit: ({ after }) => {
      heard.push(String(after?.name))
    },
  },
})

feature(
  'hooks run for each row',
  async (t, service) => {
    heard.length = 0
    const store = send(ndjson, service)
    const bad = checkProblem(
      t,
      'POST',
      await store(
        '/parts',
        lines([
          { name: 'a', level: 1 },
          { name: 'bad', level: 2 },
        ]),
      ),
      422,
    )
    t.strictSame(bad.errors, [{ line: 2, pointer: '#/name', detail: 'No bad parts.' }])
    t.strictSame(await rowsOf(service, '/parts'), [])
    t.equal(
      (
        await store(
          '/parts',
          lines([
            { name: 'a', level: 1 },
            { name: 'b', level: 2 },
          ]),
        )
      ).status,
      201,
    )
    t.strictSame(
      (await rowsOf(service, '/parts')).map(({ name }) => name),
      ['A', 'B'],
    )
    t.strictSame(heard, ['A', 'B'])
  },
  { resources: [parts] },
)

const labels = resource('labels', Type.Object({ name: Type.String() }), { description: 'Labels' })
const notes = resource(
  'notes',
  Type.Object({
    text: Type.String(),
    labels: Type.Optional(Refs('labels')),
    after: Type.Optional(Ref('notes')),
  }),
  { description: 'Notes', keepDeleted: true },
)
const members = resource('members', Type.Object({ name: Type.String(), password: Password() }), {
  description: 'Members',
})

feature(
  'lists of keys, kept rows and passwords are stored like those of single rows',
  async (t, service) => {
    await send(csv, service)('/labels', 'name\nred\nblue\n')
    const stored = await send(csv, service)(
      '/notes',
      'id,text,labels,after\n7,a,"[2,1]",\n8,b,,7\n',
    )
    t.equal(stored.status, 201)
    t.strictSame(await rowsOf(service, '/notes'), [
      { id: 7, text: 'a', labels: [2, 1], after: null },
      { id: 8, text: 'b', labels: [], after: 7 },
    ])
    await service.delete('/notes/8')
    const gone = checkProblem(
      t,
      'POST',
      await send(csv, service)('/notes', 'text,after\na,7\nb,8\n'),
      409,
    )
    t.strictSame(gone.errors, [{ line: 3, pointer: '#/after', detail: 'does not exist' }])
    t.equal((await send(csv, service)('/notes', 'id,text\n8,again\n')).status, 201)
    t.strictSame(
      (await send(csv, service)('/members', 'name,password\nA,correct horse\nB,battery staple\n'))
        .json,
      { created: 2 },
    )
    const many = `name,password\n${'A,correct horse\n'.repeat(101)}`
    checkProblem(t, 'POST', await send(csv, service)('/members', many), 413)
  },
  { resources: [labels, notes, members] },
)

feature(
  'rows have the owner who sent them, and refer only to rows that their sender sees',
  async (t, service) => {
    const scopes = ['folders', 'notes'].flatMap(name => [`${name}:read`, `${name}:write`])
    const [ada, bob] = [await holder(service.store, scopes), await holder(service.store, scopes)]
    const store = send(csv, service)
    checkProblem(t, 'POST', await store('/folders', 'title\nA\n'), 401)
    t.equal((await store('/folders', 'title\nA\nB\n', ada.headers)).status, 201)
    t.strictSame((await service.get('/folders', bob.headers)).json, [])
    t.equal((await service.get('/folders', ada.headers)).json.length, 2)
    const foreign = checkProblem(
      t,
      'POST',
      await store('/notes', 'title,folder_id\nX,1\nY,2\n', bob.headers),
      409,
    )
    t.strictSame(foreign.errors, [{ line: 2, pointer: '#/folder_id', detail: 'does not exist' }])
    checkProblem(t, 'POST', await store('/folders/1/notes', 'title\nX\n', bob.headers), 404)
    t.equal((await store('/notes', 'title,folder_id\nX,1\nY,2\n', ada.headers)).status, 201)
  },
  { resources: owned, access: { required: true, publicRead: new Set<string>() } },
)

const orders = resource(
  'orders',
  Type.Object({
    customer: Type.String(),
    salary: Type.Optional(Type.Integer({ scope: 'orders:salary' })),
  }),
  { description: 'Orders', visible: caller => ({ customer: String(caller.claims.customer) }) },
)

feature(
  'a row that its sender would not see is 403, and so is a field without its scope',
  async (t, service) => {
    const scopes = ['orders:read', 'orders:write']
    const { headers } = await holder(service.store, scopes, { claims: { customer: 'ada' } })
    const store = send(csv, service)
    t.equal((await store('/orders', 'customer\nada\nada\n', headers)).status, 201)
    const unseen = checkProblem(
      t,
      'POST',
      await store('/orders', 'customer\nada\nbob\nada\n', headers),
      403,
    )
    t.match(unseen.errors, [{ line: 3, pointer: '#' }])
    const scoped = checkProblem(
      t,
      'POST',
      await store('/orders', 'customer,salary\nada,\nada,3\n', headers),
      403,
    )
    t.strictSame(scoped.errors, [
      { line: 3, pointer: '#/salary', detail: 'needs the scope orders:salary' },
    ])
    t.equal((await service.get('/orders', headers)).json.length, 2)
  },
  { resources: [orders], access: { required: true, publicRead: new Set<string>() } },
)

const clock = new TestClock()

feature(
  'each row counts in the quotas',
  async (t, service) => {
    const store = (count: number) =>
      send(ndjson, service)(
        '/countries',
        lines(Array.from({ length: count }, (_, index) => country(index))),
      )
    const stored = await store(6)
    t.strictSame([stored.status, stored.headers.ratelimit], [201, '"minute";r=4;t=60'])
    const refused = await store(5)
    checkProblem(t, 'POST', refused, 429)
    t.strictSame(
      [refused.headers.ratelimit, refused.headers['retry-after']],
      ['"minute";r=3;t=60', '60'],
    )
    t.equal((await store(3)).status, 201)
    t.equal((await service.get('/countries')).status, 429)
    clock.advance(60)
    t.equal((await rowsOf(service, '/countries')).length, 12)
  },
  { limits: () => limitsOf({ anonymous: { requests_per_minute: 10 } }, clock) },
)

feature(
  'a single row whose key or unique values are taken is left out or put in their place, too',
  async (t, { post, get }) => {
    const first = await post('/codes', { code: 'a', label: 'A', note: 'x' })
    const skipped = await post('/codes?on_duplicate=skip', { code: 'b', label: 'A' })
    t.strictSame([skipped.status, skipped.json], [200, first.json])
    t.strictSame(
      [skipped.headers.etag, skipped.headers['content-location'], skipped.headers.location],
      [first.headers.etag, '/codes/a', undefined],
    )
    const replaced = await post('/codes?on_duplicate=replace', { code: 'a', label: 'B' })
    t.strictSame([replaced.status, replaced.json.note, replaced.json.label], [200, null, 'B'])
    const minimal = { prefer: 'return=minimal' }
    const quiet = await post('/codes?on_duplicate=skip', { code: 'a', label: 'C' }, minimal)
    t.strictSame([quiet.status, quiet.text], [200, ''])
    t.equal((await post('/codes?on_duplicate=skip', { code: 'c', label: 'C' })).status, 201)
    t.equal((await get('/codes')).json.length, 2)
  },
  { resources: [codes] },
)

const medals = resource(
  'medals',
  Type.Object({
    code: Type.String({ minLength: 1, maxLength: 10 }),
    metal: Type.String({ fixed: true, maxLength: 10 }),
  }),
  { description: 'Medals', key: 'code' },
)

feature(
  'a row that would change what is fixed in the row whose values it has is a conflict',
  async (t, { post, get }) => {
    const url = '/medals?on_duplicate=replace'
    const first = await post(url, { code: 'a', metal: 'gold' })
    t.equal(first.status, 201)
    const refused = await post(url, { code: 'a', metal: 'tin' })
    t.match(checkProblem(t, 'POST', refused, 409), {
      detail: 'It cannot replace the medal that has its values.',
      errors: [{ pointer: '#/metal', detail: 'cannot be changed after creation' }],
    })
    t.equal((await post(url, { code: 'a', metal: 'gold' })).status, 200)
    t.strictSame((await get('/medals/a')).json, first.json)
  },
  { resources: [medals] },
)
