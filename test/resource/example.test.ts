// The examples that a model gets: about the rows of its sample, with the values that its fields name.

import { type TProperties, Type } from '@sinclair/typebox'
import t from 'tap'
import { resourcesToModels } from '../../src/resource/derive.ts'
import {
  type Below,
  createExample,
  listExample,
  parentKeyExample,
  patchExample,
  replacementExample,
  rowExample,
} from '../../src/resource/example.ts'
import type { Field } from '../../src/resource/field.ts'
import { changedExample, fieldExample } from '../../src/resource/field-example.ts'
import type { Model } from '../../src/resource/model.ts'
import { CreatedAt, Enum, Ref } from '../../src/resource/resource.ts'
import { define } from '../support/definitions.ts'

function modelOf(fields: TProperties, options: object = {}): Model {
  const models = resourcesToModels([
    define('books', { title: Type.String() }),
    define('pages', fields, options),
  ])
  return models.find(({ name }) => name === 'pages') as Model
}

const examples: [field: TProperties[string], example: unknown][] = [
  [Type.String({ examples: ['first', 'second'] }), 'first'],
  [Type.Boolean({ examples: [false], default: true }), false],
  [Type.Optional(Type.Integer({ examples: [0] })), 0],
  [Type.Integer({ default: 3 }), 3],
  [Type.Optional(Type.Integer()), null],
  [Enum(['s', 'm']), 's'],
  [Enum(['s', 'm'], { default: 'm' }), 's'],
  [Type.Boolean(), false],
  [Type.String(), 'text'],
  [Type.String({ minLength: 6 }), 'text t'],
  [Type.Integer(), 0],
  [Type.Number(), 1],
  [Type.Integer({ minimum: 5 }), 5],
  [Type.Integer({ minimum: -5 }), 0],
  [Type.String({ format: 'date' }), '2026-05-04'],
  [Type.Array(Type.String()), []],
  [Type.Array(Type.String({ examples: ['a'] })), ['a']],
  [Type.Array(Type.String(), { minItems: 2 }), ['text', 'text']],
  [Type.Object({ a: Type.String({ examples: ['x'] }), b: Type.Boolean() }), { a: 'x', b: false }],
  [Type.Array(Type.Object({ a: Type.String() }), { minItems: 2 }), [{ a: 'text' }, { a: 'text' }]],
]

t.test('the example of a field', async t => {
  for (const [field, example] of examples) {
    const { fields } = modelOf({ field })
    t.strictSame(fieldExample(fields[1] as Field), example)
  }
})

t.test('the example of a change is the last value that the field names', async t => {
  const { fields } = modelOf({
    a: Type.Integer({ examples: [1, 2] }),
    b: Enum(['s', 'm']),
    c: Type.Boolean(),
  })
  t.strictSame(fields.slice(1).map(changedExample), [2, 'm', false])
})

const fields = {
  book: Ref('books', { examples: [7] }),
  code: Type.String({ minLength: 1, maxLength: 9, examples: ['c'] }),
  title: Type.Optional(Type.String({ examples: ['t', 'u'] })),
  at: CreatedAt({ examples: ['2026-01-01T00:00:00.000Z'] }),
}

const below = ({ references }: Model, key: unknown): Below => ({
  field: references[0]?.field as Field,
  key,
})

t.test('without sample rows, examples are about a row of the examples of its fields', async t => {
  const model = modelOf(fields, { parent: 'book', unique: ['code'] })
  const row = { id: 1, book: 7, code: 'c', title: 't', at: '2026-01-01T00:00:00.000Z' }
  t.strictSame(createExample(model), { book: 7, code: 'c', title: 't' })
  t.strictSame(rowExample(model), row)
  t.strictSame(listExample(model), [row])
  t.strictSame(replacementExample(model), { book: 7, code: 'c', title: 't' })
  t.strictSame(patchExample(model), { title: 'u' }, 'no reference and nothing unique')
  t.equal(parentKeyExample(model), 1)
})

t.test('a key of the client is in a new body, not in a replacement', async t => {
  const model = modelOf(fields, { key: 'code' })
  t.strictSame(createExample(model), { code: 'c', book: 7, title: 't' })
  t.strictSame(replacementExample(model), { book: 7, title: 't' })
  t.strictSame(
    patchExample(modelOf({ code: fields.code }, { key: 'code' })),
    {},
    'nothing can be changed',
  )
})

const at = '2026-02-02T02:02:02Z'
const kept = '2026-02-02T02:02:02.000Z'
const sample = [
  { book: 1, code: 'a', title: 'A', at },
  { id: 42, book: 1, code: 'b', at },
  { book: 2, code: 'c', at },
]
const sampled = modelOf(fields, { parent: 'book', unique: ['code'], sample })

t.test(
  'with sample rows they are about those, under the keys that the server gives them',
  async t => {
    t.equal(parentKeyExample(sampled), 1)
    t.strictSame(
      rowExample(sampled),
      { id: 43, book: 2, code: 'c', title: null, at: kept },
      'the last',
    )
    t.strictSame(
      listExample(sampled).map(({ id }) => id),
      [1, 42],
    )
    t.strictSame(
      replacementExample(sampled),
      { book: 2, code: 'c', title: 'u' },
      'its own, with a change',
    )
  },
)

t.test(
  'below a parent they are about its rows, and another one than elsewhere, so that each can be deleted',
  async t => {
    t.strictSame(createExample(sampled, below(sampled, 1)), { code: 'c', title: 't' })
    t.equal(rowExample(sampled, below(sampled, 1)).id, 42)
    t.equal(
      rowExample(sampled, below(sampled, 3)).book,
      3,
      'where that has none, the last as if it were',
    )
    t.strictSame(
      listExample(sampled, below(sampled, 2)).map(({ id }) => id),
      [43],
    )
  },
)

t.test('a sample row that is not valid is told of when it is stored, not here', async t => {
  t.equal(rowExample(modelOf(fields, { sample: [{ at: 'soon' }] })).at, 'soon')
})
