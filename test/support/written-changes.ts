// Changes that take a numbered file, each with rows and what becomes of them.

import { type TProperties, Type } from '@sinclair/typebox'
import type { Test } from 'tap'
import { resourcesToModels } from '../../src/resource/derive.ts'
import type { DefinedResource } from '../../src/resource/model.ts'
import { Decimal, Ref } from '../../src/resource/resource.ts'
import type { Row, SqlValue } from '../../src/resource/row.ts'
import type { Dialect } from '../../src/store/store.ts'
import { modelToTable } from '../../src/store/table.ts'
import { define } from './definitions.ts'
import type { Database } from './migrations.ts'

export const text = Type.String({ minLength: 1, maxLength: 20 })

export interface Change {
  readonly what: string
  readonly before: readonly DefinedResource[]
  /** What they are brought to before the rest. */
  readonly between?: readonly DefinedResource[]
  readonly after: readonly DefinedResource[]
  readonly rows: readonly (readonly [table: number, ...values: SqlValue[]])[]
  readonly rename?: readonly string[]
  readonly fill?: readonly string[]
  /** By what is selected. */
  readonly found: Readonly<Record<string, readonly Row[]>>
  /** What the way back leaves otherwise than it was, by what is selected. */
  readonly back?: Readonly<Record<string, readonly Row[]>>
  /** Whether SQLite stores both kinds alike, so that only PostgreSQL needs a file. */
  readonly unneeded?: 'sqlite'
}

export const things = (fields: TProperties, options = {}) => define('things', fields, options)

export const changes: readonly Change[] = [
  {
    what: 'a field is renamed, with its limits, index and unique set',
    before: [things({ name: text, code: text }, { unique: [['name', 'code']], index: ['name'] })],
    after: [things({ title: text, code: text }, { unique: [['title', 'code']], index: ['title'] })],
    rows: [[0, null, 'a', 'b']],
    rename: ['things.name=title'],
    found: { 'id, title, code from things': [[1, 'a', 'b']] },
  },
  {
    what: 'two fields change places',
    before: [things({ one: text, other: text })],
    after: [things({ other: text, one: text })],
    rows: [[0, null, 'a', 'b']],
    rename: ['things.one=other', 'things.other=one'],
    found: { 'one, other from things': [['b', 'a']] },
  },
  {
    what: 'a resource to which another refers is renamed, and so is the field that refers',
    before: [define('cats', { name: text }), things({ cat_id: Ref('cats') })],
    after: [define('pets', { name: text }), things({ pet_id: Ref('pets') })],
    rows: [
      [0, null, 'Tom'],
      [1, null, 1],
    ],
    rename: ['cats=pets', 'things.cat_id=pet_id'],
    found: { 'id, name from pets': [[1, 'Tom']], 'id, pet_id from things': [[1, 1]] },
  },
  {
    what: 'a required field is new, of every kind',
    before: [things({ name: text })],
    after: [
      things({
        name: text,
        state: Type.String({ maxLength: 9 }),
        level: Type.Integer({ minimum: 1 }),
        share: Type.Number(),
        done: Type.Boolean(),
        tags: Type.Array(text),
        price: Decimal(5, 2),
      }),
    ],
    rows: [[0, null, 'a']],
    fill: [
      "things.state=it's",
      'things.level=3',
      'things.share=0.5',
      'things.done=true',
      'things.tags=["x"]',
      'things.price=4.50',
    ],
    found: {
      "name, state, level, share, cast(done as text) in ('1', 'true') from things": [
        ['a', "it's", 3, 0.5, true],
      ],
      'price from things': [[450]],
    },
  },
  {
    what: 'a field becomes required, and rows have no value',
    before: [things({ note: Type.Optional(text) })],
    after: [things({ note: text })],
    rows: [
      [0, null, null],
      [0, null, 'kept'],
    ],
    fill: ['things.note=none'],
    found: { 'note from things': [['kept'], ['none']] },
    back: { 'note from things': [['kept'], ['none']] },
  },
  {
    what: 'texts become integers, under other limits and an index',
    before: [things({ size: text }, { index: ['size'] })],
    after: [things({ size: Type.Integer({ minimum: 0 }) }, { index: ['size'] })],
    rows: [[0, null, '12']],
    found: { 'size from things': [[12]] },
  },
  {
    what: 'numbers become texts',
    before: [things({ size: Type.Number() })],
    after: [things({ size: text })],
    rows: [1, 0.1 + 0.2, -1 / 3, 1.5e-7, 1e20, 2.5e15, 12345.678].map(size => [0, null, size]),
    found: {
      'size from things': [
        ['-0.3333333333333333'],
        ['0.30000000000000004'],
        ['1'],
        ['1.5e-07'],
        ['12345.678'],
        ['1e+20'],
        ['2.5e+15'],
      ],
    },
  },
  {
    what: 'a text becomes a list of one',
    before: [things({ tags: text })],
    after: [things({ tags: Type.Array(text) })],
    rows: [[0, null, 'a']],
    found: { "replace(cast(tags as text), ' ', '') from things": [['["a"]']] },
  },
  {
    what: 'a boolean becomes a number of things, and is renamed',
    before: [things({ done: Type.Boolean() })],
    after: [things({ times: Type.Integer() })],
    rows: [[0, null, true]],
    rename: ['things.done=times'],
    found: { 'times from things': [[1]] },
  },
  {
    what: 'a boolean becomes an integer',
    before: [things({ done: Type.Boolean() })],
    after: [things({ done: Type.Integer() })],
    rows: [[0, null, true]],
    found: { 'done from things': [[1]] },
    unneeded: 'sqlite',
  },
  {
    what: 'the key is another field, and what refers to it follows',
    before: [
      define('users', { name: text, email: text }, { key: 'name' }),
      define('posts', { user: Ref<string>('users') }),
    ],
    after: [
      define('users', { name: text, email: text }, { key: 'email' }),
      define('posts', { user: Ref<string>('users') }),
    ],
    rows: [
      [0, 'u', 'e'],
      [1, null, 'u'],
    ],
    found: {
      'name, email, 1 as id from users': [['u', 'e', 1]],
      'id, "user" from posts': [[1, 'e']],
    },
  },
  {
    what: 'the key is a field from now on, under another name than the table had',
    before: [define('users', { name: text }), define('posts', { user: Ref('users') })],
    after: [
      define('people', { name: text }, { key: 'name' }),
      define('posts', { user: Ref<string>('people') }),
    ],
    rows: [
      [0, null, 'u'],
      [1, null, 1],
    ],
    rename: ['users=people'],
    found: { 'name, 1 as id from people': [['u', 1]], 'id, "user" from posts': [[1, 'u']] },
  },
  {
    what: 'a field that was gone is there again, of another kind and required',
    before: [things({ name: text, size: Type.Optional(text) }, { index: ['size'] })],
    between: [things({ name: text })],
    after: [things({ name: text, size: Type.Integer() })],
    rows: [[0, null, 'a', '7']],
    found: { 'id, name, size from things': [[1, 'a', 7]] },
  },
  {
    what: 'a resource that was gone is there again, with a field of another kind',
    before: [things({ name: text }), define('notes', { text: Type.Boolean() })],
    between: [things({ name: text })],
    after: [things({ name: text }), define('notes', { text })],
    rows: [[1, null, true]],
    found: { 'id, text from notes': [[1, 'true']] },
  },
]

export const tablesOf = (defined: readonly DefinedResource[]) => (dialect: Dialect) =>
  resourcesToModels(defined).map(model => modelToTable(dialect, model))

export async function fill(database: Database, { before, rows, between }: Change): Promise<void> {
  await database.start(...before)
  for (const [index, ...values] of rows)
    await database.insert(before[index] as DefinedResource, ...values)
  if (between !== undefined) await database.start(...between)
}

/** Runs without its report. */
export async function quietly<T>(t: Test, task: () => Promise<T>): Promise<T> {
  t.capture(console, 'log')
  t.capture(console, 'error')
  return task()
}

/** What is selected, such as `name from things`, in its own order. */
export async function select({ store }: Database, selected: string): Promise<readonly Row[]> {
  const [columns, table] = selected.split(' from ')
  return store.query({ text: `select ${columns} from ${table} order by 1`, values: [] })
}
