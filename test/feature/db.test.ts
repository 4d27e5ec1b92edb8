// What a hook asks of `db`: the language of its questions, the checks of what it writes, and what is a fault of its code.

import { Type } from '@sinclair/typebox'
import { pino } from 'pino'
import type { ListOf } from '../../src/resource/db.ts'
import {
  type Caller,
  type Change,
  CreatedAt,
  type Db,
  Ref,
  Refusal,
  type Resource,
  type RowOf,
  resource,
  sql,
} from '../../src/resource/resource.ts'
import { only } from '../../src/store/only.ts'
import { feature, problemOf, type Received, type Service } from '../support/service.ts'

const messages: string[] = []
const logger = pino({ level: 'info' }, { write: line => void messages.push(JSON.parse(line).msg) })

/** What a hook of a test is given, and does. */
interface Given {
  readonly db: Db
  readonly caller: Caller
}
type Code = (given: Given) => Generator<unknown, unknown, unknown>
let code: Code
let after: Code | undefined

const committed: unknown[] = []
const notes = resource(
  'notes',
  Type.Object({
    title: Type.String({ minLength: 1, maxLength: 10 }),
    n: Type.Integer({ default: 0, minimum: 0 }),
    at: Type.Optional(Type.String({ format: 'date-time' })),
    tags: Type.Array(Type.String(), { default: [] }),
    made: CreatedAt(),
  }),
  {
    description: 'Notes',
    unique: ['title'],
    hooks: {
      beforeWrite: ({ after }) => {
        if (after?.title === 'never') throw new Refusal(409, 'Such a note is refused.', 'title')
        return after && { title: after.title.trim() }
      },
      afterCommit: ({ operation, before, after }) =>
        void committed.push([operation, (after ?? before)?.title]),
    },
  },
)
const probes = resource(
  'probes',
  Type.Object({
    note_id: Type.Optional(Ref('notes')),
    found: Type.Optional(Type.String({ readOnly: true })),
  }),
  {
    description: 'Probes',
    hooks: {
      *beforeWrite(change) {
        const found = yield* code(change)
        return found === undefined ? undefined : { found: JSON.stringify(found) }
      },
      *afterWrite(change) {
        if (after !== undefined) yield* after(change)
      },
      afterCommit: ({ operation }) => void committed.push([operation, 'probe']),
    },
  },
)

function asking(name: string, run: (t: Tap, service: Service) => Promise<void>) {
  const resources = [notes, probes] as unknown as readonly Resource[]
  const titles = ['one', 'two', 'three']
  const begin = async ({ post }: Service) => {
    for (const [n, title] of titles.entries())
      await post('/notes', { title, n, ...(n > 0 && { at: `2026-01-0${n}T00:00:00Z` }) })
    committed.length = 0
    after = undefined
  }
  feature(
    name,
    async (t, service) => {
      await begin(service)
      await run(t, service)
    },
    { resources, logger },
  )
}
type Tap = Parameters<Parameters<typeof feature>[1]>[0]

/** What the hook finds when a probe is created. */
async function found({ post }: Service, ask: Code): Promise<unknown> {
  code = ask
  const { json } = await post('/probes', {})
  return JSON.parse(json.found)
}

/** The answer to a probe whose hook asks this. */
function probe({ post }: Service, ask: Code): Promise<Received> {
  code = ask
  return post('/probes', {})
}

function messageOf(t: Tap, received: Received): string {
  t.equal(received.status, 500)
  return messages.at(-1) ?? ''
}

const nothing: Code = function* () {
  yield* []
}

const titles = (rows: readonly { title: string }[]) => rows.map(({ title }) => title)

asking(
  'a list without a limit that finds very many rows is a fault of the code',
  async (t, service) => {
    const numbers = `with recursive counted(n) as (select 1 union all select n + 1 from counted where n < 9998)`
    await service.store.transact(() =>
      only({
        text: `${numbers} insert into notes (title, n, tags, made, _rev) select 'x' || counted.n, 5, tags, made, _rev from counted, notes where title = 'one'`,
        values: [],
      }),
    )
    const count = (wanted: ListOf<RowOf<typeof notes>>): Code =>
      function* ({ db }) {
        return (yield* db.list(notes, wanted)).length
      }
    t.match(
      messageOf(t, await probe(service, count({}))),
      /: db\.list found more than 10000 notes: give it filters or a limit$/,
    )
    t.equal(await found(service, count({ n: 5 })), 9998)
    t.equal(await found(service, count({ limit: 10_000 })), 10_000)
  },
)

asking('db reads in the language of the addresses', async (t, service) => {
  const table: [wanted: ListOf<RowOf<typeof notes>>, expected: string[]][] = [
    [{}, ['one', 'two', 'three']],
    [{ n: 1 }, ['two']],
    [{ n: [0, 2] }, ['one', 'three']],
    [{ n_gte: 1, sort: '-n' }, ['three', 'two']],
    [{ sort: ['-title', 'n'], limit: 2 }, ['two', 'three']],
    [{ sort: '-title,n', limit: 1 }, ['two']],
    [{ title_contains: 'o', limit: 1 }, ['one']],
    [{ title_starts_with: 't' }, ['two', 'three']],
    [{ at_is_null: true }, ['one']],
    [{ at: '2026-01-01T02:00:00+02:00' }, ['two']],
    [{ limit: 0 }, []],
  ]
  const list = (wanted: ListOf<RowOf<typeof notes>>): Code =>
    function* ({ db }) {
      return titles(yield* db.list(notes, wanted))
    }
  for (const [wanted, expected] of table)
    t.strictSame(await found(service, list(wanted)), expected, JSON.stringify(wanted))

  const values = await found(service, function* ({ db }) {
    const { made: _, ...row } = yield* db.read(notes, 2)
    return [
      row,
      yield* db.count(notes),
      yield* db.count(notes, { n_gt: 0 }),
      yield* db.query(sql`select n, title from notes where n >= ${1} order by n`),
    ]
  })
  const second = { id: 2, title: 'two', n: 1, at: '2026-01-01T00:00:00.000Z', tags: [] }
  t.strictSame(values, [
    second,
    3,
    2,
    [
      [1, 'two'],
      [2, 'three'],
    ],
  ])
})

asking(
  'db writes with the checks, hooks and revisions of the other resource',
  async (t, service) => {
    const { get, post } = service
    const first = await get('/notes/1')
    const rows = await found(service, function* ({ db }) {
      const created = yield* db.create(notes, { title: ' four ', made: '2020-01-01T00:00:00Z' })
      const changed = yield* db.change(notes, 1, { n: 7, tags: ['x'] })
      const removed = yield* db.remove(notes, 2)
      return [created, changed, removed.title, titles(yield* db.list(notes))]
    })
    const made = '2020-01-01T00:00:00.000Z'
    t.strictSame(rows, [
      { id: 4, title: 'four', n: 0, at: null, tags: [], made },
      { ...first.json, n: 7, tags: ['x'] },
      'two',
      ['one', 'three', 'four'],
    ])
    t.strictSame(titles((await get('/notes')).json), ['one', 'three', 'four'])
    t.not((await get('/notes/1')).headers.etag, first.headers.etag)
    t.strictSame(committed, [
      ['create', 'four'],
      ['update', 'one'],
      ['delete', 'two'],
      ['create', 'probe'],
    ])
    committed.length = 0
    code = function* ({ db }) {
      yield* db.create(notes, { title: 'gone' })
      throw new Refusal(422, 'Not this one.')
    }
    t.equal((await post('/probes', {})).status, 422)
    t.equal((await get('/notes?title=gone')).json.length, 0, 'what it wrote is undone')
    t.strictSame(committed, [])
  },
)

asking(
  'after the write the row is there, with its key, and may be referred to',
  async (t, service) => {
    const { get, patch } = service
    code = nothing
    after = function* ({ db, ...change }) {
      const { operation, after, before } = change as unknown as Change<{ id: number }>
      yield* db.create(notes, { title: `${operation} ${(after ?? before)?.id}` })
      if (operation === 'create') yield* db.change(notes, 1, { n: after.id * 100 })
    }
    const created = await probe(service, code)
    t.equal((await get('/notes/1')).json.n, 100)
    t.equal((await patch('/probes/1', { note_id: 1 })).status, 200)
    t.equal((await service.delete('/probes/1')).status, 204)
    t.strictSame(titles((await get('/notes')).json).slice(3), ['create 1', 'update 1', 'delete 1'])

    after = function* ({ db, ...change }) {
      const { operation, after } = change as unknown as Change<{ id: number }>
      if (operation === 'create') yield* db.change(probes, after.id, { found: 'by itself' })
    }
    const itself = await probe(service, code)
    t.equal(itself.json.found, 'by itself')
    const read = await get(`/probes/${itself.json.id}`)
    t.strictSame(read.json, itself.json)
    t.equal(read.headers.etag, itself.headers.etag)
    t.equal(created.json.found, null)

    after = function* ({ db }) {
      yield* db.count(notes)
      throw new Refusal(409, 'Too late.')
    }
    t.match(problemOf(await probe(service, code)), { status: 409, detail: 'Too late.' })
    t.equal((await get('/probes')).json.length, 1)
  },
)

asking('a row that db does not find is a reference to nothing', async (t, service) => {
  code = function* ({ db, ...change }) {
    const { after } = change as unknown as { after: { note_id: number | null } }
    yield* db.lock(notes, after.note_id ?? 99)
  }
  const detail = 'It refers to something that does not exist.'
  const referred = problemOf(await service.post('/probes', { note_id: 77 }))
  t.match(referred, {
    status: 409,
    detail,
    errors: [{ pointer: '#/note_id', detail: 'does not exist' }],
  })
  const unreferred = problemOf(await service.post('/probes', {}))
  t.match(unreferred, { status: 409, detail })
  t.notOk(unreferred.errors)
})

asking('what db refuses refuses the write, even if the hook catches it', async (t, service) => {
  const refused: [ask: Code, problem: object][] = [
    [
      function* ({ db }) {
        yield* db.create(notes, { title: 'one' })
      },
      { status: 409, detail: 'There is a note with this title already.', errors: undefined },
    ],
    [
      function* ({ db }) {
        yield* db.create(notes, { title: 'never' })
      },
      { status: 409, detail: 'Such a note is refused.' },
    ],
    [
      function* ({ db }) {
        yield* db.remove(notes, 1)
      },
      { status: 409, detail: 'A note cannot be deleted while probes refer to it.' },
    ],
  ]
  code = nothing
  await service.post('/probes', { note_id: 1 })
  for (const [ask, problem] of refused)
    for (const attempt of [
      ask,
      function* (given: Given) {
        try {
          return yield* ask(given)
        } catch {
          return 'went on'
        }
      },
    ]) {
      t.match(problemOf(await probe(service, attempt)), problem)
      t.equal((await service.get('/probes')).json.length, 1)
    }
})

asking(
  'what only code can do wrong is a fault of that code, and names its place',
  async (t, service) => {
    const faults: [ask: Code, told: RegExp][] = [
      [
        function* ({ db }) {
          yield* db.read(notes, 1)
          db.change(notes, 1, { n: 2 })
        },
        /it called db\.change\(notes\) without yield\*, so that nothing was asked$/,
      ],
      [
        function* ({ db }) {
          yield db.read(notes, 1)
        },
        /it used yield, where only yield\* with what db gives has a meaning$/,
      ],
      [
        function* ({ db }) {
          // @ts-expect-error there is no such field
          yield* db.list(notes, { titel: 'one' })
        },
        /db cannot ask notes for that: titel is not a known parameter; did you mean 'title'\?$/,
      ],
      [
        function* ({ db }) {
          // @ts-expect-error not a number
          yield* db.list(notes, { n_gt: 'one', n: undefined })
        },
        /db cannot ask notes for that: .*n_gt must be integer/,
      ],
      [
        function* ({ db }) {
          yield* db.list({ name: 'keys' })
        },
        /db was asked for 'keys', which is no resource of the service: pass what resource\(\) has made$/,
      ],
      [
        function* ({ db }) {
          yield* db.create(notes, { title: 'much too long a title' })
        },
        /a note cannot be created like this: title must NOT have more than 10 characters$/,
      ],
      [
        function* ({ db }) {
          yield* db.change(notes, 1, { n: -1 })
        },
        /a note cannot be changed like this: n must be >= 0$/,
      ],
      [
        function* ({ db }) {
          yield* db.change(notes, 1, { id: 5 })
        },
        /a note cannot be changed like this: id is its key$/,
      ],
      [
        function* ({ db }) {
          yield* db.query(sql`update notes set n = 9`)
        },
        /a query may only read, and this one would write/,
      ],
      [
        function* ({ db }) {
          yield* db.query(sql`select nonsense from notes`)
        },
        /nonsense/,
      ],
      [
        function* ({ db }) {
          yield* db.create(probes, {})
        },
        /hooks write because of one another without end: probes → probes → /,
      ],
    ]
    for (const [ask, told] of faults) {
      messages.length = 0
      const message = messageOf(t, await probe(service, ask))
      t.match(message, told)
      t.match(message, /^in the hook beforeWrite of schemas\/probes\.ts/)
    }
    const { get, post } = service
    t.strictSame((await get('/probes')).json, [])
    t.strictSame((await get('/notes/1')).json.n, 0)
    code = function* ({ db }) {
      yield* db.query(sql`select 1`)
      yield* db.change(notes, 1, { n: 3 })
    }
    t.equal((await post('/probes', {})).status, 201, 'a query does not keep the rest from writing')
  },
)
