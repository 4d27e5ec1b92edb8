// PUT below a parent: the address says which parent the row has, and that parent must be there.

import { Type } from '@sinclair/typebox'
import { Ref, resource } from '../../src/resource/resource.ts'
import { checkProblem } from '../support/problem.ts'
import { feature } from '../support/service.ts'

const events = resource('events', Type.Object({ name: Type.String() }), { description: 'Events' })
const things = resource(
  'things',
  Type.Object({
    code: Type.String({ minLength: 1, maxLength: 20, examples: ['t1'] }),
    event_id: Type.Optional(Ref('events', { examples: [1] })),
    note: Type.String(),
  }),
  { description: 'Things at events', key: 'code', parent: 'event_id' },
)
const options = { resources: [events, things], sample: false }

feature(
  'a row that is put below a parent is created there',
  async (t, { get, post, put }) => {
    await post('/events', { name: 'A fair' })
    const created = await put('/events/1/things/t1', { note: 'x' })
    t.strictSame([created.status, created.json], [201, { code: 't1', event_id: 1, note: 'x' }])
    t.equal(created.headers.location, '/events/1/things/t1')
    t.strictSame((await get('/events/1/things/t1')).json, created.json)
    const replaced = await put('/events/1/things/t1', { note: 'y' })
    t.strictSame([replaced.status, replaced.json], [200, { code: 't1', event_id: 1, note: 'y' }])
  },
  options,
)

feature(
  'what the address says need not be said in the body, required or not',
  async (t, { get, put }) => {
    const { event_id: _, ...guest } = (await get('/events/1/guests/1')).json
    const replaced = await put('/events/1/guests/1', { ...guest, name: 'Ada' })
    t.strictSame([replaced.status, replaced.json], [200, { ...guest, event_id: 1, name: 'Ada' }])
    const flat = checkProblem(t, 'at its own address', await put('/guests/1', guest), 422)
    t.strictSame(flat.errors, [{ pointer: '#/event_id', detail: 'is required' }])
  },
)

feature(
  'below a parent that is not there nothing is put',
  async (t, { get, put }) => {
    checkProblem(t, 'no such event', await put('/events/999/things/zz', { note: 'z' }), 404)
    t.equal((await get('/things/zz')).status, 404)
  },
  options,
)

feature(
  'a body that names another parent than the address, or none, is refused',
  async (t, { get, post, put }) => {
    for (const name of ['A fair', 'Another']) await post('/events', { name })
    for (const event_id of [2, null]) {
      const refused = await put('/events/1/things/t1', { note: 'x', event_id })
      t.strictSame(checkProblem(t, String(event_id), refused, 409).errors, [
        { pointer: '#/event_id', detail: 'must equal 1, as in the address' },
      ])
    }
    t.equal((await get('/things/t1')).status, 404)
  },
  options,
)
