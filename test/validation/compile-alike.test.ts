// Schemas that accept the same have one validator: a service of hundreds of resources has thousands of fields, but few kinds of them.

import t from 'tap'
import { compileAlike } from '../../src/validation/compile-alike.ts'
import { createAjv } from '../../src/validation/validator.ts'

const line = { type: 'string', maxLength: 80 }

t.test('what is only said to readers makes no other validator', async t => {
  const validatorOf = compileAlike(createAjv())
  const validate = validatorOf(line)
  const notes = { description: 'Its name', examples: ['One'], default: 'One', readOnly: true }
  t.equal(validatorOf({ ...line, ...notes }), validate)
  t.equal(validate('One').length, 0)
})

t.test('every rule does', async t => {
  const validatorOf = compileAlike(createAjv())
  const others = [
    { ...line, maxLength: 81 },
    { ...line, minLength: 1 },
    { ...line, type: ['string', 'null'] },
    { type: 'object', properties: { line } },
    { type: 'object', properties: { line: { ...line, default: '' } } },
  ]
  const validators = [line, ...others].map(validatorOf)
  t.equal(new Set(validators).size, validators.length)
})
