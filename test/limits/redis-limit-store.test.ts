// Counting over the Redis protocol: scripts, time, and a server that goes away. The contract is in limit-store.test.ts.

import { randomUUID } from 'node:crypto'
import { setImmediate as turn } from 'node:timers/promises'
import t, { type Test } from 'tap'
import type { Consumption, LimitStore } from '../../src/limits/limit-store.ts'
import { RedisLimitStore } from '../../src/limits/redis-limit-store.ts'
import { type RedisServer, startRedis, withoutRedis } from '../support/redis.ts'

const minute = { name: 'minute', quota: 2, window: 60 }

/** Lines of a log, by their message. */
class Lines {
  readonly all: { level: string; details: object; message: string }[] = []
  readonly info = (details: object, message: string) =>
    void this.all.push({ level: 'info', details, message })
  readonly warn = (details: object, message: string) =>
    void this.all.push({ level: 'warn', details, message })
  readonly error = (details: object, message: string) =>
    void this.all.push({ level: 'error', details, message })
  get messages() {
    return this.all.map(({ message }) => message)
  }
}

async function open(
  t: Test,
  { url }: Pick<RedisServer, 'url'>,
  log = new Lines(),
): Promise<RedisLimitStore> {
  const store = await RedisLimitStore.open(url, log)
  t.teardown(() => store.close())
  return store
}

function remaining({ granted, windows }: Consumption): unknown[] {
  return [granted, ...windows.map(window => window.remaining)]
}

const away = 'the limit store of REDIS_URL is away: until it is back, each instance counts alone'
const back = 'the limit store of REDIS_URL is back'

/** Asks until the store has found that its server is back: it looks for it when it is asked. */
async function untilBack(store: LimitStore, log: Lines): Promise<void> {
  for (; !log.messages.includes(back); await turn()) await store.consume('key:waiting', [minute])
}

t.test(
  'an address that cannot be read is refused, and no part of its password is shown',
  async t => {
    const table = [
      'hun/ter2',
      '12/hunter2',
      'hun#ter2',
      'hun?ter2',
      '12?hunter2',
      'hunter2%',
      'hun%zzter2',
      'hun ter2/',
    ]
    for (const password of table)
      for (const user of ['', 'ada'])
        await t.rejects(
          RedisLimitStore.open(`redis://${user}:${password}@127.0.0.1:1/0`, new Lines()),
          {
            message:
              /^REDIS_URL cannot be read: percent-encode special characters in its password \([^:]*\)\.$/,
          },
          password,
        )
    await t.rejects(RedisLimitStore.open('redis://[hunter2', new Lines()), {
      message: /^REDIS_URL cannot be read/,
    })
  },
)

t.test('a server that cannot be reached is reported without any part of its password', async t => {
  for (const password of ['hunter2', 'hun@ter2', 'hun:ter2', 'hun%2Fter2'])
    for (const url of [
      `redis://ada:${password}@127.0.0.1:1/0`,
      `redis://127.0.0.1:1/0?password=${password}`,
    ]) {
      if (url.includes('?') && password.includes('@')) continue
      const log = new Lines()
      await open(t, { url }, log)
      t.strictSame(log.messages, [away])
      t.notMatch(JSON.stringify(log.all), /hun|ter2/)
    }
})

t.test('over the Redis protocol', { skip: withoutRedis }, async t => {
  const redis = await startRedis(t)

  t.test('a window ends, and the quota is back', async t => {
    const store = await open(t, redis)
    const second = { name: 'second', quota: 1, window: 1 }
    t.strictSame(remaining(await store.consume('key:1', [second])), [true, 0])
    let consumption = await store.consume('key:1', [second])
    t.notOk(consumption.granted)
    while (!consumption.granted) consumption = await store.consume('key:1', [second])
    t.strictSame(remaining(consumption), [true, 0])
    t.ok((consumption.windows[0]?.reset ?? 0) > 0)
  })

  t.test('a caller may be named in any way', async t => {
    const store = await open(t, redis)
    for (const caller of [
      'token:https://id.example#}{',
      'token:https://id.example#ü 1\r\n2',
      'x'.repeat(5000),
    ])
      t.strictSame(remaining(await store.consume(caller, [minute])), [true, 1])
  })

  t.test('scripts that the server has forgotten are sent again', async t => {
    const log = new Lines()
    const store = await open(t, redis, log)
    await store.consume('key:2', [minute])
    await redis.stop()
    await redis.start()
    await untilBack(store, log)
    t.strictSame(remaining(await store.consume('key:3', [minute])), [true, 1])
    t.strictSame(log.messages, [away, back])
  })

  t.test('an answer that waits while this process is busy is no reason to count alone', async t => {
    const log = new Lines()
    const store = await open(t, redis, log)
    const consumption = store.consume('key:6', [minute])
    for (const start = performance.now(); performance.now() - start < 1000; );
    t.strictSame(remaining(await consumption), [true, 1])
    t.strictSame(log.messages, [])
  })

  t.test(
    'while it hangs or is gone, every instance counts alone, and none waits for it',
    async t => {
      const ways: [way: string, go: () => unknown, comeBack: () => unknown][] = [
        ['hangs', redis.freeze, redis.thaw],
        ['is gone', redis.stop, redis.start],
      ]
      for (const [way, go, comeBack] of ways) {
        const logs = [new Lines(), new Lines()] as const
        const [one, other] = [await open(t, redis, logs[0]), await open(t, redis, logs[1])]
        const caller = `key:${randomUUID()}`
        t.strictSame(remaining(await one.consume(caller, [minute])), [true, 1])
        await go()
        for (const store of [one, other]) {
          t.strictSame(
            remaining(await store.consume(caller, [minute])),
            [true, 1],
            `${way}: from the start`,
          )
          t.strictSame(remaining(await store.consume(caller, [minute])), [true, 0])
          t.strictSame(remaining(await store.consume(caller, [minute])), [false, 0])
          store.refund(caller, [minute], {
            granted: true,
            windows: [{ remaining: 0, reset: 60_000 }],
          })
          t.strictSame(remaining(await store.consume(caller, [minute])), [true, 0])
        }
        t.strictSame(
          [logs[0].messages, logs[1].messages],
          [[away], [away]],
          `${way}: one line each`,
        )
        await comeBack()
        await untilBack(one, logs[0])
        await untilBack(other, logs[1])
        const fresh = `key:${randomUUID()}`
        t.strictSame(remaining(await one.consume(fresh, [minute])), [true, 1], `${way}: back`)
        t.strictSame(
          remaining(await other.consume(fresh, [minute])),
          [true, 0],
          `${way}: back, and together again`,
        )
        t.strictSame(
          [logs[0].messages, logs[1].messages],
          [
            [away, back],
            [away, back],
          ],
        )
      }
    },
  )

  t.test('the service starts while it is away, and waits for it', async t => {
    await redis.stop()
    const log = new Lines()
    const store = await open(t, redis, log)
    t.strictSame(remaining(await store.consume('key:4', [minute])), [true, 1])
    await redis.start()
    await untilBack(store, log)
    t.strictSame(log.messages, [away, back])
  })

  t.test('credentials that it refuses are told of without the password', async t => {
    const log = new Lines()
    const store = await open(t, { url: redis.url.replace('//', '//user:secret@') }, log)
    t.strictSame(remaining(await store.consume('key:5', [minute])), [true, 1])
    t.strictSame(remaining(await store.consume('key:5', [minute])), [true, 0])
    t.strictSame(log.messages, [away])
    t.match(log.all[0]?.details, { reason: /^WRONGPASS/ })
    t.notMatch(JSON.stringify(log.all), /secret/)
  })
})
