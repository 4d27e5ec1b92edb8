// What a body of the largest size can cost at most, counted: the errors collected and the reads of its members.

import t, { type Test } from 'tap'
import { jsonPatchShape } from '../../src/http/json-patch.ts'
import type { JsonSchema } from '../../src/resource/field.ts'
import type { Shapes } from '../../src/resource/shapes.ts'
import { enoughErrors } from '../../src/validation/keywords.ts'
import { compile, createAjv, type Validate } from '../../src/validation/validator.ts'
import { fixtureModels } from '../support/fixture-models.ts'

const largestBody = 1_048_576

/** As many of a value as so many bytes of JSON have room for. */
function many(value: unknown, bytes = largestBody): unknown[] {
  return Array.from({ length: Math.floor(bytes / (JSON.stringify(value).length + 1)) }, () => value)
}

const made = new Map<number, readonly unknown[]>()

/** Values of so many bytes that are made to cost much. Making them costs more than what they cost here. */
function hostile(bytes: number): readonly unknown[] {
  const lists = () => [{}, 0, [], null, { a: {} }].map(item => many(item, bytes))
  const members = () =>
    Object.fromEntries(Array.from({ length: bytes / 12 }, (_, index) => [`k${index}`, 1]))
  const values = made.get(bytes) ?? [...lists(), members(), 'x'.repeat(bytes)]
  made.set(bytes, values)
  return values
}

/** The value in which every read of a member is counted. */
function counted<T>(value: T, count: { reads: number }): T {
  if (typeof value !== 'object' || value === null) return value
  return new Proxy(value, {
    get(target, name, receiver) {
      count.reads++
      return counted(Reflect.get(target, name, receiver), count)
    },
  })
}

function costOf(validate: Validate, value: unknown): { errors: number; reads: number } {
  const count = { reads: 0 }
  const errors = validate(counted(value, count)).length
  return { errors, reads: count.reads }
}

const compiled = (schema: JsonSchema) => compile(createAjv(), schema)

/** Hostile values in the place of the body, of each member of it, and in every item of a list as long as it may be. */
function* bodiesFor(
  { properties = {}, items, maxItems }: JsonSchema,
  bytes = largestBody,
): Iterable<unknown> {
  yield* hostile(bytes)
  for (const [name, member] of Object.entries(properties as Record<string, JsonSchema>))
    for (const value of bodiesFor(member, bytes)) yield { [name]: value }
  if (items === undefined) return
  const length = Math.min(Number(maxItems), Math.floor(bytes / 5))
  for (const value of bodiesFor(items as JsonSchema, Math.floor(bytes / length)))
    yield Array.from({ length }, () => value)
}

/** Beyond enough errors there is only what one item can still add; what is valid is read to its end. */
function checkBound(t: Test, name: string, schema: JsonSchema, mostReads = 50_000): void {
  const validate = compiled(schema)
  for (const body of bodiesFor(schema)) {
    const { errors, reads } = costOf(validate, body)
    if (errors > enoughErrors + 200 || reads > (errors === 0 ? 3 * largestBody : mostReads))
      t.fail(`${name}: ${errors} errors, ${reads} reads for ${JSON.stringify(body).slice(0, 60)}`)
  }
  t.pass(name)
}

const inputsOf = ({ create, createBelow, replacement, patch }: Shapes) => [
  create,
  replacement,
  patch,
  ...Object.values(createBelow),
]

t.test('the worst body for each shipped resource costs a bounded number of steps', async t => {
  const { shapes } = await fixtureModels()
  for (const ofModel of shapes.values())
    for (const shape of inputsOf(ofModel)) checkBound(t, String(shape.$id), shape)
  checkBound(t, 'JsonPatch', jsonPatchShape)
})

const members = Array.from({ length: 50 }, (_, index) => `member${index}`)
const line = {
  type: 'object',
  additionalProperties: false,
  required: members,
  properties: Object.fromEntries(members.map(name => [name, { type: 'string', maxLength: 10 }])),
}
const list = (items: JsonSchema, maxItems = 1000) => ({ type: 'array', maxItems, items })
const set = (items: JsonSchema) => ({ ...list(items), uniqueItems: true })

const lists = (lines: JsonSchema) => ({
  type: 'object',
  additionalProperties: false,
  properties: { lines },
})

t.test('so does the worst body for lists in lists of objects with many members', async t => {
  checkBound(t, 'lists', lists(list(list(list(line)))))
})

t.test(
  'lists that must not repeat themselves are read a few times at each level, not each item with each',
  async t => {
    checkBound(t, 'sets', lists(set(set(set(line)))), 3 * largestBody)
  },
)

t.test('a list that is too long is not looked into', async t => {
  const cost = costOf(compiled(list(line, 50)), many({}))
  t.equal(cost.errors, 1)
  t.ok(cost.reads < 10, `${cost.reads} reads`)
})

t.test('a text that is too long is not matched with its pattern, whatever that costs', async t => {
  const schema = { type: 'string', maxLength: 20, pattern: '^([a-z]+[0-9]*)+$', format: 'email' }
  const errors = compiled(schema)(`${'a'.repeat(100)}!`)
  t.strictSame(
    errors.map(({ keyword }) => keyword),
    ['maxLength'],
  )
  t.strictSame(
    compiled(schema)('🚗'.repeat(20)).map(({ keyword }) => keyword),
    ['pattern', 'format'],
    'characters are counted, not halves of them',
  )
})

t.test('every error is told as long as there are few, at its place', async t => {
  const errors = compiled(list(line))([{ member0: 1, other: 1 }, 1])
  t.equal(errors.length, 49 + 1 + 1 + 1)
  t.ok(
    errors.some(({ instancePath, keyword }) => instancePath === '/0/member0' && keyword === 'type'),
  )
  t.ok(errors.some(({ params }) => params.additionalProperty === 'other'))
  t.ok(errors.some(({ instancePath, keyword }) => instancePath === '/1' && keyword === 'type'))
})

t.test('equal items are found in one walk, whatever the order of their members', async t => {
  const unique = compiled({ type: 'array', maxItems: 2000, uniqueItems: true })
  const table: [what: string, items: unknown[], twins: [number, number] | undefined][] = [
    ['numbers', [1, 2, 1], [0, 2]],
    ['members in another order', [{ a: 1, b: [2] }, 0, { b: [2], a: 1 }], [0, 2]],
    ['a number and its text', [1, '1', [1], ['1'], null, 'null'], undefined],
    ['zero and minus zero', [0, -0], [0, 1]],
    [
      'lists of other order',
      [
        [1, 2],
        [2, 1],
      ],
      undefined,
    ],
    ['an object and a list', [{}, []], undefined],
    ['members of an inherited name', [{ toString: 1 }, {}, { constructor: 1 }], undefined],
    ['nothing', [], undefined],
  ]
  for (const [what, items, twins] of table) {
    const [error] = unique(items)
    t.strictSame(error && [error.params.j, error.params.i], twins, what)
  }
  const deep = () => JSON.parse(`${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`)
  t.equal(unique([deep(), deep()]).length, 1, 'however deep the items are')
  const { reads } = costOf(
    unique,
    Array.from({ length: 2000 }, (_, i) => [i]),
  )
  t.ok(reads < 50_000, `${reads} reads for 2000 lists`)
})
