// A patch is held to what it changes: what another definition has taken, and the patch leaves, is in nobody's way.

import { Type } from '@sinclair/typebox'
import { Enum, resource } from '../../src/resource/resource.ts'
import { feature } from '../support/service.ts'

const things = resource(
  'things',
  Type.Object({
    name: Type.String({ minLength: 1, maxLength: 20 }),
    state: Enum(['open', 'closed']),
    parts: Type.Array(Type.Integer(), { maxItems: 2 }),
  }),
  { description: 'Things' },
)

feature(
  'a member that a patch leaves is not held to a rule that the row breaks, one that it changes is',
  async (t, { app, store, post }) => {
    await post('/things', { name: 'a', state: 'open', parts: [1] })
    await store.transact(function* () {
      yield { text: `update things set parts = '[1,2,3]'`, values: [] }
    })
    // A response with such a member is not as the document says, so it is asked for without a body.
    const patch = (payload: object) =>
      app.inject({
        method: 'PATCH',
        url: '/things/1',
        payload,
        headers: { prefer: 'return=minimal' },
      })
    t.equal((await patch({ name: 'b' })).statusCode, 204)
    t.equal(
      (await patch({ parts: [1, 2, 3] })).statusCode,
      422,
      'what is sent is held to every rule',
    )
    const refused = await patch({ name: '', parts: [1, 2, 3, 4], more: 1 })
    t.equal(refused.statusCode, 422)
    t.strictSame(
      refused
        .json()
        .errors.map(({ pointer }: { pointer: string }) => pointer)
        .sort(),
      ['#/more', '#/name', '#/parts'],
    )
    t.equal((await patch({ state: 'lost' })).statusCode, 422)
    t.equal((await patch({ parts: [1] })).statusCode, 204)
  },
  { resources: [things], sample: false },
)
