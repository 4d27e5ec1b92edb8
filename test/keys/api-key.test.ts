// The text of a key: found by a scanner, told from a slip of the pen, and never stored.

import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import t from 'tap'
import { isKeyText, keyDigest, keyPattern, makeKey } from '../../src/keys/api-key.ts'

t.test('a key is of one length and form whatever the random bytes are', async t => {
  for (const random of [new Uint8Array(32), new Uint8Array(32).fill(255), randomBytes(32)]) {
    const key = makeKey(random)
    t.match(key, keyPattern)
    t.match(key, /^rw_live_[0-9A-Za-z]{49}$/)
    t.ok(isKeyText(key))
  }
})

t.test('the same bytes give the same key, so that scanners can rely on its form', async t => {
  t.equal(
    makeKey(new Uint8Array(32)),
    `rw_live_${'0'.repeat(43)}${makeKey(new Uint8Array(32)).slice(-6)}`,
  )
})

t.test('two keys differ, and so do their digests', async () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 32, maxLength: 32 }),
      fc.uint8Array({ minLength: 32, maxLength: 32 }),
      (one, other) =>
        Buffer.compare(one, other) === 0 ||
        (makeKey(one) !== makeKey(other) && keyDigest(makeKey(one)) !== keyDigest(makeKey(other))),
    ),
  )
})

t.test('a key with one character changed is no key', async t => {
  const key = makeKey(randomBytes(32))
  for (let at = 0; at < key.length; at++) {
    const wrong = key[at] === 'x' ? 'y' : 'x'
    t.notOk(isKeyText(key.slice(0, at) + wrong + key.slice(at + 1)), `at ${at}`)
  }
})

t.test('what is no key at all is told as well', async t => {
  const key = makeKey(randomBytes(32))
  for (const text of [
    '',
    'rw_live_',
    `${key}0`,
    key.slice(1),
    ` ${key}`,
    `${key}\n`,
    'rw_live_äöü'.padEnd(57, '0'),
  ])
    t.notOk(isKeyText(text), JSON.stringify(text))
})

t.test('the digest has 256 bits in 43 characters', async t => {
  t.match(keyDigest('rw_live_x'), /^[A-Za-z0-9_-]{43}$/)
})
