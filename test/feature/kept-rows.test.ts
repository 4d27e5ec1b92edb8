// `keepDeleted`: a deleted row is gone for every caller, and stays in the database whatever they do next.

import { Type } from '@sinclair/typebox'
import { Ref, resource } from '../../src/resource/resource.ts'
import { plain, type Store } from '../../src/store/store.ts'
import { feature, problemOf, type Service } from '../support/service.ts'

const text = () => Type.String({ minLength: 1, maxLength: 20, examples: ['one'] })
const id = () => Type.Integer({ minimum: 1, examples: [1] })

const folders = resource('folders', Type.Object({ name: text() }), {
  description: 'What notes lie in',
})
const notes = resource(
  'notes',
  Type.Object({
    folder_id: Ref('folders'),
    copied_from: Type.Optional(id()),
    tags: Type.Array(text()),
    text: text(),
  }),
  {
    description: 'Below a folder, perhaps copied from another',
    parent: 'folder_id',
    keepDeleted: true,
  },
)
const tickets = resource('tickets', Type.Object({ code: text(), note: text() }), {
  description: 'Under a key of the client',
  key: 'code',
  keepDeleted: true,
})
const pages = resource('pages', Type.Object({ folder_id: Ref('folders') }), {
  description: 'Below a folder, and not kept',
  parent: 'folder_id',
})
const namesakes = resource('namesakes', Type.Object({ code: text(), namesakes: id() }), {
  description: 'With a field that has the name of its table',
  key: 'code',
  keepDeleted: true,
})
const resources = [folders, notes, tickets, pages]

const note = (text: string) => ({ folder_id: 1, tags: ['a'], text })

/** The deleted rows that moved out of their table. */
async function moved(store: Store) {
  const rows = await store.query(
    plain('select "table", "row" from "_deleted_rows" order by "revision"'),
  )
  return rows.map(([table, row]) => ({ table, ...JSON.parse(String(row)) }))
}

async function marked(store: Store, columns: string, table: string) {
  return store.query(plain(`select ${columns} from ${table} where _deleted_at is not null`))
}

feature(
  'a key that the client chose can be used again after DELETE, and both deleted rows are still in the database',
  async (t, { store, put, post, get, delete: remove }) => {
    const first = await put('/tickets/A1', { note: 'first' })
    t.equal(first.status, 201)
    await remove('/tickets/A1')
    t.equal((await get('/tickets/A1')).status, 404)
    t.strictSame(await marked(store, 'code, note', 'tickets'), [['A1', 'first']])

    const second = await put('/tickets/A1', { note: 'second' }, { 'if-none-match': '*' })
    t.match(second, { status: 201, json: { code: 'A1', note: 'second' } })
    t.not(second.headers.etag, first.headers.etag)
    t.equal(
      (await put('/tickets/A1', { note: 'late' }, { 'if-match': String(first.headers.etag) }))
        .status,
      412,
    )
    t.equal((await put('/tickets/A1', { note: 'late' }, { 'if-none-match': '*' })).status, 412)
    t.equal(
      (await post('/tickets', { code: 'A1', note: 'taken' })).status,
      409,
      'it is taken while its row is there',
    )
    await remove('/tickets/A1')

    const third = await post('/tickets', { code: 'A1', note: 'third' })
    t.equal(third.status, 201)
    t.equal(new Set([first, second, third].map(({ headers }) => headers.etag)).size, 3)
    t.strictSame((await get('/tickets')).json, [{ code: 'A1', note: 'third' }])
    t.match(await moved(store), [
      { table: 'tickets', code: 'A1', note: 'first', _deleted_at: String },
      { table: 'tickets', code: 'A1', note: 'second', _deleted_at: String },
    ])
  },
  { resources },
)

feature(
  'an id that the server made can be proposed again after DELETE, and it makes none twice',
  async (t, { store, post, get, delete: remove }) => {
    await remove('/tasks/3643')
    t.match(await post('/tasks', { id: 3643, summary: 'Wash it again' }), {
      status: 201,
      json: { id: 3643 },
    })
    t.equal((await post('/tasks', { id: 3643, summary: 'And again' })).status, 409)
    t.equal((await get('/tasks/3643')).json.summary, 'Wash it again')
    t.match(await moved(store), [{ table: 'tasks', id: 3643, summary: 'Wash car' }])
    const { json: next } = await post('/tasks', { summary: 'One more' })
    t.equal(next.id, 3793)
    await remove('/tasks/3793')
    await post('/tasks', { id: 3793, summary: 'Again' })
    await remove('/tasks/3793')
    t.equal((await post('/tasks', { summary: 'The next' })).json.id, 3794)
  },
)

feature(
  'a row can be deleted when only deleted rows refer to it, and those are still in the database',
  async (t, { store, post, get, delete: remove }) => {
    await post('/folders', { name: 'one' })
    await post('/folders', { name: 'two' })
    for (const one of ['a', 'b']) await post('/notes', note(one))
    await post('/notes', { ...note('elsewhere'), folder_id: 2 })
    await remove('/notes/1')
    await remove('/notes/3')
    const refused = await remove('/folders/1')
    t.match(problemOf(refused), {
      status: 409,
      detail: 'It cannot be deleted while notes refer to it.',
    })
    t.strictSame(await moved(store), [], 'a refusal changes nothing')
    t.strictSame(await marked(store, 'text', 'notes'), [['a'], ['elsewhere']])

    await remove('/notes/2')
    t.equal((await remove('/folders/1')).status, 204)
    t.equal((await get('/folders/1')).status, 404)
    const kept = await moved(store)
    t.match(
      kept.sort((one, other) => one.id - other.id),
      [
        {
          table: 'notes',
          id: 1,
          folder_id: 1,
          text: 'a',
          copied_from: null,
          _deleted_at: String,
          _rev: Number,
        },
        { table: 'notes', id: 2, folder_id: 1, text: 'b' },
      ],
    )
    t.strictSame(await marked(store, 'text', 'notes'), [['elsewhere']], 'and no other moved')
    t.equal(
      (await post('/notes', { ...note('new'), folder_id: 2 })).json.id,
      4,
      'their ids are not made again',
    )
  },
  { resources },
)

feature(
  'a refused deletion names what refers to the row, also where no resource does',
  async (t, { store, post, delete: remove }) => {
    await post('/folders', { name: 'one' })
    await post('/pages', { folder_id: 1 })
    t.match(problemOf(await remove('/folders/1')), {
      detail: 'It cannot be deleted while pages refer to it.',
    })
    await remove('/pages/1')
    await store.transact(function* () {
      yield plain('create table labels (folder integer references folders (id))')
      yield plain('insert into labels values (1)')
    })
    t.match(problemOf(await remove('/folders/1')), {
      status: 409,
      detail:
        'It cannot be deleted while rows that this version of the service does not know refer to it.',
    })
  },
  { resources, sample: false },
)

feature(
  'of many who create under the key of a deleted row at once, one succeeds and the others are told',
  async (t, { store, put, post, delete: remove }) => {
    await put('/tickets/A1', { note: 'old' })
    await remove('/tickets/A1')
    const made = (n: number) => post('/tickets', { code: 'A1', note: `post ${n}` })
    const answers = await Promise.all(Array.from({ length: 12 }, (_, n) => made(n)))
    t.strictSame(statuses(answers), [201, ...Array(11).fill(409)])
    await remove('/tickets/A1')
    const puts = await Promise.all(
      Array.from({ length: 12 }, (_, n) => put('/tickets/A1', { note: `put ${n}` })),
    )
    t.strictSame(statuses(puts), [...Array(11).fill(200), 201])
    t.equal((await moved(store)).length, 2)
  },
  { resources },
)

function statuses(answers: readonly Awaited<ReturnType<Service['get']>>[]): number[] {
  return answers.map(({ status }) => status).sort()
}

const shelves = resource('shelves', Type.Object({ code: text() }), {
  description: 'Under a key of the client, and kept',
  singular: 'shelf',
  key: 'code',
  keepDeleted: true,
})
const boxes = resource(
  'boxes',
  Type.Object({
    shelf: Ref<string>('shelves', { examples: ['one'] }),
    spare: Type.Optional(Ref<string>('shelves', { onDelete: 'null' })),
  }),
  { description: 'On a shelf, and kept', keepDeleted: true, parent: 'shelf' },
)
const labels = resource('labels', Type.Object({ box: Ref('boxes', { onDelete: 'cascade' }) }), {
  description: 'On a box, and not kept',
})
const storage = { resources: [shelves, boxes, labels], sample: false }

feature(
  'a row that is kept cannot be referred to once it is deleted, and what refers to it is seen to before',
  async (t, { store, get, post, patch, put, delete: remove }) => {
    for (const code of ['A', 'B']) await post('/shelves', { code })
    await post('/boxes', { shelf: 'A', spare: 'B' })
    await post('/labels', { box: 1 })
    t.match(problemOf(await remove('/shelves/A')), {
      status: 409,
      detail: 'It cannot be deleted while boxes refer to it.',
    })
    t.equal((await remove('/shelves/B')).status, 204)
    t.match((await get('/boxes/1')).json, { shelf: 'A', spare: null })
    const missing = {
      status: 409,
      detail: 'It refers to something that does not exist.',
      errors: [{ pointer: '#/spare', detail: 'does not exist' }],
    }
    t.match(problemOf(await patch('/boxes/1', { spare: 'B' })), missing)
    t.match(problemOf(await post('/boxes', { shelf: 'A', spare: 'B' })), missing)
    t.equal((await remove('/boxes/1')).status, 204)
    t.strictSame((await get('/labels')).json, [], 'what refers to a kept row goes with it')
    t.equal((await remove('/shelves/A')).status, 204)
    t.strictSame(await marked(store, 'id, shelf', 'boxes'), [[1, 'A']], 'and knows its shelf')

    t.equal((await put('/shelves/A', {})).status, 201)
    t.match(
      await moved(store),
      [
        { table: 'boxes', id: 1, shelf: 'A' },
        { table: 'shelves', code: 'A' },
      ],
      'under its key there is another one now',
    )
    t.strictSame((await get('/shelves/A/boxes')).json, [])
  },
  storage,
)

feature(
  'of callers who delete a kept row and who refer to it at once, only one side succeeds',
  async (t, { get, post, delete: remove }) => {
    for (let round = 0; round < 8; round++) {
      const code = `S${round}`
      await post('/shelves', { code })
      const attempts = await Promise.all([
        ...Array.from({ length: 4 }, () => post('/boxes', { shelf: code })),
        remove(`/shelves/${code}`),
        ...Array.from({ length: 4 }, () => post('/boxes', { shelf: code })),
      ])
      const there = (await get(`/shelves/${code}`)).status === 200
      const made = attempts.filter(({ status }) => status === 201).length
      t.equal(made > 0, there, `${made} boxes were made`)
      t.equal(attempts[4]?.status, there ? 409 : 204)
    }
  },
  storage,
)

feature(
  'a kept row is moved whole where a field has the name of its table',
  async (t, { store, put, delete: remove }) => {
    await put('/namesakes/A1', { namesakes: 7 })
    await remove('/namesakes/A1')
    t.equal((await put('/namesakes/A1', { namesakes: 8 })).status, 201)
    t.match(await moved(store), [{ table: 'namesakes', code: 'A1', namesakes: 7 }])
  },
  { resources: [namesakes] },
)
