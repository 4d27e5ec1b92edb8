// The size of integers in the document, which generated clients go by.

import t from 'tap'
import { withIntegerFormats } from '../../src/docs/integers.ts'

const table: [it: string, schema: object, format: string | undefined][] = [
  [
    '32 bits at the most',
    { type: 'integer', minimum: -(2 ** 31), maximum: 2 ** 31 - 1 },
    undefined,
  ],
  ['one more', { type: 'integer', minimum: 1, maximum: 2 ** 31 }, 'int64'],
  ['one less', { type: 'integer', minimum: -(2 ** 31) - 1, maximum: 0 }, 'int64'],
  ['or null', { type: ['integer', 'null'], minimum: 1, maximum: 2 ** 53 - 1 }, 'int64'],
  ['no limit named', { type: 'integer' }, undefined],
  ['another number', { type: 'number', maximum: 2 ** 40 }, undefined],
]

t.test('an integer beyond 32 bits says so, wherever it stands', async t => {
  for (const [it, schema, format] of table) {
    const { items } = withIntegerFormats({ items: [{ schema }], other: null })
    t.strictSame(items, [{ schema: format === undefined ? schema : { ...schema, format } }], it)
  }
})
