// Defaults that are filled into a body.

import t from 'tap'
import { compile, createAjv } from '../../src/validation/validator.ts'

const tags = ['new']
const validate = compile(createAjv(), {
  type: 'object',
  properties: {
    tags: { type: 'array', default: tags },
    state: { type: 'string', default: 'open' },
    done: { type: 'boolean', default: false },
  },
})

t.test('a member that is left out gets its default, one that was sent stays', async t => {
  const body: Record<string, unknown> = { done: true }
  t.strictSame(validate(body), [])
  t.strictSame(body, { done: true, tags: ['new'], state: 'open' })
  const none = { tags: [], state: '', done: false }
  validate(none)
  t.strictSame(none, { tags: [], state: '', done: false })
})

t.test('each body gets a list of its own, so that none changes the default', async t => {
  const [one, other]: { tags?: string[] }[] = [{}, {}]
  validate(one)
  one?.tags?.push('mine')
  validate(other)
  t.strictSame(other?.tags, ['new'])
  t.strictSame(tags, ['new'])
})

t.test('a body that is no object has no defaults', async t => {
  for (const body of [null, 'text', 3]) t.equal(validate(body).length, 1)
  const list: unknown[] = []
  t.equal(validate(list).length, 1)
  t.notOk('tags' in list)
})
