// Tables, constraints and indexes of a model, as text for SQLite.

import { DatabaseSync } from 'node:sqlite'
import { Type } from '@sinclair/typebox'
import t from 'tap'
import type { Model } from '../../src/resource/model.ts'
import { CreatedAt, Enum, Line, Ref, resource } from '../../src/resource/resource.ts'
import { sqliteDialect } from '../../src/store/sqlite/dialect.ts'
import { modelToTable } from '../../src/store/table.ts'
import { modelsOf, withoutDigests } from '../support/model.ts'

const optional = Type.Optional

const parks = resource('parks', Type.Object({ name: Type.String({ maxLength: 50 }) }), {
  description: 'Parks',
})

const trees = resource(
  'trees',
  Type.Object({
    park_id: Ref('parks'),
    planter: optional(Ref<string>('planters')),
    name: Type.String({ minLength: 1, maxLength: 100, default: "it's" }),
    label: optional(Line({ maxLength: 10 })),
    height: optional(Type.Number({ exclusiveMinimum: 0, exclusiveMaximum: 200.5 })),
    rings: Type.Integer({ minimum: 0, maximum: 9999, default: 1 }),
    evergreen: Type.Boolean({ default: false }),
    kind: Enum(['oak', "elm's"], { default: 'oak' }),
    bark: optional(Enum(['smooth', 'rough'])),
    email: optional(Type.String({ format: 'email' })),
    planted: optional(Type.String({ format: 'date' })),
    measured_at: Type.String({ format: 'date-time' }),
    tag: Type.String({ format: 'uuid' }),
    birds: Type.Array(Type.String(), { default: [] }),
    place: optional(Type.Object({ latitude: Type.Number() })),
    created_at: CreatedAt(),
  }),
  {
    description: 'A field of every kind',
    parent: 'park_id',
    unique: ['tag', ['park_id', 'label']],
    index: ['planted', ['kind', 'height']],
  },
)

const planters = resource(
  'planters',
  Type.Object({ nick: Type.String({ minLength: 1, maxLength: 20 }) }),
  {
    description: 'Under a key of the client',
    key: 'nick',
  },
)

const notes = resource(
  'notes',
  Type.Object({
    park_id: Ref('parks'),
    text: optional(Type.String({ maxLength: 10 })),
    at: optional(Type.Integer()),
  }),
  {
    description: 'Marked when they are deleted',
    keepDeleted: true,
    unique: ['text'],
    index: ['at'],
  },
)

const models = modelsOf(parks, trees, planters, notes)
const tableOf = (name: string) => modelToTable(sqliteDialect, models[name] as Model)

t.test('a key made by the server, and fields with the limits of their schemas', async t => {
  t.equal(
    withoutDigests(tableOf('trees').create),
    `create table "trees" (
  "id" integer primary key autoincrement,
  "park_id" integer not null constraint "park_id_check" check ("park_id" >= 1 and "park_id" <= 9007199254740991) constraint "park_id_ref" references "parks",
  "planter" text constraint "planter_check" check ("planter" is null or length("planter") >= 1 and length("planter") <= 20) constraint "planter_ref" references "planters",
  "name" text not null default 'it''s' constraint "name_check" check (length("name") >= 1 and length("name") <= 100),
  "label" text constraint "label_check" check ("label" is null or length("label") <= 10),
  "height" real constraint "height_check" check ("height" is null or "height" > 0 and "height" < 200.5),
  "rings" integer not null default 1 constraint "rings_check" check ("rings" >= 0 and "rings" <= 9999),
  "evergreen" integer not null default 0 constraint "evergreen_check" check ("evergreen" in (0, 1)),
  "kind" text not null default 'oak' constraint "kind_check" check ("kind" in ('oak', 'elm''s')),
  "bark" text constraint "bark_check" check ("bark" is null or "bark" in ('smooth', 'rough')),
  "email" text,
  "planted" text,
  "measured_at" text not null,
  "tag" text not null,
  "birds" text not null default '[]' constraint "birds_check" check (json_valid("birds")),
  "place" text constraint "place_check" check ("place" is null or json_valid("place")),
  "created_at" text not null,
  "_rev" integer not null
) strict`,
  )
})

t.test('a key of the client', async t => {
  t.equal(
    withoutDigests(tableOf('planters').create),
    `create table "planters" (
  "nick" text not null primary key constraint "nick_check" check (length("nick") >= 1 and length("nick") <= 20),
  "_rev" integer not null
) strict`,
  )
})

t.test('rows that are kept when they are deleted', async t => {
  t.equal(
    withoutDigests(tableOf('notes').create),
    `create table "notes" (
  "id" integer primary key autoincrement,
  "park_id" integer not null constraint "park_id_check" check ("park_id" >= 1 and "park_id" <= 9007199254740991) constraint "park_id_ref" references "parks",
  "text" text constraint "text_check" check ("text" is null or length("text") <= 10),
  "at" integer constraint "at_check" check ("at" is null or "at" >= -9007199254740991 and "at" <= 9007199254740991),
  "_rev" integer not null,
  "_deleted_at" text
) strict`,
  )
})

t.test('the rows of an owner are found by an index', async t => {
  const shelves = resource('shelves', Type.Object({ name: Type.String({ maxLength: 50 }) }), {
    description: 'Shelves of their callers',
    owner: true,
  })
  const { shelves: model } = modelsOf(shelves) as { shelves: Model }
  t.strictSame(
    modelToTable(sqliteDialect, model).indexes.flatMap(({ statements }) =>
      statements.map(withoutDigests),
    ),
    ['create index "shelves__owner_id_idx" on "shelves" ("_owner", "id")'],
  )
})

t.test('unique sets, named indexes and references are indexed, each once', async t => {
  const statements = (name: string) =>
    tableOf(name).indexes.flatMap(({ statements }) => statements.map(withoutDigests))
  t.strictSame(statements('trees'), [
    'create unique index "trees_tag_key" on "trees" ("tag")',
    'create unique index "trees_park_id_label_key" on "trees" ("park_id", "label")',
    'create index "trees_planted_id_idx" on "trees" ("planted", "id")',
    'create index "trees_kind_height_id_idx" on "trees" ("kind", "height", "id")',
    'create index "trees_park_id_id_idx" on "trees" ("park_id", "id")',
    'create index "trees_planter_id_idx" on "trees" ("planter", "id")',
  ])
  for (const { name, statements } of tableOf('trees').indexes)
    t.match(statements[0], `index "${name}" on`)
  t.strictSame(statements('planters'), [])
  t.strictSame(statements('notes'), [
    'create unique index "notes_text_key" on "notes" ("text") where "_deleted_at" is null',
    'create index "notes_at_id_idx" on "notes" ("at", "id")',
    'create index "notes_park_id_id_idx" on "notes" ("park_id", "id")',
  ])
})

t.test('SQLite takes it all, and its constraints hold', async t => {
  const db = new DatabaseSync(':memory:', { enableForeignKeyConstraints: true })
  t.teardown(() => db.close())
  for (const name of ['parks', 'planters', 'trees', 'notes'])
    for (const statement of [
      tableOf(name).create,
      ...tableOf(name).indexes.flatMap(index => index.statements),
    ])
      db.exec(statement)
  db.exec(
    `insert into "parks" values (1, 'North', 1); insert into "notes" values (1, 1, 'a', 1, 1, 'then')`,
  )
  const insert = (columns: string, values: string) =>
    db.exec(
      `insert into "trees" ("measured_at", "created_at", "_rev", "tag", ${columns}) values ('', '', 1, ${values})`,
    )
  insert('"park_id"', "'1', 1")
  db.exec(`insert into "notes" values (2, 1, 'a', 1, 1, null)`)

  const table: [columns: string, values: string, message: RegExp][] = [
    ['"park_id"', "'1', 1", /UNIQUE constraint failed: trees.tag/],
    ['"park_id"', "'2', 2", /FOREIGN KEY constraint failed/],
    ['"park_id", "planter"', "'2', 1, 'nobody'", /FOREIGN KEY constraint failed/],
    ['"park_id"', "'2', null", /NOT NULL constraint failed: trees.park_id/],
    ['"park_id", "name"', "'2', 1, ''", /CHECK constraint failed: name_\w+_check/],
    ['"park_id", "label"', "'2', 1, '12345678901'", /CHECK constraint failed/],
    ['"park_id", "height"', "'2', 1, 0", /CHECK constraint failed: height_/],
    ['"park_id", "height"', "'2', 1, 'high'", /cannot store TEXT value in REAL column/],
    ['"park_id", "rings"', "'2', 1, 10000", /CHECK constraint failed/],
    ['"park_id", "rings"', "'2', 1, 1.5", /cannot store REAL value in INTEGER column/],
    ['"park_id", "evergreen"', "'2', 1, 2", /CHECK constraint failed/],
    ['"park_id", "kind"', "'2', 1, 'elm'", /CHECK constraint failed/],
    ['"park_id", "birds"', "'2', 1, '['", /CHECK constraint failed: birds_/],
  ]
  for (const [columns, values, message] of table)
    t.throws(() => insert(columns, values), { message }, values)
  t.throws(() => db.exec(`insert into "notes" values (3, 1, 'a', 1, 1, null)`), {
    message: /UNIQUE/,
  })
})
