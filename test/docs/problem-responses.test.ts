// The problems in the document: only those that the service has, with the header fields that come with them.

import t from 'tap'
import { ComponentRegistry } from '../../src/docs/components.ts'
import { problemResponses } from '../../src/docs/problem-responses.ts'

interface Described {
  readonly description: string
  readonly headers: Readonly<Record<string, object>>
}

function other(refusing: { secured: boolean; limited: boolean }): Described {
  const registry = new ComponentRegistry({})
  problemResponses([], refusing, registry)
  return registry.components.responses.OtherProblem as Described
}

const usual = ['Cache-Control', 'Retry-After']
const unsupported = ['Accept', 'Accept-Encoding', 'Accept-Patch', 'Accept-Post']

t.test('a service without credentials and plans refuses nothing for lack of them', async t => {
  const { description, headers } = other({ secured: false, limited: false })
  t.notMatch(description, /\b(?:401|403|429)\b/)
  t.match(description, /\b400, 406, 408\b/)
  t.strictSame(Object.keys(headers), [...usual, ...unsupported])
})

t.test('credentials and plans add their own problems and header fields', async t => {
  const secured = other({ secured: true, limited: false })
  t.match(secured.description, /\b400, 401, 403, 406\b/)
  t.notMatch(secured.description, /\b429\b/)
  t.strictSame(Object.keys(secured.headers), [...usual, 'WWW-Authenticate', ...unsupported])
  const limited = other({ secured: false, limited: true })
  t.notMatch(limited.description, /\b(?:401|403)\b/)
  t.match(limited.description, /\b429\b/)
  t.strictSame(Object.keys(limited.headers), [
    ...usual,
    'RateLimit',
    'RateLimit-Policy',
    ...unsupported,
  ])
})
