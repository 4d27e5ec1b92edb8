// RFC 9562: the layout of version 7 (§5.7), and an order that the clock cannot break (§6.2).

import t from 'tap'
import { uuids } from '../../src/resource/uuid.ts'

const time = Date.parse('2026-05-04T12:00:00.123Z')

t.test('a UUID says its time, version and variant', async t => {
  const made = uuids()(new Date(time))
  t.match(made, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  t.equal(Number.parseInt(made.replace('-', '').slice(0, 12), 16), time)
})

t.test(
  'each is greater than the one before: of one moment, and when the clock goes back',
  async t => {
    const make = uuids()
    const moments = [...Array.from({ length: 10_000 }, () => time), time - 5000, time - 1, time + 1]
    const made = moments.map(moment => make(new Date(moment)))
    t.strictSame(made, made.toSorted())
    t.equal(new Set(made).size, made.length)
  },
)

t.test('two processes do not make the same', async t => {
  const [one, other] = [uuids(), uuids()]
  t.not(one(new Date(time)), other(new Date(time)))
})
