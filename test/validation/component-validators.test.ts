import { Ajv2020 } from 'ajv/dist/2020.js'
import t, { type Test } from 'tap'
import { closed, compileKnowing } from '../../src/validation/component-validators.ts'
import { bodyFindings } from '../../src/validation/validator.ts'

const componentsOf = (longest: number) => ({
  Book: {
    type: 'object',
    properties: {
      title: { type: 'string', maxLength: longest },
      by: { $ref: '#/components/schemas/Author' },
    },
  },
  Author: { type: 'object', properties: { name: { type: 'string', minLength: longest } } },
})
const book = { $ref: '#/components/schemas/Book' }

/** How many schemas have been compiled since. */
function counting(t: Test): () => number {
  const { compile } = Ajv2020.prototype
  let count = 0
  Ajv2020.prototype.compile = function (this: Ajv2020, ...given: Parameters<typeof compile>) {
    count++
    return Reflect.apply(compile, this, given)
  } as typeof compile
  t.teardown(() => {
    Ajv2020.prototype.compile = compile
  })
  return () => count
}

t.test('a schema knows the components that it refers to, and those that they refer to', async t => {
  const validate = compileKnowing(componentsOf(3))(closed(book))
  t.strictSame(
    validate({ title: 'Emma', by: { name: 'Jo' } }).map(({ instancePath }) => instancePath),
    ['/title', '/by/name'],
  )
  t.strictSame(
    bodyFindings(validate({ titel: 'It' })),
    [{ pointer: '#/titel', detail: 'is not a known member' }],
    'and has no members but theirs',
  )
})

t.test('the same components are compiled once, others by themselves', async t => {
  const compiled = counting(t)
  const validators = [5, 5, 6].map(longest => compileKnowing(componentsOf(longest))(closed(book)))
  t.equal(compiled(), 0, 'before the first value')
  const found = validators.map(validate => validate({ title: 'Middle' }).length)
  t.strictSame(found, [1, 1, 0])
  t.equal(compiled(), 2)
})

t.test('those of the last services are kept, and no others', async t => {
  const compiled = counting(t)
  const use = (longest: number) => compileKnowing(componentsOf(longest))(closed(book))({})
  for (const longest of [11, 12, 13, 14, 11, 15, 11, 12]) use(longest)
  t.equal(compiled(), 6, '12 was used before the four others')
})
