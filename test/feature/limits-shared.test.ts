// Four instances that count together: no caller gets more of them than of one, and none is refused too early.

import { randomUUID } from 'node:crypto'
import t, { type Test } from 'tap'
import { createLimits } from '../../src/limits/limits.ts'
import { RedisLimitStore } from '../../src/limits/redis-limit-store.ts'
import { plansOf } from '../support/limits.ts'
import { startRedis, withoutRedis } from '../support/redis.ts'
import { type Received, type Service, startService } from '../support/service.ts'

const log = { info: () => {}, warn: () => {}, error: () => {} }

/** An instance with a database of its own, whose clock is wrong by some hours. */
async function instance(t: Test, redis: string, database: string, hours: number): Promise<Service> {
  const clock = () => new Date(Date.now() + hours * 3_600_000)
  const limits = async () => createLimits(plansOf(plans), await RedisLimitStore.open(redis, log))
  return startService(t, `sqlite:${database}`, { clock, limits })
}

/** As many requests as asked for, by so many callers at once, from an address of nobody else. */
async function ask(
  services: readonly Service[],
  from: string,
  total: number,
  callers: number,
): Promise<Received[]> {
  const answers: Received[] = []
  let asked = 0
  const caller = async ({ request }: Service) => {
    while (asked++ < total) answers.push(await request('GET', '/books/1', { from }))
  }
  await Promise.all(
    Array.from({ length: callers }, (_, index) =>
      caller(services[index % services.length] as Service),
    ),
  )
  return answers
}

const quota = 2000
const plans = { anonymous: { requests_per_minute: quota * 2, requests_per_day: quota } }

t.test('four instances', { skip: withoutRedis }, async t => {
  const redis = await startRedis(t)
  const folder = t.testdir()
  const services = await Promise.all(
    [-9, 0, 1, 30].map(hours => instance(t, redis.url, `${folder}/${hours}.db`, hours)),
  )

  t.test('grant a quota once, to within 1 %', async t => {
    const answers = await ask(services, '192.0.2.1', 3000, 16)
    const granted = answers.filter(({ status }) => status === 200).length
    const refused = answers.filter(({ status }) => status === 429)
    t.equal(granted + refused.length, 3000)
    t.ok(Math.abs(granted - quota) <= quota / 100, `${granted} of ${quota}`)
    t.ok(refused.every(({ json }) => json['violated-policies'].join() === 'day'))
  })

  t.test('tell of one quota, by the clock of none of them', async t => {
    const from = `2001:db8:${randomUUID().slice(0, 4)}::1`
    for (const [index, { request }] of services.entries()) {
      const { headers } = await request('GET', '/books/1', { from })
      const [, minute, day] =
        /^"minute";r=(\d+);t=(?:60|5\d), "day";r=(\d+);t=86[34]\d\d$/.exec(
          headers.ratelimit ?? '',
        ) ?? []
      t.strictSame([Number(minute), Number(day)], [quota * 2 - 1 - index, quota - 1 - index])
    }
  })

  t.test('take back what a 304 has cost at another', async t => {
    const from = '192.0.2.3'
    const [one, other] = services as [Service, Service]
    const { headers } = await one.request('GET', '/books/1', { from })
    const fresh = { from, headers: { 'if-none-match': headers.etag ?? '' } }
    for (let asked = 0; asked < 3; asked++)
      t.equal((await other.request('GET', '/books/1', fresh)).status, 304)
    const last = await other.request('GET', '/books/1', { from })
    t.match(last.headers.ratelimit, `"minute";r=${quota * 2 - 2};`)
  })
})
