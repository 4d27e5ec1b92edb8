// Parts of resources as components: one type for one thing, wherever it stands, and no two things under one name.

import t from 'tap'
import { Parts } from '../../src/docs/parts.ts'

const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` })
const text = { type: 'string' }
const words = { type: 'string', enum: ['s', 'm'] }
const point = { type: 'object', properties: { north: text } }

t.test('an object and a choice of words are components, whatever has them', async t => {
  const parts = new Parts([])
  const properties = {
    size: words,
    place: point,
    stops: { type: 'array', items: point },
    name: text,
  }
  const referred = {
    size: ref('RideSize'),
    place: ref('RidePlace'),
    stops: { type: 'array', items: ref('RideStop') },
    name: text,
  }
  t.strictSame(parts.refer('Ride', { type: 'object', properties }), {
    type: 'object',
    properties: referred,
  })
  t.strictSame(parts.refer('Ride', { properties }), { properties: referred }, 'the same once more')
  t.strictSame(parts.components, { RideSize: words, RidePlace: point, RideStop: point })
})

t.test('parts have parts', async t => {
  const parts = new Parts([])
  parts.refer('Ride', {
    properties: { way: { type: 'object', properties: { from: point, kind: words } } },
  })
  t.strictSame(parts.components, {
    RideWayFrom: point,
    RideWayKind: words,
    RideWay: { type: 'object', properties: { from: ref('RideWayFrom'), kind: ref('RideWayKind') } },
  })
})

t.test('what is said of the member stands beside its part', async t => {
  const parts = new Parts([])
  const said = { default: 's', readOnly: true, deprecated: true }
  const { properties } = parts.refer('Ride', {
    properties: { size: { ...words, ...said }, name: { ...text, ...said } },
  })
  t.strictSame(properties, {
    size: { allOf: [ref('RideSize')], ...said },
    name: { ...text, ...said },
  })
  t.strictSame(parts.components, { RideSize: words })
})

t.test('a name that something else has gets an end of its own', async t => {
  const parts = new Parts(['RideSIZE'])
  t.strictSame(parts.refer('Ride', { properties: { size: words } }), {
    properties: { size: ref('RideSizePart') },
  })
  t.strictSame(parts.refer('Ride', { properties: { size: point } }), {
    properties: { size: ref('RideSizePartPart') },
  })
  t.strictSame(parts.refer('Ride', { properties: { size: words } }), {
    properties: { size: ref('RideSizePart') },
  })
  t.strictSame(parts.components, { RideSizePart: words, RideSizePartPart: point })
})

t.test('the words of a filter are found by what they are', async t => {
  const parts = new Parts([])
  parts.refer('Ride', { properties: { size: words } })
  t.strictSame(parts.find(['s', 'm']), ref('RideSize'))
  t.equal(parts.find(['m', 's']), undefined)
})
