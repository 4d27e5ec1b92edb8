import t from 'tap'
import {
  type QuotaPolicy,
  rateLimitPolicyField,
  rateLimitWriter,
  retryAfter,
  type ServiceLimit,
} from '../../src/http/rate-limit-fields.ts'

const minute: QuotaPolicy = { name: 'minute', quota: 100, window: 60 }
const day: QuotaPolicy = { name: 'day', quota: 10_000, window: 86_400 }

t.test('RateLimit-Policy', async t => {
  const table: [section: string, policies: readonly QuotaPolicy[], expected: string][] = [
    ['draft §3.1', [minute], '"minute";q=100;w=60'],
    [
      'draft §3, RFC 9651 §4.1.1: a list',
      [minute, day],
      '"minute";q=100;w=60, "day";q=10000;w=86400',
    ],
    ['draft §3.1.1: a quota may be nothing', [{ ...minute, quota: 0 }], '"minute";q=0;w=60'],
    ['RFC 9651 §4.1.6: escapes', [{ ...minute, name: 'a"b\\c' }], '"a\\"b\\\\c";q=100;w=60'],
    ['RFC 9651 §4.1.6: an empty string', [{ ...minute, name: '' }], '"";q=100;w=60'],
    [
      'RFC 9651 §4.1.4: 15 digits',
      [{ ...minute, quota: 999_999_999_999_999 }],
      '"minute";q=999999999999999;w=60',
    ],
  ]
  for (const [section, policies, expected] of table)
    t.equal(rateLimitPolicyField(policies), expected, section)
})

t.test('RateLimit', async t => {
  const table: [section: string, limits: readonly ServiceLimit[], expected: string][] = [
    ['draft §4.1', [{ name: 'minute', remaining: 99, reset: 50_000 }], '"minute";r=99;t=50'],
    [
      'draft §4.1.1: nothing is left',
      [{ name: 'minute', remaining: 0, reset: 1_000 }],
      '"minute";r=0;t=1',
    ],
    [
      'draft §4, RFC 9651 §4.1.1: a list',
      [
        { name: 'minute', remaining: 99, reset: 50_000 },
        { name: 'day', remaining: 9_999, reset: 86_389_001 },
      ],
      '"minute";r=99;t=50, "day";r=9999;t=86390',
    ],
  ]
  for (const [section, limits, expected] of table)
    t.equal(rateLimitWriter(limits)(limits), expected, section)
  t.equal(
    rateLimitWriter([minute])([{ remaining: 4, reset: 1 }], 1),
    '"minute";r=5;t=1',
    'one was given back',
  )
})

t.test('a value that no structured field can carry is a fault of the service', async t => {
  const table: [section: string, policy: QuotaPolicy][] = [
    ['RFC 9651 §4.1.6: beyond ASCII', { ...minute, name: 'é' }],
    ['RFC 9651 §4.1.6: a line end', { ...minute, name: 'a\r\nSet-Cookie: b' }],
    ['RFC 9651 §4.1.6: a control character', { ...minute, name: '\x7f' }],
    ['RFC 9651 §4.1.4: 16 digits', { ...minute, quota: 1_000_000_000_000_000 }],
    ['RFC 9651 §4.1.4: a fraction', { ...minute, quota: 1.5 }],
    ['draft §3.1.1: below zero', { ...minute, quota: -1 }],
    ['no number', { ...minute, window: Number.NaN }],
  ]
  for (const [section, policy] of table)
    t.throws(() => rateLimitPolicyField([policy]), /structured field/, section)
  t.throws(
    () => rateLimitWriter([minute, day])([{ remaining: 1, reset: 1 }]),
    /structured field/,
    'no state of a policy',
  )
})

t.test('draft §6: Retry-After is not before the end of any exhausted window', async t => {
  t.equal(retryAfter([{ name: 'minute', remaining: 0, reset: 7 }]), 7)
  t.equal(
    retryAfter([
      { name: 'minute', remaining: 0, reset: 7 },
      { name: 'day', remaining: 0, reset: 3_600 },
    ]),
    3_600,
  )
})
