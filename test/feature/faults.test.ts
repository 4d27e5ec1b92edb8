// What hooks refuse, and what fails in the service or below it: problems too, which show nothing of the inside.

import { Type } from '@sinclair/typebox'
import { pino } from 'pino'
import t from 'tap'
import { Ref, Refusal, resource } from '../../src/resource/resource.ts'
import { checkProblem } from '../support/problem.ts'
import { feature, startService } from '../support/service.ts'

/** Refuses and fails on demand. */
const notes = resource(
  'notes',
  Type.Object({ text: Type.String({ minLength: 1, maxLength: 100_000 }) }),
  {
    description: 'Notes whose hook refuses some of them',
    requireIfMatch: true,
    sample: [{ text: 'first' }],
    hooks: {
      beforeWrite: ({ after }) => {
        if (after?.text === 'conflict') throw new Refusal(409, 'One conflict is enough.', 'text')
        if (after?.text === 'wrong') throw new Refusal(422, 'Nothing wrong is noted.')
        if (after?.text === 'fault') throw new Error('the password is swordfish')
      },
    },
  },
)
const own = { resources: [notes] }

feature(
  'a hook refuses in its own words',
  async (t, { get, post }) => {
    const conflict = checkProblem(t, '409', await post('/notes', { text: 'conflict' }), 409)
    t.equal(conflict.detail, 'One conflict is enough.')
    t.strictSame(conflict.errors, [{ pointer: '#/text', detail: 'One conflict is enough.' }])
    const wrong = checkProblem(t, '422', await post('/notes', { text: 'wrong' }), 422)
    t.equal(wrong.detail, 'Nothing wrong is noted.')
    t.equal(wrong.errors, undefined)
    t.equal((await get('/notes')).json.length, 1)
  },
  own,
)

feature(
  'a change without If-Match is refused where the resource requires it',
  async (t, { put, patch, request, get }) => {
    const detail = 'This resource is only changed by requests with If-Match.'
    for (const received of [
      await put('/notes/1', { text: 'second' }),
      await patch('/notes/1', { text: 'second' }),
      await request('DELETE', '/notes/1'),
    ])
      t.equal(checkProblem(t, '428', received, 428).detail, detail)
    const { headers, json } = await get('/notes/1')
    t.equal(json.text, 'first')
    t.equal(
      (await put('/notes/1', { text: 'second' }, { 'if-match': headers.etag ?? '' })).status,
      200,
    )
  },
  own,
)

const lines: string[] = []
const logger = pino({ level: 'error' }, { write: line => lines.push(line) })

feature(
  'a fault of ours shows nothing of the inside, and is logged under its instance',
  async (t, { post }) => {
    const received = await post('/notes', { text: 'fault' })
    const { instance, detail, errors } = checkProblem(t, '500', received, 500)
    t.equal(detail, 'The server failed; the fault is logged under the instance of this problem.')
    t.equal(errors, undefined)
    t.notMatch(received.text, /swordfish|\bat\b|\.ts/)
    const entries = lines.map(line => JSON.parse(line)).filter(entry => entry.instance === instance)
    t.strictSame(
      entries.map(({ err }) => err.message),
      ['the password is swordfish'],
    )
  },
  { ...own, logger },
)

// Only SQLite lets itself be limited; what PostgreSQL says of a full disk is classified in its errors.test.ts.
t.test('without room on the disk nothing is stored, and reading goes on', async t => {
  const { store, get, post } = await startService(t, `sqlite:${t.testdir()}/test.db`, own)
  const [pages] = await store.query({ text: 'pragma page_count', values: [] })
  await store.query({ text: `pragma max_page_count = ${pages?.[0]}`, values: [] })
  checkProblem(t, '507', await post('/notes', { text: 'x'.repeat(100_000) }), 507)
  t.equal((await get('/notes')).json.length, 1)
})

const shelves = resource('shelves', Type.Object({ room: Type.String({ maxLength: 10 }) }), {
  description: 'Where there is room for boxes',
  singular: 'shelf',
})
const boxes = resource(
  'boxes',
  Type.Object({ shelf_id: Ref('shelves'), content: Type.String({ maxLength: 100_000 }) }),
  { description: 'Boxes on a shelf', parent: 'shelf_id' },
)

t.test('a full disk is told as one where the parent is missing too', async t => {
  const resources = [shelves, boxes]
  const { store, post } = await startService(t, `sqlite:${t.testdir()}/test.db`, { resources })
  const [pages] = await store.query({ text: 'pragma page_count', values: [] })
  await store.query({ text: `pragma max_page_count = ${pages?.[0]}`, values: [] })
  checkProblem(t, '507', await post('/shelves/7/boxes', { content: 'x'.repeat(100_000) }), 507)
  checkProblem(t, '404', await post('/shelves/7/boxes', { content: 'x' }), 404)
})

feature(
  'without its database the service says when to try again',
  async (t, { store, get, post }) => {
    await store.close()
    for (const received of [
      await get('/notes'),
      await get('/notes/1'),
      await post('/notes', { text: 'x' }),
      await get('/health'),
    ]) {
      checkProblem(t, '503', received, 503)
      t.equal(received.headers['retry-after'], '1')
    }
  },
  own,
)
