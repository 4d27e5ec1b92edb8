// Which keys could be a segment of dots.

import { type TProperties, Type } from '@sinclair/typebox'
import t from 'tap'
import { Enum, resource } from '../../src/resource/resource.ts'
import { modelOf } from '../support/model.ts'

const keyOf = (code: TProperties[string]) =>
  modelOf(resource('things', Type.Object({ code }), { description: 'Things', key: 'code' })).key
    .schema

const dots = { enum: ['.', '..'] }

t.test('a key that could be one says that it is not', async t => {
  t.strictSame(keyOf(Type.String({ minLength: 1, maxLength: 9 })).not, dots)
  t.strictSame(keyOf(Type.String({ minLength: 2, maxLength: 9 })).not, dots, 'two dots')
  t.strictSame(keyOf(Enum(['a', '.'])).not, dots)
  t.match(keyOf(Type.String({ minLength: 1, maxLength: 9, pattern: '^\\S+$' })).not, {
    anyOf: [{ pattern: String }, dots],
  })
})

t.test('a key that could not be one is left as it is', async t => {
  t.equal(keyOf(Type.String({ minLength: 3, maxLength: 9 })).not, undefined)
  t.equal(keyOf(Type.String({ minLength: 1, maxLength: 9, pattern: '^[a-z]+$' })).not, undefined)
  t.equal(keyOf(Type.String({ format: 'uuid' })).not, undefined)
  t.equal(keyOf(Enum(['a', 'b'])).not, undefined)
  t.equal(keyOf(Type.Integer({ minimum: 1, maximum: 9 })).not, undefined)
})
