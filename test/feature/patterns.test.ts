// A `pattern` that would keep other validators busy for minutes is matched at once, and means what it says.

import { Type } from '@sinclair/typebox'
import { define } from '../support/definitions.ts'
import { checkProblem } from '../support/problem.ts'
import { feature } from '../support/service.ts'

const pattern = '^([a-z]+[0-9]*)+$'

const { resource } = define('slugs', {
  nested: Type.String({ pattern, maxLength: 20, examples: ['a1'] }),
  long: Type.Optional(Type.String({ pattern, examples: ['a1'] })),
})

feature(
  'a text that a pattern could be tried on without end is refused at once',
  async (t, { post }) => {
    const hostile = (length: number) => `${'a'.repeat(length - 1)}!`
    const detail = `must match the pattern ${pattern}`
    const short = await post('/slugs', { nested: hostile(20) })
    t.strictSame(checkProblem(t, 'within its length', short, 422).errors, [
      { pointer: '#/nested', detail },
    ])
    const longer = await post('/slugs', { nested: hostile(60) })
    t.strictSame(checkProblem(t, 'beyond its length', longer, 422).errors, [
      { pointer: '#/nested', detail: 'must NOT have more than 20 characters' },
    ])
    const longest = await post('/slugs', { nested: 'a', long: hostile(65_536) })
    t.strictSame(checkProblem(t, 'as long as may be', longest, 422).errors, [
      { pointer: '#/long', detail },
    ])
    t.equal((await post('/slugs', { nested: 'abc123def', long: 'a1'.repeat(30_000) })).status, 201)
  },
  { resources: [resource] },
)

const { resource: codes } = define('codes', {
  code: Type.Optional(Type.String({ pattern: '^(?:a|b.)$', examples: ['a'] })),
})

feature(
  'an optional text may be null, whatever its pattern',
  async (t, { post, patch }) => {
    t.strictSame((await post('/codes', { code: null })).json, { id: 1, code: null })
    t.equal((await patch('/codes/1', { code: 'bb' })).json.code, 'bb')
    t.equal((await patch('/codes/1', { code: 'b\u0001' })).status, 422)
    t.equal((await patch('/codes/1', { code: null })).json.code, null)
  },
  { resources: [codes] },
)
