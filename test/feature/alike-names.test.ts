// Resources and fields whose names, put together, are alike: each is harmless, so the document has them all.

import { type TProperties, Type } from '@sinclair/typebox'
import { Enum, type Resource, resource } from '../../src/resource/resource.ts'
import { feature } from '../support/service.ts'

const number = Type.Integer({ minimum: 1, examples: [1] })
const text = Type.String({ examples: ['text'] })
const named = (name: string, fields: TProperties) =>
  resource(name, Type.Object(fields), { description: `The ${name}` }) as Resource

const resources = [
  named('orders', { item_id: number, state: Enum(['open', 'paid']), line: Type.Object({ text }) }),
  named('order_items', { quantity: number }),
  named('order_lines', { text }),
  named('order_states', { text }),
  named('users', { role_name: text, firstName: text, first_name: text, sort_order: number }),
  named('user-roles', { name: text }),
  named('user_sorts', { order: number }),
  named('limits', { key: text, parameter: text }),
]

interface Parameter {
  readonly name?: string
  readonly $ref?: string
}

feature(
  'names that are alike when they are put together do not meet in the document',
  async (t, { document, get }) => {
    const names = (path: string) =>
      (document.paths[path]?.get?.parameters ?? []).map(
        ({ name, $ref }: Parameter) => name ?? $ref?.split('/').at(-1),
      )
    t.match(new Set(names('/orders')), new Set(['item_id', 'item_id_gt', 'state', 'OrderFields']))
    t.match(
      new Set(names('/users')),
      new Set(['role_name', 'firstName', 'first_name', 'sort_order']),
    )
    t.ok(names('/limits').includes('LimitParameter'))
    const { schemas } = document.components
    t.match(schemas.OrderState, { properties: { text: {} } }, 'the resource has its name')
    t.match(
      schemas.OrderStatePart,
      { enum: ['open', 'paid'] },
      'so the choice of words gets another',
    )
    t.match(schemas.OrderLine, { properties: { id: {} } })
    t.match(schemas.OrderLinePart, { type: 'object', properties: { text: {} } })
    for (const url of ['/openapi.json', '/openapi.yaml']) t.equal((await get(url)).status, 200)
  },
  { resources },
)
