// What becomes of the rows that refer to one that is deleted: they stand in the way, lose the reference, or go too.

import { Type } from '@sinclair/typebox'
import { type Change, Ref, Refusal, type Resource, resource } from '../../src/resource/resource.ts'
import { plain, type Store } from '../../src/store/store.ts'
import { feature, problemOf, type Service } from '../support/service.ts'

const text = () => Type.String({ minLength: 1, maxLength: 20, examples: ['one'] })

/** What the hooks of the comments have seen, before the commit and after it. */
const seen: string[] = []
const tell = (when: string, { operation, before, after }: Change<{ id: number }>) =>
  seen.push(`${when} ${operation} ${(after ?? before)?.id}`)

const users = resource('users', Type.Object({ name: text() }), { description: 'Who writes' })
const posts = resource(
  'posts',
  Type.Object({
    author: Ref('users', { onDelete: 'cascade' }),
    editor: Type.Optional(Ref('users', { onDelete: 'null' })),
    title: text(),
  }),
  { description: 'What users write' },
)
const comments = resource(
  'comments',
  Type.Object({
    post: Ref('posts', { onDelete: 'cascade' }),
    answer_to: Type.Optional(Ref('comments', { onDelete: 'cascade' })),
    text: text(),
  }),
  {
    description: 'What is said about posts',
    parent: 'post',
    hooks: {
      beforeWrite: change => {
        if (change.operation === 'delete' && change.before.text === 'stays')
          throw new Refusal(409, 'It stays.')
        tell('before', change)
      },
      afterCommit: change => {
        tell('after', change)
      },
    },
  },
)
const payments = resource('payments', Type.Object({ post: Ref('posts') }), {
  description: 'What was paid for a post',
})
const copies = resource('copies', Type.Object({ post: Ref('posts', { onDelete: 'cascade' }) }), {
  description: 'Kept when they are deleted',
  keepDeleted: true,
})

const resources = [users, posts, comments, payments, copies] as readonly object[] as Resource[]
const options = { resources, sample: false }

async function fill({ post }: Service): Promise<void> {
  for (const name of ['ann', 'ben', 'cat']) await post('/users', { name })
  await post('/posts', { author: 1, editor: 2, title: 'p1' })
  await post('/posts', { author: 2, editor: 1, title: 'p2' })
  await post('/comments', { post: 1, text: 'c1' })
  await post('/comments', { post: 1, answer_to: 1, text: 'c2' })
  await post('/comments', { post: 2, answer_to: 2, text: 'c3' })
  await post('/comments', { post: 2, text: 'c4' })
  await post('/copies', { post: 1 })
  seen.length = 0
}

async function ids({ get }: Service, path: string): Promise<number[]> {
  return (await get(path)).json.map(({ id }: { id: number }) => id)
}

feature(
  'rows that refer to a deleted one go with it, or lose the reference, by writes of their own',
  async (t, service) => {
    const { get, delete: remove } = service
    await fill(service)
    const { headers } = await get('/posts/2')
    t.equal((await remove('/users/1')).status, 204)
    t.strictSame(await ids(service, '/users'), [2, 3])
    const left = await get('/posts')
    t.strictSame(left.json, [{ id: 2, author: 2, editor: null, title: 'p2' }])
    const again = await get('/posts/2', { 'if-none-match': String(headers.etag) })
    t.equal(again.status, 200, 'which is another state of it')
    t.strictSame(await ids(service, '/comments'), [4], 'and an answer goes with what it answers')
    t.strictSame(await ids(service, '/copies'), [])
    const before = seen.filter(line => line.startsWith('before')).sort()
    t.strictSame(before, ['before delete 1', 'before delete 2', 'before delete 3'])
    t.strictSame(seen.filter(line => line.startsWith('after')).sort(), [
      'after delete 1',
      'after delete 2',
      'after delete 3',
    ])
  },
  options,
)

feature(
  'what stands in the way of a row that would go keeps everything as it is',
  async (t, service) => {
    const { post, patch, delete: remove } = service
    await fill(service)
    await post('/payments', { post: 1 })
    t.match(problemOf(await remove('/users/1')), {
      status: 409,
      detail: 'A post cannot be deleted while payments refer to it.',
    })
    t.match(problemOf(await remove('/posts/1')), {
      status: 409,
      detail: 'It cannot be deleted while payments refer to it.',
    })
    await remove('/payments/1')
    await patch('/comments/2', { text: 'stays' })
    t.match(problemOf(await remove('/users/1')), { status: 409, detail: 'It stays.' })
    t.strictSame(await ids(service, '/users'), [1, 2, 3])
    t.strictSame(await ids(service, '/posts'), [1, 2])
    t.strictSame(await ids(service, '/comments'), [1, 2, 3, 4])
    t.strictSame(await ids(service, '/copies'), [1])
    t.equal((await remove('/users/3')).status, 204)
  },
  options,
)

async function marked(store: Store, table: string) {
  return store.query(plain(`select id from ${table} where _deleted_at is not null order by id`))
}

async function moved(store: Store) {
  const rows = await store.query(
    plain('select "table", "row" from "_deleted_rows" order by "revision"'),
  )
  return rows.map(([table, row]) => [table, JSON.parse(String(row)).id])
}

feature(
  'what is kept when it is deleted is kept when it goes with another',
  async (t, service) => {
    const { store, delete: remove } = service
    await fill(service)
    await remove('/posts/1')
    t.strictSame(await marked(store, 'copies'), [])
    t.strictSame(await moved(store), [['copies', 1]])
  },
  options,
)

const teams = resource(
  'teams',
  Type.Object({ name: text(), lead: Type.Optional(Ref('members', { onDelete: 'null' })) }),
  { description: 'Who work together' },
)
const members = resource(
  'members',
  Type.Object({
    team: Ref('teams', { onDelete: 'cascade' }),
    mentor: Type.Optional(Ref('members', { onDelete: 'cascade' })),
    name: text(),
  }),
  { description: 'Who are in a team' },
)
const circle = { resources: [teams, members] as readonly object[] as Resource[], sample: false }

feature(
  'a circle of references is undone where it can be',
  async (t, service) => {
    const { get, post, patch, delete: remove } = service
    for (const name of ['a', 'b']) await post('/teams', { name })
    await post('/members', { team: 1, name: 'm1' })
    await post('/members', { team: 1, mentor: 1, name: 'm2' })
    await post('/members', { team: 2, mentor: 2, name: 'm3' })
    await patch('/members/1', { mentor: 2 })
    await patch('/teams/1', { lead: 2 })
    await patch('/teams/2', { lead: 1 })
    t.equal((await remove('/teams/1')).status, 204, 'its members refer to each other')
    t.strictSame((await get('/teams')).json, [{ id: 2, name: 'b', lead: null }])
    t.strictSame(await ids(service, '/members'), [], 'and to members of other teams')
  },
  circle,
)

feature(
  'a row that refers to itself can be deleted',
  async (t, { post, patch, delete: remove }) => {
    await post('/teams', { name: 'a' })
    await post('/members', { team: 1, name: 'm1' })
    await patch('/members/1', { mentor: 1 })
    t.equal((await remove('/members/1')).status, 204)
  },
  circle,
)

const seats = resource(
  'seats',
  Type.Object({ room: Type.Optional(Ref('rooms', { onDelete: 'cascade' })), name: text() }),
  { description: 'Which may be in a room' },
)
const rooms = resource(
  'rooms',
  Type.Object({ main: Ref('doors', { onDelete: 'cascade' }), name: text() }),
  { description: 'Which have a main door' },
)
const doors = resource(
  'doors',
  Type.Object({ seat: Ref('seats', { onDelete: 'cascade' }), name: text() }),
  { description: 'Which have a seat beside them' },
)

feature(
  'rows that must refer to each other in a circle go together, in an order that the references allow',
  async (t, service) => {
    const { post, patch, delete: remove } = service
    await post('/seats', { name: 's' })
    await post('/doors', { seat: 1, name: 'd' })
    await post('/rooms', { main: 1, name: 'r' })
    await patch('/seats/1', { room: 1 })
    t.equal((await remove('/doors/1')).status, 204)
    for (const path of ['/seats', '/doors', '/rooms']) t.strictSame(await ids(service, path), [])
  },
  { resources: [seats, rooms, doors] as readonly object[] as Resource[], sample: false },
)

feature(
  'a deletion takes a bounded number of rows with it',
  async (t, { store, post, get, delete: remove }) => {
    await post('/users', { name: 'ann' })
    await post('/posts', { author: 1, title: 'p1' })
    await store.transact(function* () {
      yield plain(`insert into copies (post, _rev) with recursive n (i) as
        (select 1 union all select i + 1 from n where i < 10000) select 1, 1000000 + i from n`)
    })
    t.match(problemOf(await remove('/users/1')), {
      status: 409,
      detail: 'More than 10000 rows would change with it. Delete or change some of them first.',
    })
    t.equal((await get('/posts/1')).status, 200)
    t.equal((await remove('/copies/1')).status, 204)
    t.equal((await remove('/copies/2')).status, 204)
    t.equal((await remove('/users/1')).status, 204)
    t.strictSame((await get('/copies')).json, [])
  },
  options,
)
