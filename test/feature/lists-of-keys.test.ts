// `Refs('labels')`: a row has a list of keys of other rows, which are there, each once, in the order of the caller.

import { Type } from '@sinclair/typebox'
import { Ref, Refs, type Resource, resource } from '../../src/resource/resource.ts'
import { plain } from '../../src/store/store.ts'
import { feature, problemOf, type Service } from '../support/service.ts'

const text = () => Type.String({ minLength: 1, maxLength: 20, examples: ['one'] })

const labels = resource('labels', Type.Object({ name: text() }), { description: 'For issues' })
const people = resource('people', Type.Object({ code: text() }), {
  description: 'Whose keys are texts',
  singular: 'person',
  key: 'code',
})
const issues = resource(
  'issues',
  Type.Object({
    title: text(),
    labels: Refs('labels', { onDelete: 'remove', description: 'What it is about' }),
    watchers: Refs<string>('people'),
    related: Refs('issues', { onDelete: 'remove', maxItems: 3 }),
  }),
  { description: 'Which have labels' },
)
const resources = [issues, labels, people] as readonly object[] as Resource[]
const options = { resources, sample: false }

async function fill({ post }: Service): Promise<void> {
  for (const name of ['bug', 'ui', 'api']) await post('/labels', { name })
  for (const code of ['ann', 'ben']) await post('/people', { code })
  await post('/issues', { title: 'a', labels: [3, 1], watchers: ['ben', 'ann'] })
  await post('/issues', { title: 'b', labels: [2], related: [1] })
  await post('/issues', { title: 'c' })
}

feature(
  'a list of keys is returned as it was sent, and is empty where it was not',
  async (t, service) => {
    const { get, post } = service
    await fill(service)
    const first = { id: 1, title: 'a', labels: [3, 1], watchers: ['ben', 'ann'], related: [] }
    t.strictSame((await get('/issues/1')).json, first)
    t.strictSame((await get('/issues')).json, [
      first,
      { id: 2, title: 'b', labels: [2], watchers: [], related: [1] },
      { id: 3, title: 'c', labels: [], watchers: [], related: [] },
    ])
    t.strictSame((await get('/issues?fields=labels')).json, [
      { labels: [3, 1] },
      { labels: [2] },
      { labels: [] },
    ])
    const created = await post('/issues', { title: 'd', labels: [1, 2, 3] })
    t.strictSame((await get('/issues/4')).text, created.text)
    t.equal((await get('/issues/4')).headers.etag, created.headers.etag)
  },
  options,
)

feature(
  'a list of keys is filtered by what is in it',
  async (t, service) => {
    await fill(service)
    const found = async (query: string) =>
      (await service.get(`/issues?${query}`)).json.map(({ id }: { id: number }) => id)
    t.strictSame(await found('labels=1'), [1])
    t.strictSame(await found('labels=1&labels=2'), [1, 2], 'one of them')
    t.strictSame(await found('labels=9'), [])
    t.strictSame(await found('labels_ne=1'), [2, 3], 'without it')
    t.strictSame(await found('watchers=ann&labels=3&sort=-title'), [1])
    t.strictSame(await found('related=1&limit=1'), [2])
    const counted = await service.get('/issues?labels=3', { prefer: 'count=exact' })
    t.equal(counted.headers['x-total-count'], '1')
    t.equal((await service.get('/issues?labels=x')).status, 400)
    t.equal((await service.get('/issues?sort=labels')).status, 400)
  },
  options,
)

feature(
  'PUT, merge patch and JSON Patch change a list, and with it the state of the row',
  async (t, service) => {
    const { get, put, patch, request } = service
    await fill(service)
    const { headers } = await get('/issues/1')
    const patched = await patch('/issues/1', { labels: [1, 2] })
    t.match(patched, { status: 200, json: { labels: [1, 2], watchers: ['ben', 'ann'] } })
    t.not(patched.headers.etag, headers.etag)
    t.strictSame((await get('/issues/1')).text, patched.text)
    const operations = [
      { op: 'add', path: '/labels/0', value: 3 },
      { op: 'remove', path: '/labels/2' },
    ]
    const type = { 'content-type': 'application/json-patch+json' }
    const jsonPatch = (json: object) =>
      request('PATCH', '/issues/1', { headers: type, body: JSON.stringify(json) })
    t.match(await jsonPatch(operations), { status: 200, json: { labels: [3, 1] } })
    t.match(await put('/issues/1', { title: 'a', watchers: ['ann'] }), {
      status: 200,
      json: { labels: [], watchers: ['ann'] },
    })
    t.equal((await patch('/issues/1', { labels: [1] }, { 'if-match': '"1"' })).status, 412)
    t.strictSame((await get('/issues/1')).json.labels, [])
  },
  options,
)

feature(
  'keys of no rows are refused with their places, and lists of a wrong form by the schema',
  async (t, service) => {
    const { get, post, patch } = service
    await fill(service)
    const missing = {
      status: 409,
      detail: 'It refers to something that does not exist.',
      errors: [
        { pointer: '#/labels/1', detail: 'does not exist' },
        { pointer: '#/watchers/0', detail: 'does not exist' },
      ],
    }
    const body = { title: 'd', labels: [1, 9], watchers: ['eve'] }
    t.match(problemOf(await post('/issues', body)), missing)
    t.match(problemOf(await patch('/issues/1', { labels: [1, 9], watchers: ['eve'] })), missing)
    t.equal((await get('/issues')).json.length, 3)
    t.strictSame((await get('/issues/1')).json.labels, [3, 1])
    for (const wrong of [[1, 1], ['1'], 1, null, [0]])
      t.equal((await patch('/issues/1', { labels: wrong })).status, 422, JSON.stringify(wrong))
    t.equal((await patch('/issues/1', { related: [1, 2, 3, 4] })).status, 422)
  },
  options,
)

feature(
  'a row that is deleted is taken from lists, or stands in the way',
  async (t, service) => {
    const { get, delete: remove } = service
    await fill(service)
    const { headers } = await get('/issues/1')
    t.equal((await remove('/labels/3')).status, 204)
    const left = await get('/issues/1', { 'if-none-match': String(headers.etag) })
    t.match(left, { status: 200, json: { labels: [1] } })
    t.match(problemOf(await remove('/people/ann')), {
      status: 409,
      detail: 'It cannot be deleted while issues refer to it.',
    })
    t.equal((await remove('/issues/1')).status, 204)
    t.strictSame((await get('/issues/2')).json.related, [])
    t.equal((await remove('/people/ann')).status, 204)
    const rows = await service.store.query(plain('select count(*) from issues_labels'))
    t.equal(Number(rows[0]?.[0]), 1)
  },
  options,
)

const tags = resource('tags', Type.Object({ name: text() }), {
  description: 'Kept, and of one caller',
  keepDeleted: true,
})
const cards = resource(
  'cards',
  Type.Object({ tags: Refs('tags'), parts: Refs('parts', { onDelete: 'remove', minItems: 1 }) }),
  { description: 'Kept when they are deleted', keepDeleted: true },
)
const parts = resource('parts', Type.Object({ card: Type.Optional(Ref('cards')) }), {
  description: 'Of cards',
})

feature(
  'lists of kept rows, and keys of kept rows',
  async (t, { get, post, delete: remove }) => {
    for (const name of ['a', 'b']) await post('/tags', { name })
    for (const card of [null, null]) await post('/parts', { card })
    await post('/cards', { tags: [1, 2], parts: [1] })
    t.equal((await post('/cards', { tags: [1] })).status, 422, 'a list that must have items')
    t.match(problemOf(await remove('/tags/1')), {
      status: 409,
      detail: 'It cannot be deleted while cards refer to it.',
    })
    t.equal((await remove('/cards/1')).status, 204)
    t.equal((await remove('/tags/1')).status, 204)
    t.match(problemOf(await post('/cards', { tags: [2, 1], parts: [1] })), {
      status: 409,
      errors: [{ pointer: '#/tags/1', detail: 'does not exist' }],
    })
    t.equal((await remove('/parts/1')).status, 204, 'only a deleted card has it')
    t.strictSame((await get('/cards')).json, [])
  },
  { resources: [tags, cards, parts] as readonly object[] as Resource[], sample: false },
)

const boards = resource('boards', Type.Object({ name: text() }), { description: 'Not kept' })
const colors = resource(
  'colors',
  Type.Object({
    board_id: Ref('boards', { onDelete: 'cascade' }),
    code: Type.String({ minLength: 1, maxLength: 9, examples: ['red'] }),
  }),
  { description: 'Kept, of a board', key: 'code', keepDeleted: true },
)
const pins = resource('pins', Type.Object({ colors: Refs('colors') }), {
  description: 'Kept, with colors',
  keepDeleted: true,
})

feature(
  'a deleted row in the list of a deleted row gives its key, and its place below another row, away',
  async (t, { post, delete: remove }) => {
    await post('/boards', { name: 'a' })
    for (const code of ['red', 'blue']) await post('/colors', { board_id: 1, code })
    await post('/pins', { colors: ['red', 'blue'] })
    for (const url of ['/pins/1', '/colors/red']) t.equal((await remove(url)).status, 204, url)
    t.equal((await post('/colors', { board_id: 1, code: 'red' })).status, 201, 'its key')
    t.equal((await remove('/boards/1')).status, 204, 'its place')
  },
  { resources: [boards, colors, pins] as readonly object[] as Resource[], sample: false },
)
