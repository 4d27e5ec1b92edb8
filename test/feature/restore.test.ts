// Deleted rows that are kept: they are brought back, or deleted for good after some time.

import { Type } from '@sinclair/typebox'
import { deriveModels } from '../../src/definitions/load.ts'
import { createEngine } from '../../src/handlers/engine.ts'
import { purgeDeleted, purgePortion } from '../../src/handlers/purge.ts'
import {
  Password,
  Ref,
  Refs,
  Refusal,
  type Resource,
  resource,
  UpdatedAt,
  verifyPassword,
} from '../../src/resource/resource.ts'
import type { Store } from '../../src/store/store.ts'
import { feature, problemOf, type Service } from '../support/service.ts'

const text = Type.String({ maxLength: 30 })
const tags = resource('tags', Type.Object({ name: text }), {
  description: 'Tags',
  keepDeleted: true,
  restore: true,
})
const seen: string[] = []
const notes = resource(
  'notes',
  Type.Object({
    slug: text,
    tag_ids: Refs('tags', { onDelete: 'remove' }),
    secret: Type.Optional(Password()),
    changed: UpdatedAt(),
  }),
  {
    description: 'Notes',
    unique: ['slug'],
    keepDeleted: true,
    restore: true,
    keepFor: '90d',
    hooks: {
      beforeWrite({ operation, before, after }) {
        seen.push(`${operation} ${before?.slug} ${after?.slug}`)
        if (operation === 'restore' && after.slug === 'never')
          throw new Refusal(422, 'Never.', 'slug')
      },
    },
  },
)
const remarks = resource('remarks', Type.Object({ note_id: Ref('notes'), text }), {
  description: 'Remarks on notes',
  parent: 'note_id',
  keepDeleted: true,
  restore: true,
})
const resources = [tags, notes, remarks] as unknown as Resource[]

let now = new Date('2026-01-01T00:00:00Z')
const options = { resources, sample: false, clock: () => now }
const day = 86_400_000

const restore = ({ request }: Service, url: string, headers = {}) =>
  request('POST', `${url}/restore`, { headers })

feature(
  'a deleted row is brought back as it was, with another ETag',
  async (t, service) => {
    now = new Date('2026-01-01T00:00:00Z')
    const { get, post, delete: remove, store } = service
    await post('/tags', { name: 'red' })
    const made = await post('/notes', { slug: 'a', tag_ids: [1], secret: 'a long password' })
    const url = '/notes/1'
    t.match(problemOf(await restore(service, url)), { status: 409, detail: 'It is not deleted.' })
    t.equal((await restore(service, '/notes/7')).status, 404)
    await remove(url)
    now = new Date('2026-01-02T00:00:00Z')
    seen.length = 0
    const back = await restore(service, url)
    t.equal(back.status, 200)
    t.strictSame(back.json, { ...made.json, changed: '2026-01-02T00:00:00.000Z' })
    t.not(back.headers.etag, made.headers.etag)
    t.match(back.headers, { 'content-location': url })
    t.strictSame(seen, ['restore undefined a'])
    const read = await get(url)
    t.strictSame([read.json, read.headers.etag], [back.json, back.headers.etag])
    const [[secret] = []] = await store.query({ text: 'select secret from notes', values: [] })
    t.ok(await verifyPassword('a long password', String(secret)))
    t.equal((await restore(service, url)).status, 409)
  },
  options,
)

feature(
  'what is taken, missing or refused meanwhile keeps a row from coming back',
  async (t, service) => {
    const { post, delete: remove } = service
    await post('/notes', { slug: 'a' })
    await post('/notes/1/remarks', { text: 'x' })
    await remove('/remarks/1')
    await remove('/notes/1')
    t.match(problemOf(await restore(service, '/remarks/1')), {
      status: 409,
      errors: [{ pointer: '#/note_id', detail: 'does not exist' }],
    })
    await post('/notes', { slug: 'a' })
    t.match(problemOf(await restore(service, '/notes/1')), {
      status: 409,
      errors: [{ pointer: '#/slug', detail: 'is taken' }],
    })
    await remove('/notes/2')
    t.equal((await restore(service, '/notes/1')).status, 200)
    t.equal((await restore(service, '/remarks/1')).status, 200)
    await post('/notes', { slug: 'never' })
    await remove('/notes/3')
    t.match(problemOf(await restore(service, '/notes/3')), {
      status: 422,
      errors: [{ pointer: '#/slug', detail: 'Never.' }],
    })
  },
  options,
)

feature(
  'of many who restore a row one does, and a repetition with its key is the same',
  async (t, service) => {
    await service.post('/notes', { slug: 'a' })
    await service.delete('/notes/1')
    const answers = await Promise.all(
      Array.from({ length: 12 }, () => restore(service, '/notes/1')),
    )
    t.strictSame(answers.map(({ status }) => status).sort(), [
      200,
      ...Array.from({ length: 11 }, () => 409),
    ])
    await service.delete('/notes/1')
    const key = { 'idempotency-key': 'again' }
    const once = await restore(service, '/notes/1', key)
    const again = await restore(service, '/notes/1', key)
    t.strictSame([once.status, again.status], [200, 200])
    t.strictSame(again.json, once.json)
    t.equal((await restore(service, '/notes/1', { prefer: 'return=minimal' })).status, 409)
  },
  options,
)

function engineOf(store: Store) {
  const models = deriveModels(resources.map(resource => ({ file: 'schemas/all.ts', resource })))
  return createEngine({ models, store, clock: () => now })
}

async function countOf({ store }: Service, table: string): Promise<number> {
  const [[count] = []] = await store.query({ text: `select count(*) from ${table}`, values: [] })
  return Number(count)
}

feature(
  'kept rows are deleted for good when their time is over, and no others',
  async (t, service) => {
    now = new Date('2026-01-01T00:00:00Z')
    const { post, delete: remove, store, get } = service
    const engine = engineOf(store)
    await post('/tags', { name: 'red' })
    for (const slug of ['a', 'b', 'c']) await post('/notes', { slug, tag_ids: [1] })
    await post('/notes/1/remarks', { text: 'on a' })
    await remove('/remarks/1')
    await remove('/notes/1')
    now = new Date(now.getTime() + day)
    await remove('/notes/2')
    now = new Date(now.getTime() + 90 * day - 1)
    t.equal(await purgeDeleted(engine), false)
    t.equal(await countOf(service, 'notes'), 2, 'the first one is gone, the second one is not yet')
    t.equal(await countOf(service, 'remarks'), 0, 'what referred to it cannot stay in the table')
    t.equal(await countOf(service, 'notes_tag_ids'), 2)
    t.equal((await restore(service, '/notes/1')).status, 404)
    t.equal((await restore(service, '/notes/2')).status, 200)
    t.strictSame((await get('/notes?fields=slug&sort=slug')).json, [{ slug: 'b' }, { slug: 'c' }])
  },
  options,
)

feature(
  'many rows are deleted for good in portions, by several instances at once',
  async (t, service) => {
    now = new Date('2026-01-01T00:00:00Z')
    const { store } = service
    const engine = engineOf(store)
    const many = purgePortion + 30
    for (let n = 0; n < many; n++) await service.post('/notes', { slug: `n${n}` })
    for (let n = 1; n <= many; n++) await service.delete(`/notes/${n}`)
    await service.post('/notes', { slug: 'stays' })
    now = new Date(now.getTime() + 91 * day)
    t.equal(await purgeDeleted(engine), true)
    t.equal(await countOf(service, 'notes'), 31)
    await Promise.all([purgeDeleted(engine), purgeDeleted(engine), purgeDeleted(engineOf(store))])
    t.equal(await countOf(service, 'notes'), 1)
  },
  options,
)
