// Idempotency-Key where a resource has hooks: what runs once, what a refusal and a fault leave of the key.

import { Type } from '@sinclair/typebox'
import { pino } from 'pino'
import { Refusal, resource } from '../../src/resource/resource.ts'
import { onEveryDatabase, startService } from '../support/service.ts'

const key = { 'idempotency-key': 'k-1' }

/** Orders that report what was committed; 13 is refused, and 500 fails the first time. */
function reportingTo(committed: unknown[]) {
  let failures = 0
  return resource('orders', Type.Object({ number: Type.Integer({ minimum: 1 }) }), {
    description: 'Orders whose hooks are watched',
    hooks: {
      beforeWrite: ({ after }) => {
        if (after?.number === 13) throw new Refusal(422, 'is not wanted', 'number')
        if (after?.number === 500 && failures++ === 0) throw new Error('the printer is on fire')
      },
      afterCommit: ({ after }) => void committed.push(after?.number),
    },
  })
}

onEveryDatabase('a replay tells nobody: afterCommit runs once', async (t, url) => {
  const committed: unknown[] = []
  const { post } = await startService(t, url, { resources: [reportingTo(committed)] })
  await post('/orders', { number: 7 }, key)
  t.equal((await post('/orders', { number: 7 }, key)).headers['idempotent-replayed'], 'true')
  t.strictSame(committed, [7])
})

onEveryDatabase(
  'the refusal of a hook is a stored response, and nobody else gets it',
  async (t, url) => {
    const committed: unknown[] = []
    const { post } = await startService(t, url, { resources: [reportingTo(committed)] })
    const first = await post('/orders', { number: 13 }, key)
    t.equal(first.status, 422)
    t.strictSame(first.json.errors, [{ pointer: '#/number', detail: 'is not wanted' }])
    const second = await post('/orders', { number: 13 }, key)
    t.equal(second.status, 422)
    t.equal(second.headers['idempotent-replayed'], 'true')
    t.equal(second.text, first.text)
    t.strictSame(committed, [])
  },
)

onEveryDatabase(
  'a fault is not stored: it is logged as it was, and the same key tries again',
  async (t, url) => {
    const committed: unknown[] = []
    const lines: string[] = []
    const logger = pino({ level: 'error' }, { write: line => void lines.push(line) })
    const { post, get } = await startService(t, url, {
      resources: [reportingTo(committed)],
      logger,
    })
    const first = await post('/orders', { number: 500 }, key)
    t.equal(first.status, 500)
    const [entry] = lines.map(line => JSON.parse(line)).filter(({ level }) => level >= 50)
    t.match(entry, { err: { message: 'the printer is on fire' } })
    t.equal(entry.instance, first.json.instance)
    t.strictSame((await get('/orders')).json, [])

    const second = await post('/orders', { number: 500 }, key)
    t.equal(second.status, 201)
    t.equal(second.headers['idempotent-replayed'], undefined)
    t.strictSame(committed, [500])
  },
)
