// Tokens of a real signer, and every forgery (RFC 8725, RFC 7519, RFC 9068).

import { createHmac } from 'node:crypto'
import { setImmediate as turn } from 'node:timers/promises'
import { generateKeyPair } from 'jose'
import t, { type Test } from 'tap'
import { Tokens } from '../../src/access/token.ts'
import { LogLines } from '../support/lines.ts'
import {
  audience,
  type Claims,
  issuer,
  type Provider,
  sign,
  startProvider,
} from '../support/provider.ts'

const start = Date.parse('2026-06-01T12:00:00Z')
const seconds = start / 1000

async function scene(t: Test, algorithm?: string) {
  const provider = await startProvider(t, algorithm)
  let now = start
  const clock = () => new Date(now)
  const lines = new LogLines()
  const tokens = new Tokens(provider.settings, clock, lines.logger)
  const later = (milliseconds: number) => {
    now += milliseconds
  }
  return {
    provider,
    tokens,
    lines,
    clock,
    later,
    sign: (claims?: Claims) => sign(provider, clock(), claims),
  }
}

t.test('a good token gives its principal', async t => {
  const { tokens, sign } = await scene(t)
  t.strictSame(
    await tokens.find(
      await sign({ claims: { scope: 'books:read cars:write', plan: 'gold', customer_id: 3 } }),
    ),
    {
      id: `token:${issuer}#ada`,
      kind: 'token',
      scopes: new Set(['books:read', 'cars:write']),
      plan: 'gold',
      claims: { customer_id: 3 },
    },
  )
  t.strictSame(
    (await tokens.find(await sign({ claims: { scope: undefined } })))?.scopes,
    new Set(),
    'without scope none',
  )
})

for (const algorithm of ['ES256', 'RS256', 'PS256', 'EdDSA'])
  t.test(`${algorithm} is taken`, async t => {
    const { tokens, sign } = await scene(t, algorithm)
    t.match(await tokens.find(await sign({ header: { alg: algorithm } })), { kind: 'token' })
  })

const good: [section: string, claims: Claims][] = [
  [
    'RFC 7519 §4.1.3: one of several audiences',
    { claims: { aud: ['https://other.example.com', audience] } },
  ],
  ['RFC 7519 §4.1.4: clocks are apart', { claims: { exp: seconds - 59 } }],
  ['RFC 7519 §4.1.5: clocks are apart', { claims: { nbf: seconds + 59 } }],
  ['RFC 9068 §2.1: typ', { header: { typ: 'application/at+jwt' } }],
  ['RFC 8725 §3.11: plain typ', { header: { typ: 'JWT' } }],
  ['RFC 7515 §4.1.4: no kid, and one key', { header: { kid: undefined as never } }],
]

t.test('tokens that are accepted', async t => {
  const { tokens, sign } = await scene(t)
  for (const [section, claims] of good)
    t.match(await tokens.find(await sign(claims)), { kind: 'token' }, section)
})

const bad: [section: string, claims: Claims][] = [
  ['RFC 7519 §4.1.1: another issuer', { claims: { iss: 'https://evil.example.com/' } }],
  ['RFC 8725 §3.8: no issuer', { claims: { iss: undefined } }],
  ['RFC 7519 §4.1.3: another audience', { claims: { aud: 'https://other.example.com' } }],
  ['RFC 8725 §3.9: no audience', { claims: { aud: undefined } }],
  ['RFC 7519 §4.1.4: expired', { claims: { exp: seconds - 61 } }],
  ['RFC 9068 §2.2: without end', { claims: { exp: undefined } }],
  ['RFC 7519 §4.1.4: an end that is no number', { claims: { exp: 'never' } }],
  ['RFC 7519 §4.1.5: not yet', { claims: { nbf: seconds + 61 } }],
  ['RFC 9068 §2.2: nobody', { claims: { sub: undefined } }],
  ['nobody', { claims: { sub: '' } }],
  ['a subject that is no text', { claims: { sub: 7 } }],
  ['a subject that a database would not take', { claims: { sub: 'a\u0000b' } }],
  ['a subject without end', { claims: { sub: 'a'.repeat(256) } }],
  ['RFC 6749 §3.3: a scope that is none', { claims: { scope: 'books:read "' } }],
  [
    'scopes without end',
    { claims: { scope: Array.from({ length: 201 }, (_, i) => `s${i}`).join(' ') } },
  ],
  ['RFC 8725 §3.11: a token for something else', { header: { typ: 'logout+jwt' } }],
  ['RFC 8725 §3.11: a token for something else', { header: { typ: 'dpop+jwt' } }],
  ['RFC 7515 §4.1.4: a key that the provider does not have', { header: { kid: 'three' } }],
  ['a token without end', { claims: { note: 'x'.repeat(9000) } }],
]

t.test('tokens that are refused although their signature is good', async t => {
  const { tokens, sign } = await scene(t)
  for (const [section, claims] of bad)
    t.equal(await tokens.find(await sign(claims)), undefined, section)
})

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
const usual = { iss: issuer, aud: audience, sub: 'ada', exp: seconds + 300, scope: '*' }

/** Tokens that no library would make. */
const forgeries: [section: string, forge: (provider: Provider) => string | Promise<string>][] = [
  ['RFC 8725 §2.1: alg none', () => `${encode({ alg: 'none' })}.${encode(usual)}.`],
  ['RFC 8725 §2.1: alg None', () => `${encode({ alg: 'None', kid: 'one' })}.${encode(usual)}.`],
  ['no alg', () => `${encode({ kid: 'one' })}.${encode(usual)}.AAAA`],
  [
    'RFC 8725 §2.1: HS256 with the public key for a secret',
    provider => {
      const head = `${encode({ alg: 'HS256', kid: 'one', typ: 'at+jwt' })}.${encode(usual)}`
      return `${head}.${createHmac('sha256', provider.keys()).update(head).digest('base64url')}`
    },
  ],
  [
    "another's key under the name of the provider's",
    async provider =>
      sign(provider, new Date(start), { key: (await generateKeyPair('ES256')).privateKey }),
  ],
  [
    'RFC 8725 §2.1: an algorithm that is not taken',
    async provider =>
      sign(provider, new Date(start), {
        header: { alg: 'ES384' },
        key: (await generateKeyPair('ES384')).privateKey,
      }),
  ],
  [
    'RFC 8725 §2.1: a key of another kind',
    async provider =>
      sign(provider, new Date(start), {
        header: { alg: 'RS256' },
        key: (await generateKeyPair('RS256')).privateKey,
      }),
  ],
  [
    'RFC 8725 §3.10: a key that the token brings itself',
    async provider => {
      const { privateKey } = await generateKeyPair('ES256')
      return sign(provider, new Date(start), {
        header: { jwk: { kty: 'EC' }, jku: 'http://127.0.0.1:1/' },
        key: privateKey,
      })
    },
  ],
  [
    'RFC 7515 §4.1.11: crit that is not understood',
    async provider => {
      const [, payload, signature] = (await sign(provider, new Date(start))).split('.')
      return `${encode({ alg: 'ES256', kid: 'one', crit: ['mystery'], mystery: 1 })}.${payload}.${signature}`
    },
  ],
  [
    'a payload that was changed',
    async provider => {
      const [head, , signature] = (await sign(provider, new Date(start))).split('.')
      return `${head}.${encode(usual)}.${signature}`
    },
  ],
  [
    'no signature',
    async provider => (await sign(provider, new Date(start))).replace(/\.[^.]*$/, '.'),
  ],
  ['RFC 7516: encrypted', () => 'eyJhbGciOiJkaXIiLCJlbmMiOiJBMTI4R0NNIn0..AAAA.AAAA.AAAA'],
  ['no JSON', () => 'a.b.c'],
  ['nothing', () => '..'],
  ['a payload that is a list', () => `${encode({ alg: 'ES256', kid: 'one' })}.${encode([])}.AAAA`],
]

t.test('every forgery is refused', async t => {
  const { provider, tokens } = await scene(t)
  for (const [section, forge] of forgeries)
    t.equal(await tokens.find(await forge(provider)), undefined, section)
  t.ok(provider.asked() <= 2)
})

t.test('a token that was found good is good until its end, and is not verified again', async t => {
  const { provider, tokens, later, sign } = await scene(t)
  const token = await sign()
  const principal = await tokens.find(token)
  for (let i = 0; i < 5; i++) t.equal(await tokens.find(token), principal, 'the same object')
  t.equal(provider.asked(), 1)
  later(300_000 + 59_000)
  t.equal(await tokens.find(token), principal)
  later(1_000)
  t.equal(await tokens.find(token), undefined)
})

t.test('keys that the provider no longer has are good no more, and new ones are found', async t => {
  const { provider, tokens, later, sign } = await scene(t)
  const old = await sign({ claims: { exp: seconds + 100_000 } })
  t.ok(await tokens.find(old))
  await provider.rotate()
  later(30_000)
  t.ok(await tokens.find(await sign({ header: { kid: 'two' } })), 'an unknown key is asked for')
  t.equal(await tokens.find(old), undefined, 'also where the token was known')
  t.equal(provider.asked(), 2)
})

t.test(
  'a token in use is refused soon after the provider has withdrawn its key, though no other token comes',
  async t => {
    const { provider, tokens, later, sign } = await scene(t)
    const old = await sign({ claims: { exp: seconds + 2_592_000 } })
    t.ok(await tokens.find(old))
    await provider.rotate()
    later(599_999)
    t.ok(await tokens.find(old), 'the keys are young enough')
    t.equal(provider.asked(), 1)
    later(1)
    t.ok(await tokens.find(old), 'the keys are fetched beside the request')
    while (provider.asked() < 2) await turn()
    while ((await tokens.find(old)) !== undefined) await turn()
    t.equal(provider.asked(), 2)
  },
)

t.test(
  'a token in use waits for keys that are too old, and is held against the new ones',
  async t => {
    const { provider, tokens, later, sign } = await scene(t)
    const old = await sign({ claims: { exp: seconds + 2_592_000 } })
    t.ok(await tokens.find(old))
    later(3_600_000)
    t.ok(await tokens.find(old), 'the key is there still')
    t.equal(provider.asked(), 2)
    await provider.rotate()
    later(3_600_000)
    t.equal(await tokens.find(old), undefined)
  },
)

t.test('a token in use is not taken on keys that are too old', async t => {
  const { provider, tokens, later, sign } = await scene(t)
  const token = await sign({ claims: { exp: seconds + 2_592_000 } })
  t.ok(await tokens.find(token))
  provider.answer(503)
  later(3_599_999)
  t.ok(await tokens.find(token))
  later(1)
  for (let i = 0; i < 3; i++)
    await t.rejects(
      async () => tokens.find(token),
      { message: /cannot be fetched/ },
      'though it is remembered',
    )
  t.ok(provider.asked() <= 3, 'and the provider is not asked at the will of callers')
  provider.answer(200)
  later(5_000)
  t.ok(await tokens.find(token))
  provider.answer(503)
  later(-7_200_000)
  await t.rejects(
    async () => tokens.find(token),
    { message: /cannot be fetched/ },
    'nor by a clock set back',
  )
})

t.test('a text that cannot be a token is refused without asking the provider', async t => {
  const { provider, tokens } = await scene(t)
  provider.answer(503)
  t.equal(await tokens.find('a.b.c'), undefined)
  t.equal(provider.asked(), 0)
})

t.test('a flood of unknown keys does not reach the provider', async t => {
  const { provider, tokens, later, sign } = await scene(t)
  t.ok(await tokens.find(await sign()))
  const flood = async () => {
    const strangers = await Promise.all(
      Array.from({ length: 50 }, (_, i) => sign({ header: { kid: `x${i}` } })),
    )
    t.ok(
      (await Promise.all(strangers.map(token => tokens.find(token)))).every(
        found => found === undefined,
      ),
    )
  }
  await flood()
  t.equal(provider.asked(), 1, 'the keys were fetched just now')
  later(30_000)
  await flood()
  await flood()
  t.equal(provider.asked(), 2)
})

const failures: [what: string, status: number, body?: string][] = [
  ['an error', 500],
  ['a redirection', 302],
  ['no JSON', 200, '<html>'],
  ['no keys', 200, '{}'],
  ['more than there could be', 200, JSON.stringify({ keys: [], note: 'x'.repeat(300_000) })],
]

t.test('a provider that cannot be asked is no fault of the caller', async t => {
  for (const [what, status, body] of failures) {
    const { provider, tokens, later, sign } = await scene(t)
    provider.answer(status, body)
    await t.rejects(async () => tokens.find(await sign()), { message: /cannot be fetched/ }, what)
    await t.rejects(async () => tokens.find(await sign()), { message: /cannot be fetched/ }, what)
    t.equal(provider.asked(), 1, 'and is not asked again at once')
    provider.answer(200)
    later(5_000)
    t.ok(await tokens.find(await sign()))
  }
})

t.test('its keys serve for another hour while it is away, and no longer', async t => {
  const { provider, tokens, later, sign } = await scene(t)
  t.ok(await tokens.find(await sign()))
  provider.answer(503)
  later(3_599_000)
  t.ok(await tokens.find(await sign({ claims: { jti: 'a' } })))
  later(1_000)
  await t.rejects(async () => tokens.find(await sign({ claims: { jti: 'b' } })), {
    message: /cannot be fetched/,
  })
})

t.test(
  'the log says once that the provider is away, until when its keys serve, and that it is back',
  async t => {
    const { provider, tokens, lines, later, sign } = await scene(t)
    provider.answer(500)
    const token = await sign({ claims: { exp: seconds + 100_000 } })
    for (let i = 0; i < 20; i++) {
      await t.rejects(async () => tokens.find(token))
      later(1_000)
    }
    t.ok(provider.asked() > 1)
    t.match(lines.take(), [
      {
        level: 50,
        msg: /requests with its tokens get 503: check JWT_JWKS_URL/,
        reason: /answered 500/,
      },
    ])
    provider.answer(200)
    later(5_000)
    t.ok(await tokens.find(token))
    t.match(lines.take(), [
      { level: 30, msg: 'the keys of the identity provider can be fetched again' },
    ])
    provider.answer(500)
    for (let i = 0; i < 20; i++) {
      later(60_000)
      t.ok(await tokens.find(token))
      await turn()
    }
    while (provider.asked() < 4) await turn()
    const until = /the present keys serve until 2026-06-01T13:\d\d:\S+Z: check JWT_JWKS_URL/
    t.match(lines.take(), [{ level: 40, msg: until }])
  },
)

t.test('several requests at once fetch the keys once', async t => {
  const { provider, tokens, sign } = await scene(t)
  const made = await Promise.all(
    Array.from({ length: 20 }, (_, i) => sign({ claims: { jti: String(i) } })),
  )
  t.ok(
    (await Promise.all(made.map(token => tokens.find(token)))).every(found => found !== undefined),
  )
  t.equal(provider.asked(), 1)
})
