// A key that clients would resolve away from its address cannot be chosen (RFC 3986 §5.2.4).

import { Type } from '@sinclair/typebox'
import { type Resource, resource } from '../../src/resource/resource.ts'
import { checkProblem } from '../support/problem.ts'
import { feature } from '../support/service.ts'

const places = resource(
  'places',
  Type.Object({ name: Type.String({ minLength: 1, maxLength: 20 }) }),
  {
    description: 'Places',
    key: 'name',
  },
)
const rooms = resource(
  'rooms',
  Type.Object({ code: Type.String({ minLength: 1, maxLength: 20, pattern: '^\\S+$' }) }),
  { description: 'Rooms', key: 'code' },
)
const options = { resources: [places, rooms] as readonly Resource[], sample: false }

const detail = 'must not contain control characters; as a key, it must not be . or ..'

feature(
  'keys of one or two dots are refused',
  async (t, { get, post, document }) => {
    for (const dots of ['.', '..']) {
      const place = checkProblem(t, dots, await post('/places', { name: dots }), 422)
      t.strictSame(place.errors, [{ pointer: '#/name', detail }])
      t.equal((await post('/rooms', { code: dots })).status, 422)
    }
    for (const name of ['...', '.a', 'a.', '. ', '. .', '/', '..%2F']) {
      const created = await post('/places', { name })
      t.strictSame([created.status, created.json], [201, { name }])
      t.strictSame((await get(created.headers.location ?? '')).json, { name }, name)
    }
    t.match(document.components.schemas.PlaceCreation, {
      properties: { name: { not: { enum: ['.', '..'] } } },
    })
  },
  options,
)
