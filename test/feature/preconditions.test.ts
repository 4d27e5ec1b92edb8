// A client changes what it has seen, and nothing else (RFC 9110 §13.1.1, §13.1.2; RFC 6585 §3).

import { Type } from '@sinclair/typebox'
import { Ref, resource } from '../../src/resource/resource.ts'
import { feature, problemOf, type Received, type Service } from '../support/service.ts'

const tagOf = ({ headers: { etag = '' } }: Received) => etag

interface Change {
  readonly method: string
  readonly url: string
  readonly json?: unknown
  readonly status: number
}

const guest = {
  event_id: 1,
  name: 'Ada',
  email: 'ada.w@example.com',
  status: 'declined',
  plus_ones: 0,
}

/** Every way to change a member. */
const changes: readonly Change[] = [
  {
    method: 'PUT',
    url: '/countries/1',
    json: { name: 'Siam', capital: 'Bangkok', area: 1 },
    status: 200,
  },
  { method: 'PATCH', url: '/countries/1', json: { area: 2 }, status: 200 },
  { method: 'DELETE', url: '/countries/1', status: 204 },
  { method: 'PUT', url: '/users/ada', json: { name: 'Ada' }, status: 200 },
  { method: 'PATCH', url: '/v1/users/ada', json: { name: 'Ada' }, status: 200 },
  { method: 'DELETE', url: '/users/ada', status: 204 },
  { method: 'PUT', url: '/events/1/guests/1', json: guest, status: 200 },
  { method: 'PATCH', url: '/events/1/guests/1', json: { plus_ones: 1 }, status: 200 },
  { method: 'DELETE', url: '/events/1/guests/1', status: 204 },
  { method: 'DELETE', url: '/tasks/3643', status: 204 },
]

function send(
  { request }: Service,
  { method, url, json }: Change,
  headers: Record<string, string>,
) {
  return request(method, url, { headers, ...(json === undefined ? {} : { json }) })
}

type Row = [section: string, headers: (tag: string) => Record<string, string>]

const holds: Row[] = [
  ['none', () => ({})],
  ['§13.1.1: the tag', tag => ({ 'if-match': tag })],
  ['§13.1.1: one of several', tag => ({ 'if-match': `"x", W/"y",${tag}` })],
  ['the tag as nginx sends it on when it compresses', tag => ({ 'if-match': `W/${tag}` })],
  [
    'the tag as Apache sends it on when it compresses',
    tag => ({ 'if-match': tag.replace(/"$/, '-gzip"') }),
  ],
  ['§13.1.1: * for what is there', () => ({ 'if-match': '*' })],
  ['§13.1.2: another tag', () => ({ 'if-none-match': '"x", W/"y"' })],
  ['§13.2.2: both', tag => ({ 'if-match': tag, 'if-none-match': '"x"' })],
]

for (const [section, headers] of holds)
  feature(`the change is made: ${section}`, async (t, service) => {
    for (const change of changes) {
      const before = await service.get(change.url)
      const answer = await send(service, change, headers(tagOf(before)))
      t.equal(answer.status, change.status, `${change.method} ${change.url}`)
      const after = await service.get(change.url)
      if (change.method === 'DELETE') t.equal(after.status, 404)
      else t.strictSame([tagOf(answer), answer.text], [tagOf(after), after.text])
      t.not(tagOf(after), tagOf(before))
    }
  })

const fails: Row[] = [
  ['§13.1.1: another tag', () => ({ 'if-match': '"x"' })],
  ['§13.1.1: several others', () => ({ 'if-match': '"x", "y"' })],
  ['§5.6.1.2: no tag at all', () => ({ 'if-match': ',' })],
  ['§8.8.3.3: the tag of a variant', tag => ({ 'if-match': tag.replace(/"$/, '.x"') })],
  ['§8.8.3: a part of the tag', tag => ({ 'if-match': `"${tag.slice(2)}` })],
  ['§13.1.2: * for what is there', () => ({ 'if-none-match': '*' })],
  ['§13.1.2: the tag', tag => ({ 'if-none-match': tag })],
  ['§8.8.3.2: the weak tag', tag => ({ 'if-none-match': `"x", W/${tag}` })],
  ['§13.2.2: one of two', tag => ({ 'if-match': tag, 'if-none-match': tag })],
  ['§13.2.2: the other', () => ({ 'if-match': '"x"', 'if-none-match': '"y"' })],
]

feature(
  'a change whose precondition is false is 412 with the current tag, and nothing is changed',
  async (t, service) => {
    for (const change of changes)
      for (const [section, headers] of fails) {
        const name = `${section}: ${change.method} ${change.url}`
        const before = await service.get(change.url)
        const answer = await send(service, change, headers(tagOf(before)))
        t.strictSame(
          [answer.status, tagOf(answer), answer.headers['cache-control']],
          [412, tagOf(before), 'no-store'],
          name,
        )
        t.match(problemOf(answer), {
          type: 'about:blank',
          title: 'Precondition Failed',
          status: 412,
        })
        const after = await service.get(change.url)
        t.strictSame(
          [after.text, tagOf(after)],
          [before.text, tagOf(before)],
          'nothing has changed',
        )
      }
  },
)

feature(
  'the tag of one choice of fields does not let a change through',
  async (t, { get, patch }) => {
    const chosen = tagOf(await get('/countries/1?fields=name'))
    t.equal((await patch('/countries/1', { area: 1 }, { 'if-match': chosen })).status, 412)
  },
)

feature('a second change from the same state is refused', async (t, { get, patch }) => {
  const tag = tagOf(await get('/countries/1'))
  const first = await patch('/countries/1', { area: 1 }, { 'if-match': tag })
  const second = await patch('/countries/1', { area: 2 }, { 'if-match': tag })
  t.strictSame([first.status, second.status, tagOf(second)], [200, 412, tagOf(first)])
  const attempts = Array.from({ length: 10 }, (_, area) =>
    patch('/countries/1', { area }, { 'if-match': tagOf(first) }).then(({ status }) => status),
  )
  t.strictSame((await Promise.all(attempts)).toSorted(), [200, ...Array(9).fill(412)])
})

feature('a missing row is 404, whatever the precondition', async (t, service) => {
  const gone = changes
    .filter(({ method, url }) => !(method === 'PUT' && url.includes('users')))
    .map(change => ({ ...change, url: change.url.replace(/[^/]+$/, '987654') }))
  for (const change of gone)
    for (const headers of [{ 'if-match': '"7"' }, { 'if-match': '*' }, { 'if-none-match': '*' }]) {
      const answer = await send(service, change, headers)
      t.strictSame(
        [answer.status, answer.headers.etag],
        [404, undefined],
        `${change.method} ${change.url}`,
      )
    }
})

feature(
  'PUT under a key of the client creates only what the preconditions let it',
  async (t, { get, put }) => {
    const body = { name: 'Grace' }
    for (const headers of [{ 'if-match': '*' }, { 'if-match': '"7"' }, { 'if-match': 'W/"7"' }]) {
      const refused = await put('/users/grace', body, headers)
      t.strictSame(
        [refused.status, refused.headers.etag],
        [412, undefined],
        JSON.stringify(headers),
      )
      t.equal((await get('/users/grace')).status, 404)
    }
    const created = await put('/users/grace', body, { 'if-none-match': '*' })
    t.equal(created.status, 201)
    const again = await put('/users/grace', { name: 'Another' }, { 'if-none-match': '*' })
    t.strictSame([again.status, tagOf(again)], [412, tagOf(created)])
    t.strictSame((await get('/users/grace')).json, created.json)
    t.equal((await put('/users/alan', body, { 'if-none-match': '"7"' })).status, 201)
  },
)

feature('of many who create one user only one does', async (t, { put, get }) => {
  const names = Array.from({ length: 10 }, (_, at) => `Grace ${at}`)
  const answers = await Promise.all(
    names.map(name => put('/users/grace', { name }, { 'if-none-match': '*' })),
  )
  t.strictSame(answers.map(({ status }) => status).toSorted(), [201, ...Array(9).fill(412)])
  t.strictSame((await get('/users/grace')).json, answers.find(({ status }) => status === 201)?.json)
})

feature(
  'a precondition is looked at when the request would else succeed (§13.2.1)',
  async (t, service) => {
    const stale = { 'if-match': '"x"' }
    const table: [
      change: Omit<Change, 'status'>,
      headers: Record<string, string>,
      status: number,
    ][] = [
      [{ method: 'PATCH', url: '/countries/1', json: { area: 'large' } }, stale, 422],
      [{ method: 'PUT', url: '/countries/1', json: { name: 'Siam' } }, stale, 422],
      [{ method: 'PATCH', url: '/countries/one', json: { area: 1 } }, stale, 400],
      [{ method: 'DELETE', url: '/countries/1?x=1' }, stale, 400],
      [
        { method: 'PATCH', url: '/countries/1', json: { area: 1 } },
        { ...stale, accept: 'text/plain' },
        406,
      ],
      [
        { method: 'PATCH', url: '/countries/1', json: {} },
        { ...stale, 'content-type': 'text/plain' },
        415,
      ],
      [{ method: 'DELETE', url: '/countries' }, stale, 405],
      [{ method: 'PUT', url: '/users/ada', json: { username: 'grace' } }, stale, 412],
      [{ method: 'PUT', url: '/users/ada', json: { username: 'grace' } }, {}, 409],
      [{ method: 'DELETE', url: '/events/1' }, stale, 412],
      [{ method: 'DELETE', url: '/events/1' }, {}, 409],
      [{ method: 'PATCH', url: '/customers/1', json: { email: 'teo@example.com' } }, stale, 412],
      [{ method: 'PATCH', url: '/customers/1', json: { email: 'teo@example.com' } }, {}, 409],
    ]
    for (const [change, headers, status] of table)
      t.equal(
        (await send(service, { ...change, status }, headers)).status,
        status,
        `${change.method} ${change.url}`,
      )
  },
)

feature('a field that is no list of tags is refused', async (t, service) => {
  for (const change of changes)
    for (const field of ['If-Match', 'If-None-Match']) {
      const answer = await send(service, change, { [field]: 'x' })
      const detail = 'must be * or a list of entity tags in double quotes, as in "7"'
      t.equal(answer.status, 400, `${change.method} ${change.url}`)
      t.strictSame(problemOf(answer).errors, [{ parameter: field, in: 'header', detail }])
      t.equal((await service.get(change.url)).status, 200)
    }
})

const strict = { description: 'Changed with care', requireIfMatch: true } as const
const value = Type.Integer()
const code = Type.String({ minLength: 1, maxLength: 20, pattern: '^[a-z]+$' })

const ledgers = resource('ledgers', Type.Object({ value }), {
  ...strict,
  sample: [{ value: 1 }, { value: 1 }],
})
const rates = resource('rates', Type.Object({ code, value }), {
  ...strict,
  key: 'code',
  sample: [{ code: 'a', value: 1 }],
})
const entries = resource('entries', Type.Object({ ledger_id: Ref('ledgers'), value }), {
  ...strict,
  parent: 'ledger_id',
  sample: [
    { ledger_id: 1, value: 1 },
    { ledger_id: 1, value: 1 },
  ],
})

const strictChanges = [
  { url: '/ledgers/2', others: {} },
  { url: '/rates/a', others: {} },
  { url: '/entries/1', others: { ledger_id: 1 } },
  { url: '/ledgers/1/entries/2', others: { ledger_id: 1 } },
].flatMap(({ url, others }): Change[] => [
  { method: 'PUT', url, json: { ...others, value: 2 }, status: 200 },
  { method: 'PATCH', url, json: { value: 3 }, status: 200 },
  { method: 'DELETE', url, status: 204 },
])

feature(
  'a resource may ask for If-Match on every change: 428 without (RFC 6585 §3)',
  async (t, service) => {
    const { get, put, post, document } = service
    for (const change of strictChanges) {
      const before = await get(change.url)
      const table: [headers: Record<string, string>, status: number][] = [
        [{}, 428],
        [{ 'if-none-match': '"x"' }, 428],
        [{ 'if-none-match': '*' }, 412],
        [{ 'if-match': '"x"' }, 412],
        [{ 'if-match': 'W/"x"' }, 412],
        [{ 'if-match': tagOf(before) }, change.status],
      ]
      for (const [headers, status] of table) {
        const answer = await send(service, change, headers)
        const name = `${change.method} ${change.url} with ${JSON.stringify(headers)}`
        t.equal(answer.status, status, name)
        if (status === 428)
          t.equal(answer.json.detail, 'This resource is only changed by requests with If-Match.')
        if (status >= 400)
          t.equal((await get(change.url)).text, before.text, `${name} changes nothing`)
      }
    }
    t.equal((await service.delete('/ledgers/99')).status, 404, 'what is not there needs none')
    t.equal((await post('/ledgers', { value: 1 })).status, 201, 'nor does what is created')
    t.equal((await put('/rates/b', { value: 1 })).status, 201)
    t.equal((await put('/rates/b', { value: 1 })).status, 428)
    t.equal((await put('/rates/b', { value: 1 }, { 'if-match': '*' })).status, 200)
    t.equal((await put('/rates/b', { value: 'x' })).status, 422, 'the body is looked at first')
    for (const path of ['/ledgers/{id}', '/rates/{code}', '/ledgers/{ledger_id}/entries/{id}'])
      for (const method of ['put', 'patch', 'delete'])
        t.ok(document.paths[path]?.[method]?.responses[428], `${method} ${path} documents it`)
  },
  { resources: [ledgers, rates, entries] },
)
