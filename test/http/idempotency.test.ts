import fc from 'fast-check'
import t from 'tap'
import {
  fingerprint,
  idempotencyKeyLifetime,
  idempotencyKeyParameter,
  parseIdempotencyKey,
} from '../../src/http/idempotency.ts'

const fits = (field: string) => new RegExp(idempotencyKeyParameter.schema.pattern, 'u').test(field)

t.test('keys are parsed', async t => {
  const table: [section: string, field: string, key: string][] = [
    [
      'draft §2: a string',
      '"8e03978e-40d5-43e8-bc93-6894a57f9324"',
      '8e03978e-40d5-43e8-bc93-6894a57f9324',
    ],
    ['bare', '8e03978e-40d5-43e8-bc93-6894a57f9324', '8e03978e-40d5-43e8-bc93-6894a57f9324'],
    ['bare, the shortest', 'a', 'a'],
    ['bare, the longest', 'a'.repeat(255), 'a'.repeat(255)],
    ['bare: a backslash is itself', 'a\\b', 'a\\b'],
    ['RFC 9651 §3.3.3: escapes', '"a\\"b\\\\c"', 'a"b\\c'],
    ['RFC 9651 §3.3.3: space', '"a b"', 'a b'],
    ['RFC 9651 §3.3.3: escapes count once', `"${'\\"'.repeat(255)}"`, '"'.repeat(255)],
  ]
  for (const [section, field, key] of table) {
    t.equal(parseIdempotencyKey(field), key, section)
    t.ok(fits(field), `${section}: the schema takes it`)
  }
  t.equal(parseIdempotencyKey('"abc"'), parseIdempotencyKey('abc'))
  t.equal(parseIdempotencyKey(undefined), undefined)
})

t.test('malformed keys are refused', async t => {
  const table: [why: string, field: string][] = [
    ['empty', ''],
    ['empty string', '""'],
    ['too long', 'a'.repeat(256)],
    ['too long string', `"${'a'.repeat(256)}"`],
    ['space', 'a b'],
    ['not closed', '"abc'],
    ['not opened', 'abc"'],
    ['a lone quote', '"'],
    ['RFC 9651 §3.3.3: a quote in a string', '"a"b"'],
    ['RFC 9651 §3.3.3: an unknown escape', '"a\\b"'],
    ['RFC 9651 §3.3.3: a closing quote that is escaped', '"a\\"'],
    ['not ASCII', 'clé'],
    ['control character', 'a\u0007'],
    ['line end', 'abc\n'],
    ['draft §2: parameters have no meaning', '"abc";a=1'],
    ['two fields, joined by Node', '"abc", "def"'],
  ]
  for (const [why, field] of table) {
    const expected = {
      kind: 'invalidParameter',
      status: 400,
      errors: [{ parameter: 'Idempotency-Key', in: 'header' }],
    }
    t.throws(() => parseIdempotencyKey(field), expected, why)
    t.notOk(fits(field), `${why}: the schema refuses it`)
  }
})

t.test('every key comes back from its string', async t => {
  fc.assert(
    fc.property(fc.stringMatching(/^[ -~]{1,255}$/), key => {
      t.equal(parseIdempotencyKey(`"${key.replace(/["\\]/g, '\\$&')}"`), key)
    }),
  )
})

t.test('fingerprints', async t => {
  t.match(fingerprint(['POST', '/countries', '{}']), /^[\w-]{43}$/)
  t.equal(fingerprint(['a', 'b']), fingerprint(['a', 'b']))
  // printf '["a","b"]' | openssl dgst -sha256 -binary | basenc --base64url | tr -d =
  t.equal(fingerprint(['a', 'b']), 'BHPvLcDTJKtlnTWAwRNOnYEgNZBcR4H91tUpsMaGDhM')
  const parts = fc.array(
    fc.string({ unit: fc.constantFrom('a', ',', '"', '\\', '\n', '\ud800', '\udfff') }),
  )
  fc.assert(
    fc.property(parts, parts, (one, other) => {
      t.equal(
        fingerprint(one) === fingerprint(other),
        JSON.stringify(one) === JSON.stringify(other),
      )
    }),
  )
  t.not(fingerprint(['ab', '']), fingerprint(['a', 'b']))
  t.not(fingerprint(['a,b']), fingerprint(['a', 'b']))
  t.not(fingerprint(['\ud800']), fingerprint(['\udfff']), 'UTF-8 would make both of these U+FFFD')
})

t.test('the parameter', async t => {
  t.match(idempotencyKeyParameter, { name: 'Idempotency-Key', in: 'header' })
  t.notOk('example' in idempotencyKeyParameter, 'Swagger UI would send it')
  t.equal(idempotencyKeyLifetime, 86_400_000, '24 hours in milliseconds')
})
