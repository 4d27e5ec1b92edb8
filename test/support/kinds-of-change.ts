// Each kind of change of docs/evolution.md: two definitions, and rows of either.

import { type TProperties, Type } from '@sinclair/typebox'
import {
  CreatedAt,
  Enum,
  Owner,
  Ref,
  Refs,
  type Resource,
  UpdatedAt,
  Uuid,
} from '../../src/resource/resource.ts'
import { define } from './definitions.ts'

export interface Change {
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
  /** What takes the file back on the way by `migrate --to`; a rename needs none, and otherwise it is `undo`. */
  readonly takenBack?: Sql
  /** The values that are said on that way, and what makes the rows keep the definition of before where that is no value. */
  readonly fill?: readonly string[]
  readonly mend?: string
  /** Whether rows keep values on that way that they did not have before. */
  readonly isFilled?: boolean
  /** What makes the rows keep the definition of before again. */
  readonly repair?: string
}

/** The refusal says what to write. */
export const byMessage = 'by the message'

export type Sql = string | Readonly<Partial<Record<'sqlite' | 'postgres', string>>>

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

export const changes: readonly Change[] = [
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
    takenBack: 'alter table "things" rename column "note" to "old_note";',
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
    fill: ['things.note=y'],
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
    takenBack: { sqlite: reconvert('text', 'integer'), postgres: reconvert('text', 'bigint') },
  },
  {
    what: 'A field of another kind that one column type holds on SQLite (text to list)',
    before: note(text),
    after: note(Type.Array(text)),
    old: [withNote('["x"]')],
    young: [withNote(['y'], 'b')],
    file: { postgres: convert('json', 'json') },
    undo: { postgres: convert('text collate "C"', 'text') },
    takenBack: { postgres: reconvert('json', 'text') },
  },
  {
    what: 'A wider limit',
    before: note(Type.String({ maxLength: 5 })),
    after: note(Type.String({ maxLength: 9 })),
    old: [withNote('12345')],
    young: [withNote('123456789', 'b')],
    mend: `update things set note = '1' where id = 2`,
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
    mend: `update things set note = 'y' where id = 2`,
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
    fill: ['things.note=x'],
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
    isFilled: true,
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
    what: 'A new `search`',
    before: [things()],
    after: [things({}, { search: ['name'] })],
    old: [a],
    young: [b],
  },
  {
    what: 'A `search` that goes, or is another one',
    before: [things({ note: Type.Optional(text) }, { search: ['name'] })],
    after: [things({ note: Type.Optional(text) }, { search: ['name', 'note'] })],
    old: [a],
    young: [b],
  },
  {
    what: 'A language of a `search` that is there',
    before: [things({}, { search: ['name'] })],
    after: [things({}, { search: { fields: ['name'], language: 'english' } })],
    old: [a],
    young: [b],
  },
  {
    what: 'A `search` that loses its language',
    before: [things({}, { search: { fields: ['name'], language: 'english' } })],
    after: [things({}, { search: ['name'] })],
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
    what: 'A `Refs(…)` that is renamed',
    before: [listing, cats],
    after: [things({ tag_ids: Refs('cats') }), cats],
    old: [cat, ['/things', { name: 'a', cat_ids: [1] }]],
    young: [['/things', { name: 'b', tag_ids: [1] }]],
    file: 'alter table "things_cat_ids" rename to "things_tag_ids";',
    undo: 'alter table "things_tag_ids" rename to "things_cat_ids";',
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
    what: '`owner: true` becomes a field `Owner()`',
    before: [things({}, { owner: true })],
    after: [things({ customer: Owner() })],
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

/** The values come back into the column that they were converted from. */
function reconvert(cast: string, type: string): string {
  const old = `note_before_${cast}`
  return (
    `update "things" set "${old}" = cast("note" as ${type}); alter table "things" rename column "note" to "old_note"; ` +
    `alter table "things" rename column "${old}" to "note";`
  )
}
