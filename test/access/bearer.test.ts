// Bearer credentials (RFC 6750): which field carries a token, and what each refusal says.

import t from 'tap'
import {
  bearerToken,
  credentialsMissing,
  insufficientScope,
  invalidToken,
} from '../../src/access/bearer.ts'

t.test('the token of a field', async t => {
  const table: [section: string, field: string | undefined, token: string | undefined][] = [
    ['none', undefined, undefined],
    ['RFC 6750 §2.1', 'Bearer mF_9.B5f-4.1JqM', 'mF_9.B5f-4.1JqM'],
    ['RFC 6750 §2.1: b64token', 'Bearer a~b+c/d-e._==', 'a~b+c/d-e._=='],
    ['RFC 9110 §11.1: the scheme is case-insensitive', 'bEARER abc', 'abc'],
    ['RFC 9110 §11.4: one space or more', 'Bearer   abc', 'abc'],
    ['RFC 6750 §3.1: another scheme is none', 'Basic YWRhOnNlY3JldA==', undefined],
    ['RFC 6750 §3.1: another scheme is none', 'Bearerish abc', undefined],
  ]
  for (const [section, field, token] of table)
    t.equal(bearerToken(field), token, `${section}: ${field}`)
})

t.test('a bearer that cannot be one is refused as invalid', async t => {
  for (const field of [
    'Bearer',
    'Bearer ',
    'Bearer a b',
    'Bearer a,b',
    'Bearer "a"',
    'Bearer =',
    'Bearer ä',
    'Bearer a='.concat('b'),
  ])
    t.throws(() => bearerToken(field), { message: invalidToken().message }, field)
})

t.test('each refusal says what RFC 6750 §3 has for it', async t => {
  const table = [
    [credentialsMissing(), 401, 'Bearer realm="api"'],
    [invalidToken(), 401, 'Bearer realm="api", error="invalid_token"'],
    [
      insufficientScope('books:write'),
      403,
      'Bearer realm="api", error="insufficient_scope", scope="books:write"',
    ],
  ] as const
  for (const [problem, status, field] of table)
    t.strictSame([problem.status, problem.headers['www-authenticate']], [status, field])
})
