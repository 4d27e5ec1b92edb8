// Records of files: three forms of JSON, checked whole, stored all or nothing; a mistake is told with file, record and field.

import { Type } from '@sinclair/typebox'
import type { Test } from 'tap'
import {
  parseRecords,
  RecordError,
  sampleRecords,
  storeRecords,
} from '../../src/commands/records.ts'
import { deriveModels, type Models } from '../../src/definitions/load.ts'
import { createEngine } from '../../src/handlers/engine.ts'
import { Ref, Refs, Refusal } from '../../src/resource/resource.ts'
import type { Row } from '../../src/resource/row.ts'
import { openStore } from '../../src/store/open.ts'
import { define } from '../support/definitions.ts'
import { fixtureModels } from '../support/fixture-models.ts'
import { onEveryDatabase, prepareTables } from '../support/service.ts'

interface Loader {
  /** Stores what a file of this name holds. */
  load(file: string, json: unknown, progress?: (done: number) => void): Promise<void>
  /** Why that is refused. */
  refusal(file: string, json: unknown): Promise<string>
  rows(table: string, columns: string): Promise<readonly Row[]>
  run(text: string): Promise<unknown>
}

const now = new Date('2026-02-03T04:05:06.789Z')

async function open(t: Test, url: string, models: Models): Promise<Loader> {
  const store = openStore(url, { exclusive: false })
  t.teardown(() => store.close())
  await prepareTables(store, models)
  const engine = createEngine({ models, store, clock: () => now })
  const load = async (file: string, json: unknown, progress?: (done: number) => void) =>
    storeRecords(engine, parseRecords(models.models, file, json), progress)
  return {
    load,
    refusal: async (file, json) => {
      const error = await load(file, json).then(
        () => undefined,
        (thrown: unknown) => thrown,
      )
      t.type(error, RecordError)
      return (error as Error).message
    },
    rows: async (table, columns) =>
      store.query({ text: `select ${columns} from ${table} order by 1`, values: [] }),
    run: async text => store.query({ text, values: [] }),
  }
}

function loading(
  name: string,
  run: (t: Test, loader: Loader) => Promise<void>,
  models?: () => Models,
) {
  onEveryDatabase(name, async (t, url) =>
    run(t, await open(t, url, models?.() ?? (await fixtureModels()))),
  )
}

const basics = { title: 'Basics', authors: [{ name: 'Ada' }] }
const more = { title: 'More', authors: [{ name: 'Jane' }], page_count: 7 }

const forms: [form: string, file: string, json: unknown][] = [
  [
    'lists under the names of resources',
    'all.json',
    { books: [basics, { id: 5, ...more }], todos: [] },
  ],
  ['a list in a file of the name of its resource', 'data/books.json', [basics, { id: 5, ...more }]],
  [
    'the fixtures of the tutorial',
    'fixtures.json',
    [
      { model: 'library.Book', fields: basics },
      { model: 'books', pk: 5, fields: more },
    ],
  ],
]

for (const [form, file, json] of forms)
  loading(form, async (t, { load, rows }) => {
    const done: number[] = []
    await load(file, json, count => done.push(count))
    t.strictSame(await rows('books', 'id, title, page_count'), [
      [1, 'Basics', null],
      [5, 'More', 7],
    ])
    t.strictSame(done, [1, 2])
    await load(file, Array.isArray(json) ? json.slice(0, 1) : { books: [basics] })
    t.strictSame((await rows('books', 'id')).at(-1), [6], 'the next key is a new one')
  })

loading(
  'records refer to others of the same file, whatever their order',
  async (t, { load, rows }) => {
    await load('all.json', {
      guests: [{ event_id: 7, name: 'Ada', email: 'ada@example.com' }],
      transactions: [
        { amount: 1, currency: 'EUR', customer_id: 3, created_at: '2001-01-01T00:00:00+01:00' },
      ],
      events: [{ id: 7, name: 'Party', starts_at: '2026-01-01T00:00:00Z' }],
      customers: [{ id: 3, name: 'Teo', email: 'teo@example.com' }],
      users: [{ username: 'ada' }],
    })
    t.strictSame(
      await rows('guests', 'event_id, status, plus_ones'),
      [[7, 'invited', 0]],
      'with defaults',
    )
    t.strictSame(await rows('transactions', 'customer_id, created_at'), [
      [3, '2000-12-31T23:00:00.000Z'],
    ])
    t.strictSame(await rows('users', 'username, created_at'), [['ada', now.toISOString()]])
  },
)

loading('records may refer to the key that another record is given', async (t, { load, rows }) => {
  await load('all.json', {
    guests: [{ event_id: 1, name: 'Ada', email: 'ada@example.com' }],
    events: [{ name: 'Party', starts_at: '2026-01-01T00:00:00Z' }],
  })
  t.strictSame(await rows('guests', 'event_id, name'), [[1, 'Ada']])
})

const nodes = () =>
  deriveModels([
    define(
      'nodes',
      {
        above: Type.Optional(Ref('nodes')),
        name: Type.Optional(Type.String({ maxLength: 9 })),
        edits: Type.Optional(Type.Integer({ readOnly: true })),
      },
      {
        unique: ['name'],
        hooks: {
          beforeWrite: ({ after }: { after: { name: string | null } }) => {
            if (after.name === 'root') throw new Refusal(409, 'There is no root.', 'name')
            if (after.name === 'none') throw new Refusal(422, 'That is no node.')
            return { edits: 1 }
          },
        },
      },
    ),
  ])

loading(
  'records refer to others of their own kind, in chains and to themselves',
  async (t, { load, refusal, rows }) => {
    const length = 5000
    await load('nodes.json', [
      { id: 100_000, above: 100_000 },
      ...Array.from({ length }, (_, index) => ({ id: index + 1, above: index + 2 })),
      { id: length + 1 },
    ])
    t.strictSame(await rows('nodes', 'count(*), count(above), count(edits)'), [
      [length + 2, length + 1, length + 2],
    ])
    t.match(
      await refusal('nodes.json', [{ id: 200_001, above: 200_002 }]),
      /^nodes\.json record 1: above refers to a row that does not exist\n/,
    )
  },
  nodes,
)

const teams = () =>
  deriveModels([
    define(
      'teams',
      {
        name: Type.String({ maxLength: 9 }),
        lead: Type.Optional(Ref('members')),
        rivals: Refs('teams'),
      },
      { unique: ['lead'], keepDeleted: true },
    ),
    define(
      'members',
      { team_id: Ref('teams'), likes: Type.Optional(Ref('members')) },
      { keepDeleted: true },
    ),
  ])

loading(
  'records refer to each other in a circle, where something in it may be null or empty',
  async (t, { load, refusal, rows }) => {
    await load('all.json', {
      members: [
        { id: 1, team_id: 1, likes: 2 },
        { id: 2, team_id: 2, likes: 3 },
        { id: 3, team_id: 1, likes: 1 },
        { id: 4, team_id: 1, likes: 4 },
        { team_id: 3, likes: 4 },
      ],
      teams: [
        { id: 1, name: 'one', lead: 2, rivals: [2, 3] },
        { id: 2, name: 'two', lead: 1, rivals: [3, 1] },
        { id: 3, name: 'three', rivals: [] },
      ],
    })
    t.strictSame(await rows('members', 'id, team_id, likes'), [
      [1, 1, 2],
      [2, 2, 3],
      [3, 1, 1],
      [4, 1, 4],
      [5, 3, 4],
    ])
    t.strictSame(await rows('teams', 'id, lead'), [
      [1, 2],
      [2, 1],
      [3, null],
    ])
    t.strictSame(await rows('teams_rivals', 'holder, position, item'), [
      [1, 0, 2],
      [1, 1, 3],
      [2, 0, 3],
      [2, 1, 1],
    ])
    t.match(
      await refusal('all.json', {
        teams: [
          { id: 4, name: 'four', lead: 6 },
          { id: 5, name: 'five', lead: 6 },
        ],
        members: [
          { id: 6, team_id: 4, likes: 7 },
          { id: 7, team_id: 5, likes: 6 },
        ],
      }),
      /^all\.json teams record [12]: lead is taken\n/,
    )
  },
  teams,
)

loading(
  'a hook sees the records, and may refuse one',
  async (t, { refusal, rows }) => {
    t.equal(
      await refusal('nodes.json', [{ name: 'a' }, { name: 'root' }]),
      'nodes.json record 2: name: There is no root.\nNothing was stored.',
    )
    t.match(
      await refusal('nodes.json', [{ name: 'none' }]),
      /^nodes\.json record 1: That is no node\.\n/,
    )
    t.strictSame(await rows('nodes', '*'), [])
  },
  nodes,
)

const book = (members: object) => ({ books: [basics, { ...more, ...members }] })

const refusals: [file: string, json: unknown, message: string][] = [
  ['a.json', 5, 'a.json: must be a JSON list or object'],
  ['a.json', null, 'a.json: must be a JSON list or object'],
  ['a.json', { books: {} }, 'a.json: books must be a list of records'],
  [
    'a.json',
    { novels: [] },
    "a.json: 'novels' is not a resource; there are books, cars, countries, ",
  ],
  [
    'novels.json',
    [basics],
    "novels.json: 'novels' is not a resource; there are books, cars, countries, ",
  ],
  [
    'a.json',
    [{ model: 'app.novel', fields: {} }],
    "a.json record 1: 'novel' is not a resource; there are books, ",
  ],
  [
    'a.json',
    [
      { model: 'books', fields: basics },
      { model: 'books', felds: more },
    ],
    'a.json record 2: must have model and fields, as the others have',
  ],
  ['a.json', { books: [basics, 5] }, 'a.json books record 2: must be object'],
  ['a.json', { books: [basics, null] }, 'a.json books record 2: must be object'],
  ['books.json', [basics, { title: 'x' }], 'books.json record 2: authors is required'],
  ['a.json', book({ authors: [{}] }), 'a.json books record 2: authors/0/name is required'],
  [
    'a.json',
    book({ page_count: '7' }),
    'a.json books record 2: page_count must be integer or null',
  ],
  ['a.json', book({ pages: 7 }), 'a.json books record 2: pages is not a known member'],
  ['a.json', book({ id: 0 }), 'a.json books record 2: id must be >= 1'],
  [
    'a.json',
    [{ model: 'books', pk: 'one', fields: basics }],
    'a.json record 1: id must be integer',
  ],
  ['a.json', { users: [{}] }, 'a.json users record 1: username is required'],
  [
    'a.json',
    {
      books: [
        { ...basics, id: 1 },
        { ...more, id: 1 },
      ],
    },
    'a.json books record 2: id is taken',
  ],
  [
    'a.json',
    { guests: [{ event_id: 1, name: 'A', email: 'a@example.com' }] },
    'a.json guests record 1: event_id refers to a row that does not exist',
  ],
]

loading('what is wrong is told, and nothing is stored', async (t, { refusal, rows }) => {
  for (const [file, json, message] of refusals) {
    const told = await refusal(file, json)
    t.equal(told.slice(0, message.length), message)
    t.match(told, /\nNothing was stored\.$/)
    t.strictSame(await rows('books', '*'), [])
  }
})

loading('all mistakes of all records are told at once, up to a point', async (t, { refusal }) => {
  const told = await refusal('all.json', { books: [{ title: 7, x: 1 }], users: [{}], events: [] })
  t.equal(
    told,
    [
      'all.json books record 1: authors is required',
      'all.json books record 1: x is not a known member',
      'all.json books record 1: title must be string',
      'all.json users record 1: username is required',
      'Nothing was stored.',
    ].join('\n'),
  )
  const many = await refusal(
    'users.json',
    Array.from({ length: 60 }, () => ({})),
  )
  t.strictSame(many.split('\n').slice(-3), [
    'users.json record 50: username is required',
    'and 10 more',
    'Nothing was stored.',
  ])
})

loading('a mistake in the last record undoes the first', async (t, { load, refusal, rows }) => {
  await load('books.json', [{ ...basics, isbn13: '978-0000000002' }])
  const told = await refusal('books.json', [more, { ...more, isbn13: '978-0000000002' }])
  t.equal(told, 'books.json record 2: isbn13 is taken\nNothing was stored.')
  t.strictSame(await rows('books', 'id'), [[1]])
})

loading(
  'what a rule of the database refuses is told with its record',
  async (t, { load, rows, run }) => {
    await run('alter table books add constraint short check (page_count < 100)')
    await t.rejects(load('books.json', [basics, { ...more, page_count: 100 }]), {
      message: /^books\.json record 2: .*\bshort\b/,
    })
    t.strictSame(await rows('books', '*'), [])
  },
)

onEveryDatabase('a sample row that is wrong is told with its file', async (t, url) => {
  const models = deriveModels([
    define('nodes', { name: Type.String() }, { sample: [{ name: 'a' }, { id: 7, nam: 'b' }] }),
  ])
  const store = openStore(url, { exclusive: false })
  t.teardown(() => store.close())
  await prepareTables(store, models)
  const engine = createEngine({ models, store })
  await t.rejects(storeRecords(engine, sampleRecords(models.models)), {
    message:
      /^schemas\/nodes\.ts sample 2: name is required\nschemas\/nodes\.ts sample 2: nam is not a known member; did you mean 'name'\?\n/,
  })
})
