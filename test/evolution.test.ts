// docs/evolution.md says what becomes of each kind of change: every cell of it is done here, over each database.

import { readFileSync } from 'node:fs'
import { type TProperties, Type } from '@sinclair/typebox'
import t, { type Test } from 'tap'
import {
  CreatedAt,
  Enum,
  Ref,
  Refs,
  type Resource,
  UpdatedAt,
  Uuid,
} from '../src/resource/resource.ts'
import type { MigrationFile } from '../src/store/migration/migration.ts'
import { define } from './support/definitions.ts'
import { databases } from './support/service.ts'
import { Evolution, type Instance } from './support/versions.ts'

interface Change {
  readonly what: string
  readonly before: readonly Resource[]
  readonly after: readonly Resource[]
  /** What the instance of before stores first: address and body. */
  readonly old?: readonly (readonly [address: string, body: object])[]
  /** What the new instance stores then. */
  readonly young?: readonly (readonly [address: string, body: object])[]
  /** A numbered file that leads there, and one that leads back. */
  readonly file?: Sql
  readonly undo?: Sql
  /** What makes the rows keep the definition of before again. */
  readonly repair?: string
}

/** The refusal says what to write. */
const byMessage = 'by the message'

type Sql = string | Readonly<Partial<Record<'sqlite' | 'postgres', string>>>

const text = Type.String({ minLength: 1, maxLength: 20 })
const number = Type.Optional(Type.Integer())
const named = (name: string, fields: TProperties = {}, options: object = {}) =>
  define(name, { name: text, ...fields }, options).resource
const things = (fields: TProperties = {}, options: object = {}) => named('things', fields, options)
const a = ['/things', { name: 'a' }] as const
const b = ['/things', { name: 'b' }] as const
const withNote = (note: unknown, name = 'a') => ['/things', { name, note }] as const
const note = (schema: TProperties['']) => [things({ note: schema })]

const cats = named('cats')
const cat = ['/cats', { name: 'c' }] as const
const withCat = (cat_id: number, name = 'a') => ['/things', { name, cat_id }] as const
const free = things({ cat_id: Type.Optional(Type.Integer({ minimum: 1 })) })
const listing = things({ cat_ids: Refs('cats') })
const referring = things({ cat_id: Type.Optional(Ref('cats')) })
const users = (options: object) =>
  define('users', { username: text, email: text }, options).resource

const changes: readonly Change[] = [
  {
    what: 'A new resource',
    before: [things()],
    after: [things(), cats],
    old: [a],
    young: [b, cat],
  },
  {
    what: 'A resource that is no longer defined',
    before: [things(), cats],
    after: [things()],
    old: [a, cat],
    young: [b],
  },
  {
    what: 'A new optional field',
    before: [things()],
    after: note(number),
    old: [a],
    young: [withNote(1, 'b')],
  },
  {
    what: 'A new field with a default',
    before: [things()],
    after: note(Type.Integer({ default: 1 })),
    old: [a],
    young: [b],
  },
  {
    what: 'A new required field, without rows',
    before: [things()],
    after: note(text),
    young: [withNote('x')],
  },
  {
    what: 'A new required field, with rows',
    before: [things()],
    after: note(text),
    old: [a],
    young: [withNote('x', 'b')],
    file: {
      sqlite: `alter table "things" add column "note" text; update "things" set "note" = 'x';`,
      postgres: `alter table "things" add column "note" text collate "C"; update "things" set "note" = 'x';`,
    },
  },
  {
    what: 'A new `CreatedAt()`, `UpdatedAt()` or `Uuid()`',
    before: [things()],
    after: [things({ at: CreatedAt(), changed: UpdatedAt(), uuid: Uuid() })],
    old: [a],
    young: [b],
  },
  {
    what: 'An optional field that is no longer defined',
    before: note(number),
    after: [things()],
    old: [withNote(1)],
    young: [b],
  },
  {
    what: 'A required field that is no longer defined',
    before: note(text),
    after: [things()],
    old: [withNote('x')],
    young: [b],
  },
  {
    what: 'A field that is renamed',
    before: note(text),
    after: [things({ remark: text })],
    old: [withNote('x')],
    young: [['/things', { name: 'b', remark: 'y' }]],
    file: 'alter table "things" rename column "note" to "remark";',
    undo: 'alter table "things" rename column "remark" to "note";',
  },
  {
    what: 'A resource or a field that is renamed, with `table` or `columns` for its name before',
    before: note(text),
    after: [named('items', { remark: text }, { table: 'things', columns: { remark: 'note' } })],
    old: [withNote('x')],
    young: [['/items', { name: 'b', remark: 'y' }]],
  },
  {
    what: 'A field of another kind and another column type',
    before: note(Type.Integer()),
    after: note(text),
    old: [withNote(1)],
    young: [withNote('2', 'b')],
    file: {
      sqlite: convert('text', 'text'),
      postgres: convert('text collate "C"', 'text'),
    },
    undo: { sqlite: convert('integer', 'integer'), postgres: convert('bigint', 'bigint') },
  },
  {
    what: 'A field of another kind that one column type holds on SQLite (text to list)',
    before: note(text),
    after: note(Type.Array(text)),
    old: [withNote('["x"]')],
    young: [withNote(['y'], 'b')],
    file: { postgres: convert('json', 'json') },
    undo: { postgres: convert('text collate "C"', 'text') },
  },
  {
    what: 'A wider limit',
    before: note(Type.String({ maxLength: 5 })),
    after: note(Type.String({ maxLength: 9 })),
    old: [withNote('12345')],
    young: [withNote('123456789', 'b')],
  },
  {
    what: 'A narrower limit',
    before: note(Type.String({ maxLength: 9 })),
    after: note(Type.String({ maxLength: 5 })),
    old: [withNote('12345')],
    young: [withNote('1', 'b')],
  },
  {
    what: 'One more word of an `Enum`',
    before: note(Enum(['x', 'y'])),
    after: note(Enum(['x', 'y', 'z'])),
    old: [withNote('x')],
    young: [withNote('z', 'b')],
  },
  {
    what: 'A stricter rule that no column holds (a pattern, items, members)',
    before: note(Type.String({ maxLength: 9 })),
    after: note(Type.String({ maxLength: 9, pattern: '^[0-9]+$', examples: ['1'] })),
    old: [withNote('1')],
    young: [withNote('2', 'b')],
  },
  {
    what: 'A required field that becomes optional',
    before: note(text),
    after: note(Type.Optional(text)),
    old: [withNote('x')],
    young: [b],
    repair: `update things set note = 'x' where note is null`,
  },
  {
    what: 'An optional field that becomes required',
    before: note(Type.Optional(text)),
    after: note(text),
    old: [withNote('x')],
    young: [withNote('y', 'b')],
  },
  {
    what: 'An optional field that gets a default',
    before: note(number),
    after: note(Type.Integer({ default: 1 })),
    old: [a],
    young: [b],
  },
  {
    what: 'Another default',
    before: note(Type.Integer({ default: 1 })),
    after: note(Type.Integer({ default: 2 })),
    old: [a],
    young: [b],
  },
  {
    what: 'A new index',
    before: [things()],
    after: [things({}, { index: ['name'] })],
    old: [a],
    young: [b],
  },
  {
    what: 'An index that goes',
    before: [things({}, { index: ['name'] })],
    after: [things()],
    old: [a],
    young: [b],
  },
  {
    what: 'A new unique set',
    before: [things()],
    after: [things({}, { unique: ['name'] })],
    old: [a],
    young: [b],
  },
  {
    what: 'A unique set that goes',
    before: [things({}, { unique: ['name'] })],
    after: [things()],
    old: [a],
    young: [a],
    repair: 'delete from things where id = 2',
  },
  {
    what: 'A new field that refers',
    before: [things(), cats],
    after: [referring, cats],
    old: [a, cat],
    young: [withCat(1, 'b')],
  },
  {
    what: 'A reference of a field that is there',
    before: [free, cats],
    after: [referring, cats],
    old: [cat, withCat(1)],
    young: [withCat(1, 'b')],
  },
  {
    what: 'A reference that goes',
    before: [referring, cats],
    after: [free, cats],
    old: [cat, withCat(1)],
    young: [withCat(9, 'b')],
    repair: 'update things set cat_id = null where cat_id = 9',
  },
  {
    what: 'A new `Refs(…)`',
    before: [things(), cats],
    after: [listing, cats],
    old: [a, cat],
    young: [['/things', { name: 'b', cat_ids: [1] }]],
  },
  {
    what: 'A `Refs(…)` that goes',
    before: [listing, cats],
    after: [things(), cats],
    old: [cat, ['/things', { name: 'a', cat_ids: [1] }]],
    young: [b],
  },
  {
    what: 'Another `onDelete` of a reference',
    before: [referring, cats],
    after: [things({ cat_id: Type.Optional(Ref('cats', { onDelete: 'null' })) }), cats],
    old: [cat, withCat(1)],
    young: [withCat(1, 'b')],
  },
  {
    what: '`owner` is switched on',
    before: [things()],
    after: [things({}, { owner: true })],
    old: [a],
    young: [b],
  },
  {
    what: '`owner` is switched off',
    before: [things({}, { owner: true })],
    after: [things()],
    old: [a],
    young: [b],
  },
  {
    what: '`keepDeleted` is switched on',
    before: [things()],
    after: [things({}, { keepDeleted: true })],
    old: [a],
    young: [b],
  },
  {
    what: '`keepDeleted` is switched off',
    before: [things({}, { keepDeleted: true })],
    after: [things()],
    old: [a],
    young: [b],
  },
  {
    what: 'Another field becomes the key',
    before: [users({ key: 'username', unique: ['email'] })],
    after: [users({ key: 'email', unique: ['username'] })],
    old: [['/users', { username: 'u', email: 'e' }]],
    young: [['/users', { username: 'v', email: 'f' }]],
    file: byMessage,
    undo: byMessage,
  },
  {
    what: 'The server makes the key from now on',
    before: [
      define('things', { id: Type.Integer({ minimum: 1 }), name: text }, { key: 'id' }).resource,
    ],
    after: [things()],
    old: [['/things', { id: 7, name: 'a' }]],
    young: [b],
  },
  {
    what: 'A resource that is renamed',
    before: [things()],
    after: [named('items')],
    old: [a],
    young: [['/items', { name: 'b' }]],
    file: 'alter table "things" rename to "items";',
    undo: 'alter table "items" rename to "things";',
  },
]

/** The old values stay under another name. */
function convert(type: string, cast: string): string {
  const old = `note_before_${cast}`
  return (
    `alter table "things" rename column "note" to "${old}"; alter table "things" add column "note" ${type}; ` +
    `update "things" set "note" = cast("${old}" as ${cast});`
  )
}

/** What a row of the page says, but for the change itself. */
interface Outcome {
  readonly way: string
  readonly beside: string
  readonly back: string
  readonly forward: string
}

const words = { start: 'start', migrate: '`migrate`', file: 'file' } as const

async function evolve(t: Test, url: string, change: Change): Promise<Outcome> {
  const { before, after, old = [], young = [], repair } = change
  const evolution = new Evolution(t, url)
  await evolution.bring(before, 'additive')
  const first = await evolution.serve(before)
  for (const [address, body] of old) await stores(t, first, address, body)

  const there = await fileOf(evolution, after, { name: '0001-there.sql', sql: change.file })
  const way = await evolution.byLeast(after, there)
  const files = way === 'file' ? there : []
  const second = await evolution.serve(after)
  await keepsItsDocument(t, second, after)
  for (const [address, body] of young) await stores(t, second, address, body)
  await keepsItsDocument(t, second, after)

  const starts = (await evolution.refusal(before, 'additive', files)) === undefined
  const beside = starts ? await besideOf(t, evolution, change) : 'refused'
  if (starts) await keepsItsDocument(t, second, after)

  const named =
    repair === undefined || starts ? undefined : await evolution.refusal(before, 'full', files)
  if (named !== undefined) t.match(named, /rows? /, 'the rows that are in the way are named')
  if (repair !== undefined) await evolution.run(repair)
  const undo =
    way === 'file'
      ? await fileOf(evolution, before, { name: '0002-back.sql', sql: change.undo, files })
      : []
  const back = await evolution.byLeast(before, undo, files)
  if (beside !== surprised) await keepsItsDocument(t, await evolution.serve(before), before)
  const forward = back === 'file' ? 'file' : await evolution.byLeast(after, [], files)
  if (back !== 'file') await keepsItsDocument(t, await evolution.serve(after), after)
  const backBy =
    named === undefined ? words[back] : `${words[back]}, when the rows that it names are changed`
  return { way: words[way], beside, back: backBy, forward: words[forward] }
}

interface Numbered {
  readonly name: string
  readonly sql: Sql | undefined
  /** Those before it. */
  readonly files?: readonly MigrationFile[]
}

/** The files with which the tables come to a definition; none where no file is needed. */
async function fileOf(
  evolution: Evolution,
  resources: readonly Resource[],
  { name, sql, files = [] }: Numbered,
) {
  const text = typeof sql === 'object' ? sql[evolution.store.dialect.name] : sql
  if (text === undefined) return []
  if (text !== byMessage) return [...files, { name, text }]
  const refusal = await evolution.refusal(resources, 'full', files)
  return [...files, { name, text: /:\n\n(.*;)\n/s.exec(refusal ?? '')?.[1] ?? '' }]
}

async function stores(t: Test, instance: Instance, address: string, body: object): Promise<void> {
  const { status, text, mistakes } = await instance.request('POST', address, body)
  t.strictSame(
    { status, mistakes },
    { status: 201, mistakes: [] },
    `POST ${address} ${JSON.stringify(body)}: ${text}`,
  )
}

async function keepsItsDocument(
  t: Test,
  instance: Instance,
  resources: readonly Resource[],
): Promise<void> {
  for (const { name } of resources) {
    const { status, text, mistakes } = await instance.request('GET', `/${name}`)
    t.strictSame({ status, mistakes }, { status: 200, mistakes: [] }, `GET /${name}: ${text}`)
  }
}

const surprised = 'serves, and reads values that it does not know'

/** What an instance of before meets beside the new one: it reads and changes every row, and stores another. */
async function besideOf(
  t: Test,
  evolution: Evolution,
  { before, old = [] }: Change,
): Promise<string> {
  const instance = await evolution.serve(before)
  const unknown: string[] = []
  for (const { name } of before) {
    const { status, text, mistakes } = await instance.request('GET', `/${name}`)
    t.equal(status, 200)
    unknown.push(...mistakes)
    for (const { id } of JSON.parse(text)) {
      const changed = await instance.request('PATCH', `/${name}/${id}`, { name: `patched ${id}` })
      t.equal(changed.status, 200, `PATCH /${name}/${id}: ${changed.text}`)
    }
  }
  const [address = '', body = {}] = old.at(-1) ?? []
  if (address !== '') await stores(t, instance, address, { ...body, name: 'once more' })
  return unknown.length === 0 ? 'serves' : surprised
}

const page = readFileSync('docs/evolution.md', 'utf8')
const rows = page.split('\n').filter(line => line.startsWith('| '))

for (const change of changes)
  t.test(change.what, async t => {
    const outcomes: Record<string, Outcome> = {}
    for (const { name, url } of databases)
      await t.test(name, async t => {
        outcomes[name] = await evolve(t, await url(t), change)
      })
    const row = rows.find(line => line.startsWith(`| ${change.what} |`))
    const told = cellsOf(row ?? '')
    for (const [name, outcome] of Object.entries(outcomes)) t.strictSame(outcome, told(name), name)
  })

/** What the page says of a change on a database; where both are alike, it says so once. */
function cellsOf(row: string): (database: string) => Outcome {
  const [, , ...cells] = row.split('|').map(cell => cell.trim())
  return database => {
    const [way = '', beside = '', back = '', forward = ''] = cells.map(cell => {
      const [sqlite = '', postgres = sqlite] = cell.split(' / ')
      return database === 'sqlite' ? sqlite : postgres
    })
    return { way, beside, back, forward }
  }
}

t.test('the page tells of no other change', async t => {
  t.strictSame(
    rows.slice(1).map(line => line.split(' | ')[0]),
    changes.map(({ what }) => `| ${what}`),
  )
})
