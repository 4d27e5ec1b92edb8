// The definitions of `npm run bench:evolution`: one, and six that each change one thing of it.

import { type TProperties, Type } from '@sinclair/typebox'
import type { DefinedResource } from '../src/resource/model.ts'
import { resource } from '../src/resource/resource.ts'

const text = (maxLength: number) => Type.String({ maxLength })
const fields = {
  name: text(50),
  code: text(20),
  note: Type.Optional(text(100)),
  amount: Type.Integer({ minimum: 0 }),
}

function things(changed: TProperties = {}, options: object = {}): readonly DefinedResource[] {
  const defined = resource('things', Type.Object({ ...fields, ...changed }), {
    description: 'All things',
    ...options,
  })
  return [{ file: 'schemas/things.ts', resource: defined }]
}

const state = { state: Type.String({ maxLength: 10, default: 'new' }) }

export const definitions = {
  before: things(),
  changes: [
    { title: 'field with a default', defined: things(state), extent: 'additive' },
    { title: 'index', defined: things(state, { index: ['amount'] }), extent: 'additive' },
    {
      title: 'unique',
      defined: things(state, { index: ['amount'], unique: ['code'] }),
      extent: 'additive',
    },
    {
      title: 'limit wider',
      defined: things({ ...state, name: text(80) }, { index: ['amount'], unique: ['code'] }),
      extent: 'additive',
    },
    {
      title: 'limit narrower',
      defined: things(
        { ...state, name: text(80), amount: Type.Integer({ minimum: 0, maximum: 1_000_000_000 }) },
        { index: ['amount'], unique: ['code'] },
      ),
      extent: 'full',
    },
    {
      title: 'optional becomes required',
      defined: things(
        {
          ...state,
          name: text(80),
          amount: Type.Integer({ minimum: 0, maximum: 1_000_000_000 }),
          note: text(100),
        },
        { index: ['amount'], unique: ['code'] },
      ),
      extent: 'full',
    },
  ],
  behindReader: {
    title: 'optional field, behind a reader of 20 s',
    defined: things(
      {
        ...state,
        name: text(80),
        amount: Type.Integer({ minimum: 0, maximum: 1_000_000_000 }),
        note: text(100),
        more: Type.Optional(text(10)),
      },
      { index: ['amount'], unique: ['code'] },
    ),
  },
} as const
