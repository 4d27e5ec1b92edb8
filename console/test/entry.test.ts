// What is entered for objects and lists, member by member and item by item, without a browser.

import t from 'tap'
import {
  type Entry,
  fromEntry,
  newEntry,
  toBody,
  toEntered,
  toEnteredText,
  toEntry,
} from '../src/entry.ts'
import { fromQuery, toQuery } from '../src/query.ts'
import { type Schema, toField } from '../src/schema.ts'

const field = (schema: Schema, required = true) =>
  toField({ schemas: {}, name: 'field', schema, required })

const text = { type: 'string' }
const author: Schema = {
  type: 'object',
  required: ['name'],
  properties: { name: text, age: { type: ['integer', 'null'] }, note: text },
}
const authors = field({ type: 'array', items: author })

t.test('a list of objects is entered by its parts, and comes back as it was', async t => {
  const value = [
    { name: 'A', age: 3, note: 'x' },
    { name: 'B', age: null },
  ]
  const entry = toEntry(value, authors)
  t.strictSame(entry, [
    { name: 'A', age: '3', note: 'x' },
    { name: 'B', age: '', note: '' },
  ])
  t.strictSame(fromEntry(entry, authors), value)
  t.equal(toEnteredText(entry), 'A, 3, x; B, , ')
})

t.test('half a number stays what was typed', async t => {
  const prices = field({ type: 'array', items: { type: 'number' } })
  const entries: readonly Entry[] = ['1.', '2.5', 'x']
  t.strictSame(fromEntry(entries, prices), [1, 2.5, 'x'])
})

t.test('a new item has the members that it must have, and what they are at first', async t => {
  const schema: Schema = {
    type: 'object',
    required: ['lines'],
    properties: {
      lines: { type: 'array', items: text },
      count: { type: 'integer', default: 1 },
      place: author,
    },
  }
  t.strictSame(newEntry(field(schema)), { lines: [], count: '1', place: '' })
  t.strictSame(newEntry(field({ type: 'array', items: text, default: ['a'] })), ['a'])
})

t.test('what has no known parts is entered as JSON', async t => {
  const free = field({ type: 'object' })
  t.strictSame([free.members, free.item], [undefined, undefined])
  t.equal(toEntry({ a: [1] }, free), '{\n  "a": [\n    1\n  ]\n}')
  t.strictSame(fromEntry('{"a":2}', free), { a: 2 })
  const either = field({ type: 'object', oneOf: [author, author], properties: { name: text } })
  t.equal(either.members, undefined)
})

t.test('a schema that is a part of itself ends', async t => {
  const tree: Schema = { type: 'object', properties: { below: { $ref: '#/components/schemas/T' } } }
  let depth = 0
  const found = toField({ schemas: { T: tree }, name: 'tree', schema: tree, required: true })
  for (let each = found.members?.[0]; each !== undefined; each = each.members?.[0]) depth++
  t.equal(depth, 4)
})

t.test('only what changed is sent, and what is no JSON is told at its field', async t => {
  const fields = [
    { ...authors, name: 'authors' },
    { ...field({ type: 'object' }), name: 'free' },
  ]
  const before = toEntered(fields, { authors: [{ name: 'A' }], free: { a: 1 } })
  t.strictSame(toBody(fields, { ...before }, before), {})
  const changed = { ...before, authors: [{ name: 'B', age: '', note: '' }] }
  t.strictSame(toBody(fields, changed, before), { authors: [{ name: 'B', age: null }] })
  t.throws(() => toBody(fields, { ...before, free: '{' }, before), { message: 'is not JSON' })
})

t.test('parameters go into an address and come back', async t => {
  const words = { type: 'array', items: { type: 'string', enum: ['a', 'b'] } }
  const parameters = [
    { ...field(words), name: 'group_by', isJoined: true },
    { ...field(words), name: 'tags' },
    { ...field({ type: 'integer' }), name: 'least' },
    { ...field(text), name: 'none' },
  ]
  const entered = { group_by: ['a', 'b'], tags: ['a', 'b'], least: '5', none: '' }
  const query = toQuery(parameters, entered)
  t.equal(query.toString(), 'group_by=a%2Cb&tags=a&tags=b&least=5')
  t.strictSame(toEntered(parameters, fromQuery(parameters, query)), entered)
  t.equal(toQuery(parameters, { group_by: [], tags: [] }).toString(), '')
})
