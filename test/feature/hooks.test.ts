// What a resource adds of its own: hooks before a write and after its commit, and what they refuse.

import { EventEmitter, once } from 'node:events'
import { Type } from '@sinclair/typebox'
import { pino } from 'pino'
import type { Test } from 'tap'
import { openPrincipal } from '../../src/access/access.ts'
import {
  action,
  type Change,
  Enum,
  type Hooks,
  Refusal,
  type Resource,
  type RowOf,
  resource,
} from '../../src/resource/resource.ts'
import { openStore } from '../../src/store/open.ts'
import { holder, required } from '../support/access.ts'
import {
  feature,
  onEveryDatabase,
  problemOf,
  type Service,
  startService,
} from '../support/service.ts'

const fields = {
  slug: Type.String({ minLength: 1, maxLength: 40, pattern: '^[a-z0-9-]+$', examples: ['first'] }),
  title: Type.String({ minLength: 1, maxLength: 100 }),
  status: Enum(['draft', 'final'], { default: 'draft' }),
  due_at: Type.Optional(Type.String({ format: 'date-time' })),
  tags: Type.Array(Type.String({ minLength: 1 }), { default: [] }),
  edits: Type.Optional(Type.Integer({ minimum: 0, readOnly: true })),
}

type Note = RowOf<ReturnType<typeof withHooks>>

const withHooks = (hooks: object) =>
  resource('notes', Type.Object(fields), { description: 'Notes', key: 'slug', hooks })

function notes(hooks: Hooks<Note>): Resource {
  return withHooks(hooks) as unknown as Resource
}

const now = new Date('2026-02-03T04:05:06.789Z')
/** When a change is made, and by whom. */
const by = { now, caller: openPrincipal }

/** What the hooks of a test saw, and what was logged: each `line` event is an entry. */
interface Journal {
  readonly seen: Change<Note>[]
  readonly log: EventEmitter
}

/** Runs a test on a service whose notes have these hooks. */
function hooked(
  name: string,
  hooks: (journal: Journal) => Hooks<Note>,
  run: (t: Test, service: Service, journal: Journal) => Promise<void>,
) {
  const journal = { seen: [] as Change<Note>[], log: new EventEmitter() }
  const logger = pino(
    { level: 'info' },
    { write: line => void journal.log.emit('line', JSON.parse(line)) },
  )
  const resources = [notes(hooks(journal))]
  feature(
    name,
    async (t, service) => {
      journal.seen.length = 0
      await run(t, service, journal)
    },
    { resources, logger, clock: () => now },
  )
}

const jsonPatch = { 'content-type': 'application/json-patch+json' }
const note = { slug: 'a', title: 'One' }
const stored = { slug: 'a', title: 'One', status: 'draft', due_at: null, tags: [], edits: null }
const dated = { ...stored, due_at: '2026-01-01T00:00:00.000Z', tags: ['x'] }

hooked(
  'before a write, a hook sees what was stored and what will be, in the form in which it is stored',
  ({ seen }) => ({
    beforeWrite: ({ db: _, ...change }) => void seen.push(structuredClone(change) as Change<Note>),
  }),
  async (t, service, { seen }) => {
    const { post, put, patch } = service
    await post('/notes', note)
    await put('/notes/a', { title: 'One', due_at: '2026-01-01T02:00:00+02:00', tags: ['x'] })
    await patch('/notes/a', { status: 'final' })
    await patch('/notes/a', [{ op: 'remove', path: '/due_at' }], jsonPatch)
    await service.delete('/notes/a')
    await put('/notes/b', { title: 'Two' })
    const final = { ...dated, status: 'final' }
    t.strictSame(seen, [
      { operation: 'create', ...by, after: stored },
      { operation: 'replace', ...by, before: stored, after: dated },
      { operation: 'update', ...by, before: dated, after: final },
      { operation: 'update', ...by, before: final, after: { ...final, due_at: null } },
      { operation: 'delete', ...by, before: { ...final, due_at: null } },
      { operation: 'create', ...by, after: { ...stored, slug: 'b', title: 'Two' } },
    ])
  },
)

hooked(
  'before a write, a hook may change members, read-only ones too',
  () => ({
    beforeWrite: ({ before, after }) =>
      after && {
        title: after.title.trim(),
        tags: [...after.tags, 'hooked'],
        edits: (before?.edits ?? -1) + 1,
      },
  }),
  async (t, { get, post, put, patch }) => {
    const created = await post('/notes', { slug: 'a', title: ' One ' })
    t.strictSame(created.json, { ...stored, title: 'One', tags: ['hooked'], edits: 0 })
    const replaced = await put('/notes/a', { title: 'Two ', tags: ['x'] })
    t.strictSame(replaced.json, { ...stored, title: 'Two', tags: ['x', 'hooked'], edits: 1 })
    const patched = await patch('/notes/a', { title: ' Three' })
    t.strictSame(patched.json, {
      ...stored,
      title: 'Three',
      tags: ['x', 'hooked', 'hooked'],
      edits: 2,
    })
    t.strictSame((await get('/notes/a')).json, patched.json)
    t.equal((await put('/notes/b', { title: ' New ' })).json.edits, 0)
  },
)

/** Refuses whatever would get, or has, a title of this kind. */
const refusing = ({ seen }: Journal): Hooks<Note> => ({
  beforeWrite: ({ before, after }) => {
    const title = after?.title ?? before?.title
    if (title === 'conflict') throw new Refusal(409, 'Such a note is settled.')
    if (title === 'wrong') throw new Refusal(422, 'Such a title is no title.', 'title')
    if (title === 'fault') throw new Error('a secret of ours')
    return after && title === 'stuck' ? { title: 'conflict' } : undefined
  },
  afterCommit: change => void seen.push(change),
})

const refusals: [title: string, problem: object][] = [
  ['conflict', { status: 409, detail: 'Such a note is settled.', errors: undefined }],
  [
    'wrong',
    {
      type: 'https://restwell.dev/problems/refused-by-rule',
      status: 422,
      detail: 'Such a title is no title.',
      errors: [{ pointer: '#/title', detail: 'Such a title is no title.' }],
    },
  ],
  [
    'fault',
    {
      status: 500,
      detail: 'The server failed; the fault is logged under the instance of this problem.',
    },
  ],
]

hooked(
  'before a write, a hook may refuse it, and nothing is stored',
  refusing,
  async (t, service, { seen, log }) => {
    const { get, post, put, patch, request } = service
    await post('/notes', note)
    await post('/notes', { slug: 'b', title: 'stuck' })
    seen.length = 0
    const before = (await get('/notes')).json
    for (const [title, problem] of refusals) {
      for (const write of [
        () => post('/notes', { slug: 'c', title }),
        () => post('/notes', { slug: 'c', title }, { 'idempotency-key': title }),
        () => put('/notes/c', { title }),
        () => put('/notes/a', { title }),
        () => patch('/notes/a', { title }),
        () => patch('/notes/a', [{ op: 'replace', path: '/title', value: title }], jsonPatch),
      ])
        t.match(problemOf(await write()), problem, title)
      t.strictSame((await get('/notes')).json, before)
    }
    t.match(problemOf(await service.delete('/notes/b')), {
      status: 409,
      detail: 'Such a note is settled.',
    })
    t.equal((await get('/notes/b')).status, 200)
    t.strictSame(seen, [], 'there was no commit to come after')

    const [[entry], failed] = await Promise.all([
      once(log, 'line'),
      request('PUT', '/notes/c', { json: { title: 'fault' } }),
    ])
    t.match(entry, { level: 50, err: { message: 'a secret of ours' } })
    t.equal(entry.instance, failed.json.instance)
    t.notMatch(failed.text, 'secret')
  },
)

hooked(
  'after the commit, a hook hears of it once, not of refusals and replays',
  ({ seen }) => ({ afterCommit: change => void seen.push(change) }),
  async (t, service, { seen }) => {
    const { get, post, put, patch } = service
    const key = { 'idempotency-key': 'once' }
    const first = await post('/notes', note, key)
    t.equal((await post('/notes', note, key)).headers['idempotent-replayed'], 'true')
    t.equal((await post('/notes', note)).status, 409)
    t.equal((await put('/notes/a', {})).status, 422)
    t.equal((await patch('/notes/a', { title: 'Old' }, { 'if-match': '"0"' })).status, 412)
    t.equal((await service.delete('/notes/z')).status, 404)
    t.strictSame(seen, [{ operation: 'create', ...by, after: first.json }])

    await put('/notes/a', { title: 'Two', due_at: '2026-01-01T02:00:00+02:00' })
    await service.delete('/notes/a')
    const replaced = { ...stored, title: 'Two', due_at: '2026-01-01T00:00:00.000Z' }
    t.strictSame(seen.slice(1), [
      { operation: 'replace', ...by, before: stored, after: replaced },
      { operation: 'delete', ...by, before: replaced },
    ])
    t.equal((await get('/notes/a')).status, 404)
  },
)

/** What the hook waits for and the test fulfils. */
let gate = Promise.withResolvers<void>()

hooked(
  'after the commit, a hook may take its time and fail: the answer does not wait, the failure is logged',
  () => ({
    afterCommit: async (_change, log) => {
      await gate.promise
      log.info({ mail: 1 }, 'about to send')
      throw new Error('the mail server is away')
    },
  }),
  async (t, { get, post }, { log }) => {
    const entries: object[] = []
    log.on('line', entry => entries.push(entry))
    gate = Promise.withResolvers<void>()
    t.equal((await post('/notes', note)).status, 201)
    t.strictSame(entries, [])
    gate.resolve()
    while (entries.length < 2) await once(log, 'line')
    t.match(entries[0], { level: 30, mail: 1, msg: 'about to send' })
    t.match(entries[1], { level: 50, err: { message: 'the mail server is away' } })
    t.equal((await get('/notes/a')).status, 200)
  },
)

hooked(
  'after the commit, a hook that throws at once does no harm either',
  () => ({
    afterCommit: () => {
      throw new Error('at once')
    },
  }),
  async (t, { post }, { log }) => {
    const [[entry], created] = await Promise.all([once(log, 'line'), post('/notes', note)])
    t.match(entry, { level: 50, err: { message: 'at once' } })
    t.equal(created.status, 201)
  },
)

onEveryDatabase('after the commit, the row is there for every process', async (t, url) => {
  const found = Promise.withResolvers<unknown>()
  const afterCommit = async () => {
    const other = openStore(url, { exclusive: false })
    found.resolve(await other.query({ text: 'select slug from notes', values: [] }))
    await other.close()
  }
  const { post } = await startService(t, url, { resources: [notes({ afterCommit })] })
  await post('/notes', note)
  t.strictSame(await found.promise, [['a']])
})

const refunded = { amount: 9900, currency: 'USD', status: 'refunded' }
const settled = 'A refunded transaction is settled: its amount and currency stand.'

feature('the amount and currency of a refunded transaction stand', async (t, service) => {
  const { get, put, patch } = service
  const before = (await get('/transactions/2')).json
  t.match(before, refunded)
  for (const [members, pointer] of [
    [{ amount: 1 }, '#/amount'],
    [{ currency: 'EUR' }, '#/currency'],
    [{ amount: 1, currency: 'EUR', status: 'pending' }, '#/amount'],
  ] as const)
    for (const answer of [
      await patch('/transactions/2', members),
      await put('/transactions/2', { ...refunded, ...members }),
    ]) {
      t.match(problemOf(answer), { status: 409, detail: settled })
      t.strictSame(answer.json.errors, [{ pointer, detail: settled }])
    }
  t.strictSame((await get('/transactions/2')).json, before)
  t.equal((await patch('/transactions/2', { reference: 'Other', amount: 9900 })).status, 200)
  t.equal(
    (await patch('/transactions/1', { amount: 1, currency: 'USD' })).status,
    200,
    'others may change',
  )
  t.equal((await service.delete('/transactions/2')).status, 204)
})

const logged: object[] = []
const logger = pino({ level: 'info' }, { write: line => void logged.push(JSON.parse(line)) })

feature(
  'a transaction that changes its status is logged',
  async (t, { patch }) => {
    logged.length = 0
    await patch('/transactions/5', { amount: 2 })
    await patch('/transactions/5', { status: 'succeeded' })
    t.equal(logged.length, 1)
    t.match(logged[0], {
      transaction: 5,
      from: 'pending',
      to: 'succeeded',
      msg: 'transaction status changed',
    })
  },
  { logger },
)

feature('the guests of an event are counted', async (t, service) => {
  const { get, post, request } = service
  const counted = await get('/events/1/headcount')
  t.equal(counted.status, 200)
  t.strictSame(counted.json, { invited: 1, accepted: 2, declined: 1, expected: 5 })
  t.match(counted.headers, { 'cache-control': 'no-cache', 'content-type': /^application\/json/ })

  const { json: event } = await post('/events', {
    name: 'Empty',
    starts_at: '2026-11-11T17:00:00Z',
  })
  const none = { invited: 0, accepted: 0, declined: 0, expected: 0 }
  t.strictSame((await get(`/events/${event.id}/headcount/`)).json, none)
  await post(`/events/${event.id}/guests`, {
    name: 'A',
    email: 'a@example.com',
    status: 'accepted',
    plus_ones: 10,
  })
  t.strictSame((await get(`/v1/events/${event.id}/headcount`)).json, {
    ...none,
    accepted: 1,
    expected: 11,
  })

  t.equal((await get('/events/99/headcount')).status, 404)
  t.equal((await get('/events/first/headcount')).status, 400)
  t.equal((await get('/events/1/headcount?fields=invited')).status, 400)
  t.equal((await get('/events/1/headcount', { accept: 'text/plain' })).status, 406)
  const head = await request('HEAD', '/events/1/headcount')
  t.strictSame([head.status, head.text], [200, ''])
  const posted = await request('POST', '/events/1/headcount')
  t.strictSame([posted.status, posted.headers.allow], [405, 'GET, HEAD, OPTIONS'])
})

const guarded = resource('tills', Type.Object({ amount: Type.Integer({ examples: [1] }) }), {
  description: 'Cash',
  hooks: {
    beforeWrite({ caller }) {
      if (caller.plan !== 'staff') throw new Refusal(403, 'Only staff may do this.', 'amount')
    },
  },
  actions: {
    empty: action({
      summary: 'Empty the till',
      run: () => {
        throw new Refusal(403, 'Only the owner may do this.')
      },
    }),
  },
})

feature(
  'what a caller may not do is refused with 403, which no other scope would change',
  async (t, { store, post }) => {
    const clerk = await holder(store, ['tills:write'])
    const staff = await holder(store, ['tills:write'], { plan: 'staff' })
    const refused = await post('/tills', { amount: 1 }, clerk.headers)
    t.equal(refused.status, 403)
    t.match(problemOf(refused), {
      detail: 'Only staff may do this.',
      errors: [{ pointer: '#/amount', detail: 'Only staff may do this.' }],
    })
    t.notOk('www-authenticate' in refused.headers)
    t.equal((await post('/tills', { amount: 1 }, staff.headers)).status, 201)
    const kept = await post('/tills/1/empty', undefined, staff.headers)
    t.equal(kept.status, 403)
    t.match(problemOf(kept), { detail: 'Only the owner may do this.' })
  },
  { resources: [guarded as unknown as Resource], access: required },
)
