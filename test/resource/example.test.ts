// The examples that a model gets: those its fields name, else a default, else one that is made up.

import { type TProperties, Type } from '@sinclair/typebox'
import t from 'tap'
import { createExample, exampleOf, keyExample, patchExample, replacementExample } from '../../src/resource/example.ts'
import { type Model, resourcesToModels } from '../../src/resource/model.ts'
import { CreatedAt, Enum } from '../../src/resource/resource.ts'
import { define } from '../support/definitions.ts'

function modelOf(fields: TProperties, options: object = {}): Model {
  const models = resourcesToModels([define('books', { title: Type.String() }), define('pages', fields, options)])
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
    t.strictSame(exampleOf(fields).field, example)
  }
})

const fields = {
  book: Type.Integer({ examples: [7] }),
  code: Type.String({ minLength: 1, maxLength: 9, examples: ['c'] }),
  title: Type.String({ examples: ['t'] }),
  at: CreatedAt({ examples: ['2026-01-01T00:00:00.000Z'] }),
}

t.test('a body has what a client may send, a row has everything', async t => {
  const model = modelOf(fields, { parent: { books: 'book' }, unique: ['code'] })
  t.strictSame(createExample(model), { book: 7, code: 'c', title: 't' })
  t.strictSame(replacementExample(model), { book: 7, code: 'c', title: 't' })
  t.strictSame(exampleOf(model.fields), { id: 1, book: 7, code: 'c', title: 't', at: '2026-01-01T00:00:00.000Z' })
  t.strictSame(patchExample(model), { title: 't' }, 'no reference and nothing unique')
})

t.test('a key of the client is in a new body, not in a replacement', async t => {
  const model = modelOf(fields, { key: 'code' })
  t.strictSame(createExample(model), { code: 'c', book: 7, title: 't' })
  t.strictSame(replacementExample(model), { book: 7, title: 't' })
  t.strictSame(patchExample(modelOf({ code: fields.code }, { key: 'code' })), {}, 'nothing can be changed')
})

t.test('the key of an example is that of a sample row', async t => {
  t.equal(keyExample(modelOf(fields, { sample: [{ id: 42 }] })), 42)
  t.equal(keyExample(modelOf(fields)), 1)
  t.equal(keyExample(modelOf(fields, { key: 'code' })), 'c')
})
