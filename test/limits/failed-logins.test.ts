import t from 'tap'
import { Problem } from '../../src/http/problem.ts'
import { FailedLogins, guardLogins } from '../../src/limits/failed-logins.ts'
import { MemoryLimitStore } from '../../src/limits/memory-limit-store.ts'
import type { Caller } from '../../src/resource/caller.ts'
import { TestClock } from '../support/limits.ts'

const minute = { name: 'failed-logins-per-minute', quota: 3, window: 60 }
const day = { name: 'failed-logins-per-day', quota: 4, window: 86_400 }

const caller: Caller = {
  id: 'key:1',
  kind: 'key',
  plan: undefined,
  scopes: new Set(),
  claims: {},
}

/** Which policies refuse an address, and for how many seconds; nothing for one with room. */
function refusal(logins: FailedLogins, ip: string): unknown {
  try {
    logins.requireRoom({ ip })
    return undefined
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    return [error.status, error.extensions['violated-policies'], error.headers['retry-after']]
  }
}

t.test('as many failures as allowed, then no more until the window ends', async t => {
  const clock = new TestClock()
  const logins = new FailedLogins(new MemoryLimitStore(clock.now), [minute, day], clock.now)
  for (let failures = 0; failures < 3; failures++) {
    t.equal(refusal(logins, '192.0.2.1'), undefined)
    await logins.record({ ip: '192.0.2.1' })
  }
  clock.advance(10)
  const refused = [429, ['failed-logins-per-minute'], '50']
  t.strictSame(refusal(logins, '192.0.2.1'), refused)
  t.strictSame(refusal(logins, '::ffff:192.0.2.1'), refused, 'the same address')
  t.equal(refusal(logins, '192.0.2.2'), undefined, 'another address')
  clock.advance(50)
  t.equal(refusal(logins, '192.0.2.1'), undefined)
  await logins.record({ ip: '192.0.2.1' })
  t.strictSame(refusal(logins, '192.0.2.1'), [429, ['failed-logins-per-day'], '86340'])
})

t.test(
  'of two instances, each learns from its own next failure that an address is blocked, and refuses that one',
  async t => {
    const clock = new TestClock()
    const store = new MemoryLimitStore(clock.now)
    const [one, other] = [1, 2].map(() => new FailedLogins(store, [minute], clock.now)) as [
      FailedLogins,
      FailedLogins,
    ]
    for (let failures = 0; failures < 3; failures++) await one.record({ ip: '192.0.2.1' })
    t.ok(refusal(one, '192.0.2.1'))
    t.notOk(refusal(other, '192.0.2.1'))
    await t.rejects(other.record({ ip: '192.0.2.1' }), { message: /^Too many requests/ })
    t.ok(refusal(other, '192.0.2.1'))
  },
)

t.test('without a limit there is none', async t => {
  const clock = new TestClock()
  const logins = new FailedLogins(new MemoryLimitStore(clock.now), [], clock.now)
  for (let failures = 0; failures < 50; failures++) await logins.record({ ip: '192.0.2.1' })
  t.notOk(refusal(logins, '192.0.2.1'))
})

t.test(
  'only wrong credentials are counted, not whatever else keeps a caller from being known',
  async t => {
    const clock = new TestClock()
    const logins = new FailedLogins(new MemoryLimitStore(clock.now), [minute], clock.now)
    for (const error of [new Problem('unavailable'), new Error('a fault')]) {
      const guarded = guardLogins(
        logins,
        () => {
          throw error
        },
        () => t.fail('nobody is locked out'),
      )
      for (let failures = 0; failures < 4; failures++)
        await t.rejects(async () => guarded('', { ip: '192.0.2.1' }), error)
    }
    t.notOk(refusal(logins, '192.0.2.1'))
  },
)

t.test(
  'the failure that uses up the quota is told once, and each is refused as it was',
  async t => {
    for (const later of [false, true]) {
      const clock = new TestClock()
      const logins = new FailedLogins(new MemoryLimitStore(clock.now), [minute], clock.now)
      const wrong = new Problem('unauthorized')
      const locked: unknown[] = []
      const guarded = guardLogins(
        logins,
        authorization => {
          if (authorization === 'good') return caller
          if (later) return Promise.reject(wrong)
          throw wrong
        },
        ({ ip }, seconds) => locked.push([ip, seconds]),
      )
      const from = { ip: '192.0.2.1' }
      clock.advance(5)
      for (let failures = 0; failures < 3; failures++)
        await t.rejects(async () => guarded('', from), wrong)
      t.strictSame(locked, [['192.0.2.1', 60]])
      const refused = await Promise.resolve(guarded('', from)).catch((error: unknown) => error)
      t.match(refused, { status: 429 })
      t.equal(await guarded('good', from), caller, 'good credentials are accepted')
      t.equal(locked.length, 1)
    }
  },
)
