// A merge patch that replaces values is one statement on PostgreSQL. With an Idempotency-Key the row is read first, so both
// ways are compared here: the same answer, and the same row afterwards.

import type { Test } from 'tap'
import {
  CreatedAt,
  Decimal,
  Enum,
  From,
  Line,
  Ref,
  resource,
  Type,
  UpdatedAt,
} from '../../src/restwell.ts'
import { type Holder, holder, required } from '../support/access.ts'
import { feature, type Received, type Service } from '../support/service.ts'

const shelves = resource('shelves', Type.Object({ name: Line({ maxLength: 20 }) }), {
  description: 'Where things stand',
})

const things = resource(
  'things',
  Type.Object({
    shelf_id: Type.Optional(Ref('shelves')),
    shelf_name: Type.Optional(From('shelf_id', 'name')),
    name: Line({ minLength: 1, maxLength: 20 }),
    note: Type.Optional(Type.String({ maxLength: 20 })),
    price: Decimal(8, 2, { default: '1.00' }),
    state: Enum(['new', 'used'], { default: 'new' }),
    seen_at: Type.Optional(Type.String({ format: 'date-time' })),
    size: Type.Optional(
      Type.Object({ width: Type.Integer(), depth: Type.Optional(Type.Integer()) }),
    ),
    code: Type.Optional(Line({ maxLength: 9, fixed: true })),
    count: Type.Integer({ default: 0, readOnly: true }),
    created_at: CreatedAt(),
    updated_at: UpdatedAt(),
  }),
  { description: 'Things', unique: ['name'], keepDeleted: true },
)

const patches: readonly object[] = [
  {},
  { name: 'b' },
  { name: 'taken' },
  { name: '' },
  { name: null },
  { name: 'b', note: null },
  { note: 'n', price: '2.5', state: 'used' },
  { price: 'x' },
  { state: null },
  { seen_at: '2026-01-01T02:00:00+02:00' },
  { size: { depth: 2 } },
  { size: null },
  { shelf_id: 2 },
  { shelf_id: 9 },
  { shelf_id: null },
  { shelf_name: 'Left' },
  { code: 'c' },
  { code: 'd' },
  { count: 0 },
  { count: 1 },
  { id: 2 },
  { created_at: '2020-01-01T00:00:00Z' },
  { other: 1 },
]

/** What differs in any case: the key, the name that is unique, the revision, and the moments. */
function comparable({ status, json, headers }: Received, id: number): object {
  const { id: key, created_at: _, updated_at: __, instance: ___, ...rest } = json ?? {}
  const { etag, 'content-location': content } = headers
  return {
    status,
    rest,
    isKey: key === undefined || key === id,
    isTagged: etag !== undefined,
    content: content?.replace(String(id), ''),
  }
}

const first = { shelf_id: 1, note: 'first', size: { width: 1 }, code: 'c' }

async function compare(t: Test, { request, get, post }: Service, patch: object): Promise<void> {
  const outcomes: object[] = []
  for (const more of [{}, { 'idempotency-key': JSON.stringify(patch) }]) {
    const { json: thing } = await post('/things', { ...first, name: 'a' })
    const url = `/things/${thing.id}`
    const headers = { 'content-type': 'application/merge-patch+json', ...more }
    const answer = await request('PATCH', url, { body: JSON.stringify(patch), headers })
    const now = await get(url)
    if (answer.status === 200) {
      t.equal(now.text, answer.text, 'it is stored as it was returned')
      t.equal(now.headers.etag, answer.headers.etag)
      t.ok(now.json.updated_at >= thing.updated_at)
    }
    outcomes.push([comparable(answer, thing.id), comparable(now, thing.id)])
    await request('DELETE', url)
  }
  t.strictSame(outcomes[0], outcomes[1], JSON.stringify(patch))
}

feature(
  'a patch does the same, whether its row is read before or not',
  async (t, service) => {
    await service.post('/shelves', { name: 'Left' })
    await service.post('/shelves', { name: 'Right' })
    await service.post('/things', { name: 'taken' })
    for (const patch of patches) await compare(t, service, patch)
    const gone = await service.request('PATCH', '/things/2', {
      body: '{"note":"x"}',
      headers: { 'content-type': 'application/merge-patch+json' },
    })
    t.equal(gone.status, 404, 'a deleted row that is kept')
  },
  { resources: [shelves, things], sample: false },
)

const notes = resource('notes', Type.Object({ text: Line({ maxLength: 20 }) }), {
  description: 'Notes of their owners',
  owner: true,
})

feature(
  'a row of somebody else is not found, and stays as it is',
  async (t, { request, post, get, store }) => {
    const ada = await holder(store, ['notes:read', 'notes:write'])
    const ben = await holder(store, ['notes:read', 'notes:write'])
    const { json } = await post('/notes', { text: 'mine' }, ada.headers)
    const url = `/notes/${json.id}`
    const patchAs = ({ headers }: Holder) =>
      request('PATCH', url, {
        body: '{"text":"changed"}',
        headers: { 'content-type': 'application/merge-patch+json', ...headers },
      })
    t.equal((await patchAs(ben)).status, 404)
    t.match((await get(url, ada.headers)).json, { text: 'mine' })
    t.equal((await patchAs(ada)).status, 200)
    t.match((await get(url, ada.headers)).json, { text: 'changed' })
  },
  { resources: [notes], access: required },
)
