// The types that a definition gives, checked by the compiler; and the fields that a definition may name.

import { Type } from '@sinclair/typebox'
import t from 'tap'
import {
  action,
  Computed,
  CreatedAt,
  Currency,
  Enum,
  extend,
  From,
  Line,
  MinorUnits,
  Ref,
  type RowOf,
  resource,
  sql,
  type Values,
  view,
} from '../../src/resource/resource.ts'
import type { specimens } from '../fixtures/schemas/specimens.ts'
import type { books } from '../fixtures/service/schemas/books.ts'
import type { guests } from '../fixtures/service/schemas/guests.ts'
import type { users } from '../fixtures/service/schemas/users.ts'

/** True for types that are the same, written differently or not. */
type Same<One, Other> =
  (<T>() => T extends Flat<One> ? 1 : 2) extends <T>() => T extends Flat<Other> ? 1 : 2
    ? true
    : false
type Flat<T> = T extends object ? { [K in keyof T]: Flat<T[K]> } : T

t.test('the row of a resource has every member; the optional ones may be null', async t => {
  const user: Same<
    RowOf<typeof users>,
    {
      username: string
      name: string | null
      email: string | null
      bio: string | null
      created_at: string
    }
  > = true
  const book: Same<
    RowOf<typeof books>,
    {
      id: number
      title: string
      authors: { name: string }[]
      page_count: number | null
      pub_date: string | null
      isbn13: string | null
      genre: string | null
    }
  > = true
  const status: Same<RowOf<typeof guests>['status'], 'invited' | 'accepted' | 'declined'> = true
  const specimen: Same<
    Pick<RowOf<typeof specimens>, 'kind' | 'layers' | 'genuine' | 'origin'>,
    {
      kind: 'plant' | 'animal' | null
      layers: { name: string; thickness?: number }[] | null
      genuine: boolean | null
      origin: { country: string; spot?: { north: number; east: number; hint?: string } }
    }
  > = true
  t.ok(user && book && status && specimen)
})

t.test('the values of a resource may lack the optional ones', async t => {
  const values: Same<Values<(typeof guests)['fields']['properties']>['plus_ones'], number> = true
  const least: Values<(typeof users)['fields']['properties']> = {
    username: 'ada',
    created_at: '2026-01-01T00:00:00Z',
  }
  t.ok(values && least)
})

t.test('options name fields that there are, and hooks and routes know the row', async t => {
  const fields = Type.Object({ title: Type.String({ maxLength: 50 }), size: Type.Integer() })
  const base = { description: 'Pages' }
  const computed = { area: Computed(Type.Integer(), (row: { size: number }) => row.size) }
  // @ts-expect-error there is no such field
  resource('pages', fields, { ...base, unique: ['titel'] })
  // @ts-expect-error there is no such field
  resource('pages', fields, { ...base, unique: [['title', 'titel']] })
  // @ts-expect-error there is no such field
  resource('pages', fields, { ...base, parent: 'book' })
  // @ts-expect-error there is no such field
  resource('pages', fields, { ...base, key: 'code' })
  // @ts-expect-error there is no such field
  resource('pages', fields, { ...base, listed: ['id', 'titel'] })
  // @ts-expect-error there is no such field, nor is one computed
  resource('pages', fields, { ...base, computed, listed: ['id', 'areas'] })
  // @ts-expect-error there is no such field
  resource('pages', fields, { ...base, filterable: ['titel'] })
  // @ts-expect-error what is computed is in no table
  resource('pages', fields, { ...base, computed, sortable: ['area'] })
  resource('pages', fields, {
    ...base,
    // @ts-expect-error it has another type
    computed: { area: Computed(Type.String(), row => row.size) },
  })
  resource('pages', fields, {
    ...base,
    // @ts-expect-error the row has no such member
    computed: { area: Computed(Type.Integer(), row => row.sise) },
  })
  // @ts-expect-error there is no such field
  resource('pages', Type.Object({ a: Ref('pages'), b: From('aa', 'title') }), base)
  // @ts-expect-error there is no such field
  resource('pages', Type.Object({ a: Ref('pages'), b: Type.Optional(From('aa', 'title')) }), base)
  resource('pages', Type.Object({ a: Ref('pages'), b: From<number>('a', 'size') }), base)
  resource('pages', fields, { ...base, computed, listed: ['area'] })
  // @ts-expect-error a sample has the members of the fields
  resource('pages', fields, { ...base, sample: [{ title: 1 }] })
  // @ts-expect-error a hook before the write changes members of the row
  resource('pages', fields, { ...base, hooks: { beforeWrite: () => ({ titel: 'x' }) } })
  // @ts-expect-error a hook before the write is synchronous
  resource('pages', fields, { ...base, hooks: { beforeWrite: async () => ({ title: 'x' }) } })
  const pages = resource('pages', fields, {
    ...base,
    listed: ['id', 'title'],
    hooks: {
      beforeWrite: ({ before, after }) => after && { size: (before?.id ?? 0) + after.title.length },
    },
  })
  t.ok(Object.isFrozen(pages))
  t.equal(pages.name, 'pages')
})

t.test('what a hook asks of db, and returns, has the types of the rows', async t => {
  const pages = resource('pages', Type.Object({ title: Type.String(), size: Type.Integer() }), {
    description: 'Pages',
  })
  const notes = resource(
    'notes',
    Type.Object({ page_id: Type.Optional(Ref('pages')), text: Type.String() }),
    { description: 'Notes' },
  )
  extend(notes, {
    hooks: {
      *beforeWrite({ before, after, caller, db }) {
        const same: Same<typeof after, RowOf<typeof notes> | undefined> = true
        const kind: Same<typeof caller.kind, 'key' | 'token' | 'anonymous' | 'open'> = true
        if (after === undefined) return
        // @ts-expect-error a row has no such member
        const { txt } = after
        // @ts-expect-error the reference may be null
        yield* db.read(pages, after.page_id)
        const page = yield* db.lock(pages, after.page_id ?? 0)
        const found = yield* db.list(notes, { page_id: page.id, text_contains: page.title })
        const rows: Same<typeof found, readonly RowOf<typeof notes>[]> = true
        // @ts-expect-error there is no such field
        yield* db.list(notes, { page: 3 })
        // @ts-expect-error an integer has no such filter
        yield* db.count(pages, { size_contains: 'x' })
        // @ts-expect-error a field that is never null has no such filter
        yield* db.count(notes, { text_is_null: true })
        // @ts-expect-error there is no such field
        yield* db.list(notes, { sort: '-titel' })
        // @ts-expect-error not the type of the field
        yield* db.change(pages, page.id, { size: 'large' })
        // @ts-expect-error there is no such field
        yield* db.create(pages, { titel: 'x' })
        return { text: [same, kind, rows, txt, before?.text].join() }
      },
    },
  })
  extend(pages, {
    hooks: {
      // @ts-expect-error a hook returns members of the row
      *beforeWrite({ db }) {
        return { titel: yield* db.count(pages) }
      },
    },
  })
  // @ts-expect-error a hook is no promise
  extend(pages, { hooks: { afterWrite: async () => {} } })
  extend(pages, {
    hooks: {
      // @ts-expect-error a hook is no asynchronous generator
      async *beforeWrite() {
        yield* []
      },
    },
  })
  // @ts-expect-error there is no such hook
  extend(pages, { hooks: { beforeWriting: () => {} } })
  t.pass('tsc checks it')
})

t.test('an action and a view know their rows, bodies, parameters and results', async t => {
  const pages = resource('pages', Type.Object({ title: Type.String(), size: Type.Integer() }), {
    description: 'Pages',
  })
  const body = Type.Object({ reason: Type.String() })
  const response = Type.Object({ n: Type.Integer() })
  extend(pages, {
    actions: {
      right: action({
        summary: 'Right',
        body,
        *run({ row, body, db }) {
          return { title: body.reason + row.title, size: yield* db.count(pages) }
        },
      }),
      // @ts-expect-error a row has no such member
      row: action({ summary: 'Row', run: ({ row }) => ({ size: row.titel.length }) }),
      // @ts-expect-error the body has no such member
      body: action({ summary: 'Body', body, run: ({ body }) => ({ title: body.why }) }),
      // @ts-expect-error it returns members of the row
      member: action({ summary: 'Member', run: () => ({ titel: 'x' }) }),
      // @ts-expect-error it returns what its response says
      result: action({ summary: 'Result', response, run: ({ row }) => ({ n: row.title }) }),
    },
    views: {
      right: view({
        summary: 'Right',
        parameters: body,
        response,
        *run({ row, parameters, db }) {
          return { n: row.size + parameters.reason.length + (yield* db.count(pages)) }
        },
      }),
      // @ts-expect-error it returns what its response says
      result: view({ summary: 'Result', response, run: ({ row }) => ({ n: row.title }) }),
      writing: view({
        summary: 'Writing',
        response,
        *run({ row, db }) {
          // @ts-expect-error a view only reads
          yield* db.change(pages, row.id, { size: 1 })
          return { n: 1 }
        },
      }),
    },
  })
  t.pass('tsc checks it')
})

t.test('what a caller sees is said by filters of the fields', async t => {
  const fields = Type.Object({
    user_id: Type.Integer(),
    parent_id: Type.Optional(Ref('users')),
    size: Type.Object({ width: Type.Integer() }),
  })
  const description = 'Things'
  resource('a', fields, { description, visible: ({ claims }) => ({ user_id: claims.user_id }) })
  resource('b', fields, { description, visible: ({ id }) => sql`user_id = ${id}` })
  resource('c', fields, { description, visible: 'parent_id' })
  resource('d', fields, {
    description,
    visible: ({ kind }) =>
      kind === 'key' || { user_id_gte: 1, parent_id_is_null: true, id: [1, 2] },
  })
  // @ts-expect-error there is no such field
  resource('e', fields, { description, visible: () => ({ user_id: 1, usr_id: 1 }) })
  // @ts-expect-error an object is no filter
  resource('f', fields, { description, visible: () => ({ size: 'a' }) })
  // @ts-expect-error it must say true or false
  resource('g', fields, { description, visible: () => {} })
  // @ts-expect-error it cannot wait
  resource('h', fields, { description, visible: async () => true })
  // @ts-expect-error there is no such reference
  resource('i', fields, { description, visible: 'parnt_id' })
  const things = resource('j', fields, { description })
  // @ts-expect-error there is no such field
  extend(things, { visible: () => ({ user_id: 1, usr_id: 1 }) })
  t.pass('tsc checks it')
})

t.test('the fields of common use', async t => {
  const plain = (schema: object) => JSON.parse(JSON.stringify(schema))
  t.strictSame(plain(Enum(['s', 'm'], { default: 's' })), {
    type: 'string',
    enum: ['s', 'm'],
    default: 's',
  })
  t.strictSame(plain(Line({ maxLength: 9 })), {
    type: 'string',
    maxLength: 9,
    pattern: '^[^\\x00-\\x1F\\x7F]*$',
  })
  t.strictSame(plain(CreatedAt()), {
    type: 'string',
    description: 'When it was created',
    format: 'date-time',
    readOnly: true,
    made: 'createdAt',
  })
  t.strictSame(plain(MinorUnits({ minimum: 0 })), {
    type: 'integer',
    description: 'In the minor unit of the currency',
    minimum: 0,
  })
  t.strictSame(plain(Currency()), {
    type: 'string',
    description: 'ISO 4217 code',
    examples: ['EUR'],
    pattern: '^[A-Z]{3}$',
    minLength: 3,
    maxLength: 3,
  })
})
