// What a caller does not see is not there: in no way can it be told from a row that nobody has.

import { readFileSync } from 'node:fs'
import { Type } from '@sinclair/typebox'
import { pino } from 'pino'
import type { Test } from 'tap'
import { type Resource, resource, sql } from '../../src/resource/resource.ts'
import { holder } from '../support/access.ts'
import { limited, partlyPublic } from '../support/limited.ts'
import { checkProblem } from '../support/problem.ts'
import { sign, startProvider } from '../support/provider.ts'
import {
  feature,
  onEveryDatabase,
  problemOf,
  type Service,
  startService,
} from '../support/service.ts'

const clock = () => new Date('2026-06-01T12:00:00Z')
const resources = [...limited, partlyPublic]
const names = resources.map(({ name }) => name)
const scopes = names.flatMap(name => [`${name}:read`, `${name}:write`])

type Headers = Record<string, string>

interface Scene extends Service {
  /** The header fields of somebody with these claims. */
  readonly as: (sub: string, claims?: object) => Promise<Headers>
}

async function scene(t: Test, url: string): Promise<Scene> {
  const provider = await startProvider(t)
  const publicRead = new Set(['articles'])
  const access = { required: true, publicRead, tokens: provider.settings }
  const service = await startService(t, url, { resources, access, clock })
  const as = async (sub: string, claims: object = {}) => ({
    authorization: `Bearer ${await sign(provider, clock(), { claims: { sub, scope: scopes.join(' '), ...claims } })}`,
  })
  return { ...service, as }
}

/** Ada has founded club 1, with project 1, Bob club 2, with project 2. */
async function twoClubs({ post, as }: Scene): Promise<{ ada: Headers; bob: Headers }> {
  const [ada, bob] = [await as('ada'), await as('bob')]
  for (const [id, headers] of [
    [1, ada],
    [2, bob],
  ] as const) {
    await post('/clubs', { name: `Club ${id}` }, headers)
    await post('/projects', { club_id: id, name: `Project ${id}` }, headers)
    await post('/tasks', { project_id: id, name: `Task ${id}` }, headers)
  }
  return { ada, bob }
}

/** Every request that could touch what is Ada's, and what it gets where it is not. */
const attempts: readonly [method: string, url: string, json?: unknown][] = [
  ['GET', '/clubs/1'],
  ['PATCH', '/clubs/1', { name: 'Mine' }],
  ['DELETE', '/clubs/1'],
  ['GET', '/memberships/1'],
  ['DELETE', '/memberships/1'],
  ['GET', '/clubs/1/projects'],
  ['GET', '/clubs/1/projects?name=Project%201'],
  ['POST', '/clubs/1/projects', { name: 'Mine' }],
  ['GET', '/clubs/1/projects/1'],
  ['GET', '/clubs/1/projects/2'],
  ['GET', '/projects/1'],
  ['HEAD', '/projects/1'],
  ['GET', '/projects/1?fields=id'],
  ['GET', '/projects/1/size'],
  ['POST', '/projects/1/close'],
  ['PUT', '/projects/1', { club_id: 2, name: 'Mine' }],
  ['PATCH', '/projects/1', { name: 'Mine' }],
  ['DELETE', '/projects/1'],
  ['GET', '/tasks/1'],
  ['PATCH', '/tasks/1', { name: 'Mine' }],
  ['DELETE', '/tasks/1'],
  ['GET', '/projects/1/tasks'],
  ['POST', '/projects/1/tasks', { name: 'Mine' }],
  ['GET', '/projects/1/tasks/1'],
  ['GET', '/projects/1/posters'],
  ['POST', '/projects/1/posters', { name: 'Mine' }],
]

const nowhere = (url: string) => url.replaceAll(/\/1(?!\d)/g, '/999')

onEveryDatabase(
  'a row that a caller does not see is answered as one that is not there',
  async (t, url) => {
    const service = await scene(t, url)
    const { ada, bob } = await twoClubs(service)
    const before = await service.get('/projects/1', ada)
    for (const extra of [
      {},
      { 'if-match': before.headers.etag ?? '' },
      { 'idempotency-key': 'one' },
    ])
      for (const [method, at, json] of attempts) {
        const send = (address: string) =>
          service.request(method, address, { json, headers: { ...bob, ...extra } })
        const [answer, none] = [await send(at), await send(nowhere(at))]
        t.equal(answer.status, 404, `${method} ${at}`)
        if (method !== 'HEAD') t.strictSame(problemOf(answer), problemOf(none), `${method} ${at}`)
      }
    const after = await service.get('/projects/1', ada)
    t.strictSame([after.text, after.headers.etag], [before.text, before.headers.etag])
  },
)

onEveryDatabase('lists, counts and filters know of what a caller sees', async (t, url) => {
  const service = await scene(t, url)
  const { ada, bob } = await twoClubs(service)
  const paths = ['/clubs', '/projects', '/tasks', '/projects?sort=-name', '/tasks?id_gte=0']
  for (const path of paths) {
    // Within one turn of the event loop, in which callers share what they read.
    const [hers, his] = await Promise.all(
      [ada, bob].map(headers => service.get(path, { ...headers, prefer: 'count=exact' })),
    )
    t.strictSame(
      hers?.json.map(({ id }: { id: number }) => id),
      [1],
      path,
    )
    t.strictSame(
      his?.json.map(({ id }: { id: number }) => id),
      [2],
      path,
    )
    t.strictSame([hers?.headers['x-total-count'], his?.headers['x-total-count']], ['1', '1'])
    t.not(hers?.headers.etag, his?.headers.etag)
    t.equal(hers?.headers['cache-control'], 'private, no-cache')
  }
  t.strictSame((await service.get('/projects?club_id=1', bob)).json, [])
  const { headers } = await service.get('/projects', ada)
  const asHim = await service.get('/projects', { ...bob, 'if-none-match': headers.etag ?? '' })
  t.equal(asHim.status, 200, 'the tag of her page is none of his')
})

onEveryDatabase('a cursor shows its bearer what the bearer sees', async (t, url) => {
  const service = await scene(t, url)
  const { ada, bob } = await twoClubs(service)
  await service.post('/projects', { club_id: 1, name: 'Third' }, ada)
  const { headers } = await service.get('/projects?limit=1', ada)
  const next = /<([^>]*)>; rel="next"/.exec(headers.link ?? '')?.[1] ?? ''
  const ids = async (sent: Headers) =>
    (await service.get(next, sent)).json.map(({ id }: { id: number }) => id)
  t.strictSame([await ids(ada), await ids(bob)], [[3], [2]])
})

onEveryDatabase(
  'a reference to a row that a caller does not see is one to no row',
  async (t, url) => {
    const service = await scene(t, url)
    const { bob } = await twoClubs(service)
    const table: [method: string, at: string, body: (id: number) => object][] = [
      ['POST', '/projects', club_id => ({ club_id, name: 'Mine' })],
      ['PUT', '/projects/2', club_id => ({ club_id, name: 'Mine' })],
      ['PATCH', '/projects/2', club_id => ({ club_id })],
      ['POST', '/posters', project_id => ({ project_id, name: 'Mine' })],
      ['POST', '/posters', id => ({ related: [2, id], name: 'Mine' })],
      ['PATCH', '/tasks/2', id => ({ related: [id] })],
    ]
    for (const [method, at, body] of table) {
      const send = (id: number) => service.request(method, at, { json: body(id), headers: bob })
      const [answer, none] = [await send(1), await send(999)]
      t.equal(answer.status, 409, `${method} ${at}`)
      t.strictSame(problemOf(answer), problemOf(none))
    }
    const taken = await service.post('/projects', { club_id: 2, name: 'Project 1' }, bob)
    t.strictSame(
      [taken.status, taken.json.errors],
      [409, [{ pointer: '#/name', detail: 'is taken' }]],
      'unique values are unique among all rows, and no more is said',
    )
    const named = await service.post('/projects', { id: 1, club_id: 2, name: 'Mine' }, bob)
    t.equal(named.status, 422, 'nor can keys be tried')
  },
)

onEveryDatabase('nobody writes a row out of their own sight', async (t, url) => {
  const service = await scene(t, url)
  const [three, four] = [
    await service.as('ada', { customer_id: 3 }),
    await service.as('bob', { customer_id: 4 }),
  ]
  t.equal((await service.post('/orders', { code: 'A', customer_id: 3 }, three)).status, 201)
  const wrong: [string, string, object][] = [
    ['POST', '/orders', { code: 'B', customer_id: 4 }],
    ['PUT', '/orders/B', { customer_id: 4 }],
    ['PUT', '/orders/A', { customer_id: 4 }],
    ['PATCH', '/orders/A', { customer_id: 4 }],
  ]
  for (const [method, at, json] of wrong) {
    const answer = await service.request(method, at, {
      json,
      headers: { ...three, 'idempotency-key': at },
    })
    const { detail } = checkProblem(t, `${method} ${at}`, answer, 403)
    t.equal(detail, 'The credentials do not allow an order like this: you would not see it.')
  }
  t.strictSame((await service.get('/orders', four)).json, [])
  t.strictSame((await service.get('/orders', three)).json, [{ code: 'A', customer_id: 3 }])
  const over = await service.put('/orders/A', { customer_id: 4 }, four)
  t.strictSame([over.status, over.json.errors], [409, [{ pointer: '#/code', detail: 'is taken' }]])
  const club = await service.post('/clubs', { name: 'Chess' }, three)
  t.equal(club.status, 201, 'what a hook does counts: the founder is a member')
})

onEveryDatabase(
  'a filter may be a claim: one that is lacking is equal to nothing',
  async (t, url) => {
    const service = await scene(t, url)
    const staff = await holder(service.store, ['orders:admin', 'orders:read', 'orders:write'])
    for (const [code, customer_id] of Object.entries({ A: 3, B: 4, C: 5 }))
      await service.post('/orders', { code, customer_id }, staff.headers)
    const seenBy = async (claims: object) =>
      (await service.get('/orders', await service.as('ada', claims))).json.map(
        ({ code }: { code: string }) => code,
      )
    t.strictSame(await seenBy({ customer_id: 4 }), ['B'])
    t.strictSame(await seenBy({ customer_id: [3, 5] }), ['A', 'C'])
    t.strictSame(await seenBy({ customer_id: [] }), [])
    t.strictSame(await seenBy({ customer_id: null }), [])
    t.strictSame(await seenBy({}), [])
    t.equal(
      (await service.get('/orders', staff.headers)).json.length,
      3,
      'who administers sees all',
    )
    for (const customer_id of ['4', true, { gte: 1 }, 4.5])
      t.equal((await service.get('/orders', await service.as('ada', { customer_id }))).status, 500)
  },
)

onEveryDatabase('what the public sees can be less than what callers see', async (t, url) => {
  const service = await scene(t, url)
  const ada = await service.as('ada')
  for (const published of [true, false])
    await service.post('/articles', { name: 'A', published }, ada)
  t.equal((await service.get('/articles', ada)).json.length, 2)
  t.equal((await service.get('/articles')).json.length, 1)
  t.strictSame(
    [(await service.get('/articles/1')).status, (await service.get('/articles/2')).status],
    [200, 404],
  )
})

onEveryDatabase(
  'a repeated request shows nothing that its caller sees no longer',
  async (t, url) => {
    const service = await scene(t, url)
    const { ada } = await twoClubs(service)
    const calls: [string, string, object][] = [
      ['POST', '/projects', { club_id: 1, name: 'Third' }],
      ['POST', '/projects/1/close', {}],
    ]
    const send = ([method, at, json]: [string, string, object]) =>
      service.request(method, at, {
        ...(at.endsWith('close') ? {} : { json }),
        headers: { ...ada, 'idempotency-key': `"${method} ${at}"` },
      })
    for (const call of calls) t.ok((await send(call)).status < 300)
    for (const call of calls) t.equal((await send(call)).headers['idempotent-replayed'], 'true')
    t.equal((await service.delete('/memberships/1', ada)).status, 204)
    const after = await Promise.all(calls.map(send))
    t.strictSame(
      after.map(({ status }) => status),
      [403, 404],
      'like a new row out of sight, and like a row that is not there',
    )
  },
)

onEveryDatabase(
  'the service itself sees all: what it deletes with a row, and what db asks for',
  async (t, url) => {
    const service = await scene(t, url)
    const { ada, bob } = await twoClubs(service)
    const root = await holder(service.store, ['*'])
    await service.post('/tasks', { project_id: 1, name: 'Hidden' }, root.headers)
    t.equal((await service.delete('/clubs/1', ada)).status, 204)
    t.strictSame(
      (await service.get('/tasks', root.headers)).json.map(({ id }: { id: number }) => id),
      [2],
    )
    t.equal((await service.get('/tasks', bob)).json.length, 1)
  },
)

feature(
  'on an open service everyone sees all',
  async (t, { get, post }) => {
    t.equal((await post('/orders', { code: 'A', customer_id: 3 })).status, 201)
    t.equal((await get('/orders')).json.length, 1)
  },
  { resources },
)

interface Entry {
  readonly msg: string
}

const entries: Entry[] = []
const logger = pino({ level: 'error' }, { write: line => void entries.push(JSON.parse(line)) })

/** The line of this file in which something stands, from 1. */
const lineOf = (code: string) =>
  readFileSync(import.meta.filename, 'utf8')
    .split('\n')
    .findIndex(line => line.includes(code)) + 1

const faults: readonly [what: string, visible: (caller: object) => unknown, message: RegExp][] = [
  ['nothing', () => undefined, /it returned undefined; return filters such as/],
  ['no filter', () => ({}), /it returned {}/],
  ['a list', () => [{ rank: 1 }], /it returned \[/],
  ['a promise', () => Promise.resolve(true), /it returned {}/],
  ['another name', () => ({ rnak: 1 }), /rnak/],
  ['a word for a number', () => ({ rank: 'one' }), /rank/],
  ['a limit', () => ({ limit: 1 }), /sort or limit, which are no filters/],
  ['SQL with another name', () => sql`rnak = ${1}`, /rnak/],
  ['a list in SQL', () => sql`rank in (${[1, 2]})`, /its SQL has the value \[1,2\]/],
  [
    'a mistake of its own',
    caller => (caller as { none: { x: 1 } }).none.x,
    new RegExp(`visible.test.ts:${lineOf('.none.x,')}:`),
  ],
]

for (const [what, visible, message] of faults)
  feature(
    `a fault in visible is one of the service, and shows nothing: it returns ${what}`,
    async (t, { get, post, store }) => {
      const { headers } = await holder(store, ['notes:read', 'notes:write'])
      const root = await holder(store, ['*'])
      await post('/notes', { rank: 1 }, root.headers)
      t.equal((await get('/notes', root.headers)).json.length, 1)
      for (const at of ['/notes', '/notes/1']) {
        entries.length = 0
        checkProblem(t, at, await get(at, headers), 500)
        t.match(entries[0]?.msg, /^in the option visible of schemas\/notes.ts/)
        t.match(entries[0]?.msg, message)
      }
    },
    {
      logger,
      access: { required: true, publicRead: new Set() },
      resources: [
        resource('notes', Type.Object({ rank: Type.Integer() }), {
          description: 'Notes',
          visible: visible as () => boolean,
        }) as unknown as Resource,
      ],
    },
  )
