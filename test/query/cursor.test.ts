// Cursors: there and back, and nothing else taken for one.

import { Type } from '@sinclair/typebox'
import fc from 'fast-check'
import t, { type Test } from 'tap'
import { decodeCursor, encodeCursor, listSignature, type Position } from '../../src/query/cursor.ts'
import type { Field } from '../../src/resource/field.ts'
import { resource } from '../../src/resource/resource.ts'
import { fieldOf, modelOf } from '../support/model.ts'

const model = modelOf(
  resource(
    'things',
    Type.Object({
      text: Type.String(),
      integer: Type.Integer(),
      number: Type.Number(),
      boolean: Type.Boolean(),
      maybe: Type.Optional(Type.String()),
    }),
    { description: 'A field of every kind' },
  ),
)
const named = (...names: string[]) => names.map(name => fieldOf(model, name))
const signature = listSignature(['things'])
const message = 'is not a cursor of this list; start again without one'

function refuses(t: Test, cursor: string, sort: readonly Field[], name = cursor) {
  t.throws(() => decodeCursor(cursor, signature, sort), { parameter: 'cursor', message }, name)
}

const values: Record<string, fc.Arbitrary<Position['values'][number]>> = {
  id: fc.maxSafeInteger(),
  text: fc.string({ unit: 'binary' }).filter(text => !text.includes('\0')),
  integer: fc.maxSafeInteger(),
  number: fc
    .double({ noNaN: true, noDefaultInfinity: true })
    .map(value => (value === 0 ? 0 : value)),
  boolean: fc.boolean(),
  maybe: fc.option(fc.string({ unit: 'grapheme' })),
}

const positions = fc.shuffledSubarray(Object.keys(values), { minLength: 1 }).chain(names =>
  fc.record({
    names: fc.constant(names),
    values: fc.tuple(
      ...names.map(name => values[name] as fc.Arbitrary<Position['values'][number]>),
    ),
    backward: fc.boolean(),
  }),
)

t.test('whatever the position, its cursor leads there, and is safe in an address', async t => {
  const property = fc.property(positions, ({ names, ...position }) => {
    const cursor = encodeCursor(position, signature)
    if (!/^[\w-]+$/.test(cursor)) return false
    return t.strictSame(decodeCursor(cursor, signature, named(...names)), position)
  })
  t.doesNotThrow(() => fc.assert(property, { numRuns: 200 }))
})

t.test('no text but our own is taken for a cursor', async t => {
  const sort = named('id')
  const property = fc.property(fc.oneof(fc.string(), fc.base64String(), fc.json()), text => {
    refuses(t, text, sort)
    refuses(t, Buffer.from(text).toString('base64url'), sort)
  })
  t.doesNotThrow(() => fc.assert(property, { numRuns: 100 }))
})

t.test(
  'a cursor changed in one place leads nowhere, or to another row of the same list',
  async t => {
    const cursor = encodeCursor({ values: ['Ada', 7], backward: false }, signature)
    const sort = named('text', 'id')
    const property = fc.property(
      fc.nat(cursor.length - 1),
      fc.constantFrom(...'aZ0_-=+/ .'),
      (at, character) => {
        const forged = cursor.slice(0, at) + character + cursor.slice(at + 1)
        try {
          return encodeCursor(decodeCursor(forged, signature, sort), signature) === forged
        } catch (error) {
          return (error as Error).message === message
        }
      },
    )
    t.doesNotThrow(() => fc.assert(property, { numRuns: 300 }))
  },
)

t.test('a cursor belongs to one list and one sort', async t => {
  const cursor = encodeCursor({ values: [7], backward: true }, listSignature(['others']))
  refuses(t, cursor, named('id'), 'another list')
  const own = encodeCursor({ values: [7], backward: true }, signature)
  t.strictSame(decodeCursor(own, signature, named('id')), { values: [7], backward: true })
  refuses(t, own, [], 'no key')
  refuses(t, own, named('integer', 'id'), 'more keys')
  refuses(t, own, named('text'), 'a key of another kind')
})

t.test('the values fit their fields', async t => {
  const table: [field: string, value: unknown][] = [
    ['id', null],
    ['id', '7'],
    ['id', 7.5],
    ['id', true],
    ['id', 2 ** 53],
    ['text', null],
    ['text', 7],
    ['text', ['a']],
    ['text', { a: 1 }],
    ['text', 'a\0b'],
    ['text', '\ud800'],
    ['maybe', 7],
    ['number', null],
    ['number', '1'],
    ['number', true],
    ['boolean', null],
    ['boolean', 1],
    ['boolean', 'true'],
  ]
  for (const [field, value] of table) {
    const cursor = encodeCursor({ values: [value as never], backward: false }, signature)
    refuses(t, cursor, named(field), `${field} ${JSON.stringify(value)}`)
  }
})

t.test('one position has one cursor', async t => {
  const encode = (text: string) => Buffer.from(text).toString('base64url')
  const own = encode(`["${signature}",0,7]`)
  t.strictSame(decodeCursor(own, signature, named('id')), { values: [7], backward: false })
  const others = [
    'x',
    '',
    '[]',
    '{}',
    `["${signature}",0, 7]`,
    `["${signature}",2,7]`,
    `["${signature}",false,7]`,
  ]
  for (const text of [
    ...others,
    `["${signature}",0,7.0]`,
    `["${signature}",0,70e-1]`,
    `["${signature}",0,7]\n`,
  ])
    refuses(t, encode(text), named('id'), text)
  for (const text of [`${own}=`, `${own}!`, ` ${own}`, `${own}\n`]) refuses(t, text, named('id'))
  refuses(t, encode(`["${signature}",0,1e999]`), named('number'), 'beyond all numbers')
  refuses(t, encode(`["${signature}",0,-0]`), named('number'), 'minus zero')
})

t.test('signatures are short and differ with what they are of', async t => {
  const parts = [
    [],
    ['a'],
    ['b'],
    [['a']],
    ['a', 'b'],
    ['ab'],
    ['a', null],
    ['a', 1],
    ['a', '1'],
    ['a', true],
  ]
  const signatures = parts.map(listSignature)
  t.equal(new Set(signatures).size, parts.length)
  for (const one of signatures) t.match(one, /^[\w-]{11}$/)
  t.equal(listSignature(['a', 1]), listSignature(['a', 1]))
})
