// Which rules are wider than others, and what of a schema is a rule.

import t from 'tap'
import { controlFree } from '../../src/resource/format.ts'
import { areWider, schemaToRules } from '../../src/store/schema-rules.ts'

const object = (properties: object, required: string[] = []) => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
})

const rows: [later: object, earlier: object, wider: boolean][] = [
  [{}, { pattern: '^a$' }, true],
  [{ pattern: '^a$' }, {}, false],
  [{ pattern: '^a$' }, { pattern: '^b$' }, false],
  [{ pattern: controlFree }, { pattern: '^b$' }, true],
  [{ pattern: '.', allOf: [{ pattern: controlFree }] }, { pattern: '.' }, true],
  [{ format: 'date' }, {}, false],
  [{}, { format: 'date' }, true],
  [{ format: 'date' }, { format: 'date-time' }, false],
  [{ multipleOf: 2 }, { multipleOf: 4 }, false],
  [{ maxItems: 3 }, { maxItems: 2 }, true],
  [{ maxItems: 3 }, { maxItems: 4 }, false],
  [{ maxItems: 3 }, {}, false],
  [{ minItems: 1 }, { minItems: 2 }, true],
  [{ minItems: 1 }, {}, false],
  [{ uniqueItems: false }, { uniqueItems: true }, true],
  [{ uniqueItems: true }, {}, false],
  [{ items: { type: 'number' } }, { items: { type: 'integer' } }, true],
  [{ items: { type: 'integer' } }, { items: { type: 'number' } }, false],
  [{ items: { maxLength: 2 } }, { items: { maxLength: 3 } }, false],
  [{ items: { enum: ['a', 'b'] } }, { items: { enum: ['b'] } }, true],
  [{ items: { enum: ['a'] } }, { items: { enum: ['a', 'b'] } }, false],
  [{ items: { enum: ['a'] } }, { items: {} }, false],
  [object({ a: {} }), object({ a: {} }, ['a']), true],
  [object({ a: {} }, ['a']), object({ a: {} }), false],
  [object({ a: {}, b: {} }), object({ a: {} }), true],
  [object({ a: {} }), object({ a: {}, b: {} }), false],
  [object({ constructor: {} }), object({ a: {} }), false],
  [object({ a: {} }), object({ constructor: {} }), false],
  [object({ a: { minimum: 0 } }), object({ a: { minimum: 1 } }), true],
  [object({ a: { minimum: 2 } }), object({ a: { minimum: 1 } }), false],
  [object({ a: {} }), { type: 'array' }, false],
]

t.test('rules are wider when they let through all that the earlier did', async t => {
  for (const [later, earlier, wider] of rows)
    t.equal(
      areWider({ ...later }, { ...earlier }),
      wider,
      `${JSON.stringify(later)} after ${JSON.stringify(earlier)}`,
    )
})

t.test('what is written for readers is no rule, at whatever depth', async t => {
  const notes = {
    description: 'What it is',
    examples: ['a'],
    title: 'A',
    deprecated: true,
    'x-note': 1,
  }
  const schema = {
    ...notes,
    items: { ...notes, properties: { description: { ...notes, pattern: '^a$' } } },
    maxItems: 3,
    minLength: 1,
  }
  t.strictSame(schemaToRules(schema, ['minLength']), {
    items: { properties: { description: { pattern: '^a$' } } },
    maxItems: 3,
  })
})
