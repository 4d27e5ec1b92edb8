// Names that are typed where a key is wanted.

import t from 'tap'
import { toField } from '../src/schema.ts'
import { toKey } from '../src/suggestion.ts'

const field = (schema: object) => toField({ schemas: {}, name: 'by', schema, required: true })
const number = field({ type: 'integer' })
const text = field({ type: 'string' })
const rows = [
  ['7', 'Ada'],
  ['8', 'Ada Lovelace'],
  ['9', 'Grace Hopper'],
] as const

t.test('a name that is typed becomes the key of its row', async t => {
  for (const [entered, key] of [
    ['Grace Hopper', '9'],
    ['grace', '9'],
    [' ADA ', '7'],
    ['lovelace', '8'],
  ] as const)
    t.equal(toKey(number, entered, rows), key, entered)
})

t.test('what is a key, or may mean several rows, stays as it is', async t => {
  for (const entered of ['', '7', '12', 'a', 'Mary']) t.equal(toKey(number, entered, rows), entered)
  t.equal(toKey(text, 'Ada', rows), 'Ada', 'a text may be a key')
})

t.test('a UUID is a key, and another text the name of a row', async t => {
  const uuid = field({ type: 'string', format: 'uuid' })
  const key = '0190a6b2-5c3d-7e4f-8a1b-2c3d4e5f6a7b'
  t.equal(toKey(uuid, key, [['x', key]]), key)
  t.equal(toKey(uuid, 'grace', rows), '9')
})
