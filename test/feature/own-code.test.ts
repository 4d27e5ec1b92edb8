// What goes wrong in the code of a definition: the caller sees a plain 500, nothing is stored, and the log says whose fault it is and where.

import { readFileSync } from 'node:fs'
import { Type } from '@sinclair/typebox'
import { pino } from 'pino'
import type { Test } from 'tap'
import { type Reading, type Resource, resource, sql, view } from '../../src/resource/resource.ts'
import { checkProblem } from '../support/problem.ts'
import { feature, type Received } from '../support/service.ts'

interface Entry {
  readonly level: number
  readonly msg: string
  readonly source?: string
  readonly instance?: string
  readonly err?: { readonly message: string }
}

const entries: Entry[] = []
const logger = pino({ level: 'info' }, { write: line => void entries.push(JSON.parse(line)) })
const plain = { description: 'Notes', key: 'slug' } as const
const fields = Type.Object({
  slug: Type.String({ minLength: 1, maxLength: 20, examples: ['a'] }),
  title: Type.String({ maxLength: 10 }),
  due_at: Type.Optional(Type.String({ format: 'date-time' })),
})

function withOptions(options: object): { resources: Resource[]; logger: typeof logger } {
  const notes = resource('notes', fields, { ...plain, ...options })
  return { resources: [notes as unknown as Resource], logger }
}

/** The last line of this file in which something stands, from 1. */
function lineOf(code: string): number {
  const lines = readFileSync(import.meta.filename, 'utf8').split('\n')
  return lines.findLastIndex(line => line.includes(code)) + 1
}

/** The caller sees a fault and nothing of the inside; the entry of the log is given. */
function faultOf(t: Test, received: Received): Entry {
  const { detail, instance } = checkProblem(t, 'fault', received, 500)
  t.equal(detail, 'The server failed; the fault is logged under the instance of this problem.')
  const entry = entries.find(entry => entry.instance === instance)
  if (entry === undefined) throw new Error('The fault was not logged.')
  t.notMatch(entry.msg, /please report/)
  return entry
}

const hook = (beforeWrite: unknown) => withOptions({ hooks: { beforeWrite } })

feature(
  'an exception in a hook is logged with its line, its column and the source around it',
  async (t, { post, get }) => {
    const entry = faultOf(t, await post('/notes', { slug: 'a', title: 'x' }))
    const line = lineOf('null.nothing(before)')
    t.match(
      entry.msg,
      `in the hook beforeWrite of schemas/notes.ts, at test/feature/own-code.test.ts:${line}:`,
    )
    t.match(entry.msg, /Cannot read properties of null/)
    t.match(entry.source, `> ${line} |`)
    t.match(entry.source, 'null.nothing(before)')
    t.match(entry.source, /^ +\| +\^$/m)
    t.strictSame((await get('/notes')).json, [])
  },
  hook(({ before }: { before: unknown }) => {
    // @ts-expect-error: the fault
    return null.nothing(before)
  }),
)

feature(
  'an error that a hook throws is no refusal of the service, whatever status it has',
  async (t, { post }) => {
    const entry = faultOf(t, await post('/notes', { slug: 'a', title: 'x' }))
    t.match(entry.msg, /: not yours$/)
  },
  hook(() => {
    throw Object.assign(new Error('not yours'), {
      statusCode: 403,
      code: 'FST_ERR_CTP_BODY_TOO_LARGE',
    })
  }),
)

function* returningPromise() {
  yield* []
  return Promise.resolve({ title: 'x' })
}

async function* askingWithPromises() {
  yield* []
}

const promises: [name: string, hook: unknown][] = [
  ['one that rejects', () => Promise.all([Promise.reject(new Error('the rule is not kept'))])],
  ['one that gives members', () => Promise.resolve({ title: 'x' })],
  ['one from a generator', returningPromise],
  ['one for each answer of an async generator', () => askingWithPromises()],
]

for (const [name, beforeWrite] of promises)
  feature(
    `nothing is stored where a hook returns a promise: ${name}`,
    async (t, { post, put, get }) => {
      for (const received of [
        await post('/notes', { slug: 'a', title: 'x' }),
        await put('/notes/b', { title: 'x' }),
        await post('/notes', { slug: 'c', title: 'x' }, { 'idempotency-key': 'c' }),
      ])
        t.match(
          faultOf(t, received).msg,
          /in the hook beforeWrite of schemas\/notes\.ts: it returned a promise/,
        )
      t.strictSame((await get('/notes')).json, [])
    },
    hook(beforeWrite),
  )

const wrong: [returned: unknown, told: RegExp][] = [
  [
    { title: 'much too long' },
    /it made a row that is not valid: title must NOT have more than 10 characters$/,
  ],
  [{ title: null }, /title must be string$/],
  [{ titel: 'x' }, /titel is not a known member; did you mean 'title'\?$/],
  [{ due_at: new Date() }, /due_at must be string or null/],
  [{ due_at: 'soon' }, /due_at must be a valid date-time, such as \S+$/],
  ['x', /it returned "x"; return members to change, or nothing$/],
  [['x'], /it returned \["x"\]; return members to change, or nothing$/],
]

let returned: unknown
feature(
  'a hook that makes a row beyond the limits of its fields is at fault, and nothing is stored',
  async (t, { post, put, patch, get }) => {
    returned = undefined
    t.equal((await post('/notes', { slug: 'a', title: 'x' })).status, 201)
    for (const [value, told] of wrong) {
      returned = value
      t.match(faultOf(t, await post('/notes', { slug: 'b', title: 'x' })).msg, told)
      t.match(faultOf(t, await patch('/notes/a', { title: 'y' })).msg, told)
    }
    returned = { slug: 'b' }
    for (const received of [
      await patch('/notes/a', { title: 'y' }),
      await put('/notes/a', { title: 'y' }),
      await put('/notes/new', { title: 'y' }),
    ])
      t.match(
        faultOf(t, received).msg,
        /it changed slug, the key that the address names; only on POST it may$/,
      )
    t.strictSame((await get('/notes')).json, [{ slug: 'a', title: 'x', due_at: null }])
  },
  hook(() => returned),
)

feature(
  'a hook may set the key of a new row, leave members undefined, and clear optional ones',
  async (t, { post }) => {
    const { status, json } = await post('/notes', {
      slug: 'a',
      title: 'x',
      due_at: '2026-01-01T00:00:00Z',
    })
    t.equal(status, 201)
    t.strictSame(json, { slug: 'made', title: 'x', due_at: null })
  },
  hook(() => ({ slug: 'made', due_at: undefined })),
)

feature(
  'an exception after the commit is logged with its line, and the write stands',
  async (t, { post, get }) => {
    entries.length = 0
    t.equal((await post('/notes', { slug: 'a', title: 'x' })).status, 201)
    t.equal((await get('/notes/a')).status, 200)
    const line = lineOf("new Error('nobody listens')")
    t.match(
      entries.map(({ msg }) => msg),
      [
        `in the hook afterCommit of schemas/notes.ts, at test/feature/own-code.test.ts:${line}:15: nobody listens; the write stands`,
      ],
    )
  },
  withOptions({
    hooks: {
      afterCommit: async () => {
        throw new Error('nobody listens')
      },
    },
  }),
)

const size = {
  summary: 'Size',
  response: Type.Object({ rows: Type.Integer({ examples: [1] }) }),
}

feature(
  'an exception in a view, and SQL that is wrong, are logged with their line',
  async (t, { post, get }) => {
    await post('/notes', { slug: 'a', title: 'x' })
    const thrown = faultOf(t, await get('/notes/a/size'))
    const line = lineOf("new Error('no size')")
    t.match(
      thrown.msg,
      `in the view 'size' of schemas/notes.ts, at test/feature/own-code.test.ts:${line}:`,
    )
    t.match(thrown.source, "new Error('no size')")
    const asked = faultOf(t, await get('/notes/a/weight'))
    const asking = lineOf('sql`select nonsense')
    t.match(
      asked.msg,
      `in the view 'weight' of schemas/notes.ts, at test/feature/own-code.test.ts:${asking}:`,
    )
    t.match(asked.msg, 'nonsense')
    t.match(asked.source, 'select nonsense from notes')
  },
  withOptions({
    views: {
      size: view({
        ...size,
        run: () => {
          throw new Error('no size')
        },
      }),
      weight: view({
        ...size,
        *run({ db }: { db: Reading }) {
          const rows = yield* db.query(sql`select nonsense from notes`)
          return { rows: rows.length }
        },
      }),
    },
  }),
)
