// Idempotency-Key on POST: what is done once, replayed, refused and forgotten.

import { mock } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import type { Store } from '../../src/store/store.ts'
import {
  feature,
  onEveryDatabase,
  problemOf,
  type Received,
  type Service,
  startService,
} from '../support/service.ts'

const country = { name: 'Norway', capital: 'Oslo', area: 385207 }
const reused = 'https://restwell.dev/problems/idempotency-key-reused'
const hour = 3_600_000

const keyed = (key: string, others: Record<string, string> = {}) => ({
  'idempotency-key': key,
  ...others,
})
const replayed = ({ headers }: Received) => headers['idempotent-replayed']

async function total({ get }: Pick<Service, 'get'>, url: string): Promise<number> {
  const { headers } = await get(url, { prefer: 'count=exact' })
  return Number(headers['x-total-count'])
}

/** The answer to a POST and to the same sent again, of which the second is the stored one. */
async function twice(
  { post }: Service,
  url: string,
  json: unknown,
  headers: Record<string, string>,
) {
  return { first: await post(url, json, headers), second: await post(url, json, headers) }
}

feature(
  'the same request with the same key is done once and answered the same',
  async (t, service) => {
    const before = await total(service, '/countries')
    const { first, second } = await twice(service, '/countries', country, keyed('k-1'))
    t.equal(first.status, 201)
    t.equal(replayed(first), undefined)
    t.equal(second.status, 201)
    t.equal(replayed(second), 'true')
    t.equal(second.text, first.text)
    for (const field of ['location', 'etag', 'content-type', 'cache-control', 'vary'])
      t.equal(second.headers[field], first.headers[field], field)
    t.equal(await total(service, '/countries'), before + 1)
  },
)

feature(
  'without a key, or with another one, the same request is done again',
  async (t, service) => {
    const before = await total(service, '/countries')
    await service.post('/countries', country)
    await service.post('/countries', country)
    await service.post('/countries', country, keyed('k-1'))
    await service.post('/countries', country, keyed('K-1'))
    t.equal(await total(service, '/countries'), before + 4)
  },
)

feature('the stored answer stays what it was when the row changes or goes', async (t, service) => {
  const { post, patch, delete: remove } = service
  const first = await post('/countries', country, keyed('k-1'))
  const address = String(first.headers.location)
  await patch(address, { name: 'Norge' })
  t.equal((await post('/countries', country, keyed('k-1'))).text, first.text)
  await remove(address)
  const again = await post('/countries', country, keyed('k-1'))
  t.equal(again.status, 201)
  t.equal(again.text, first.text)
  t.equal((await service.get(address)).status, 404, 'and nothing is made anew')
})

feature('a key is the same bare and as a string in quotes', async (t, { post }) => {
  const same: [bare: string, quoted: string][] = [
    ['8e03978e-40d5-43e8-bc93-6894a57f9324', '"8e03978e-40d5-43e8-bc93-6894a57f9324"'],
    ['a\\b', '"a\\\\b"'],
    ['k'.repeat(255), `"${'k'.repeat(255)}"`],
  ]
  for (const [bare, quoted] of same) {
    const first = await post('/countries', country, keyed(bare))
    t.equal(replayed(first), undefined)
    const second = await post('/countries', country, keyed(quoted))
    t.equal(replayed(second), 'true', quoted)
    t.equal(second.text, first.text)
  }
})

feature(
  'another body with the same key is refused, and the key keeps its answer',
  async (t, service) => {
    const { post } = service
    const first = await post('/countries', country, keyed('k-1'))
    const before = await total(service, '/countries')
    const others = [
      { ...country, area: 385208 },
      { ...country, id: 70 },
    ]
    for (const other of others) {
      const answer = await post('/countries', other, keyed('k-1'))
      t.equal(answer.status, 422)
      t.strictSame(problemOf(answer), {
        type: reused,
        title: 'Idempotency key reused',
        status: 422,
        detail: 'This Idempotency-Key was used before with another request.',
        error: 'This Idempotency-Key was used before with another request.',
      })
      t.equal(replayed(answer), undefined)
    }
    t.equal(await total(service, '/countries'), before)
    t.equal((await post('/countries', country, keyed('k-1'))).text, first.text)
  },
)

feature(
  'a key belongs to one address, whatever version or slash it is written with',
  async (t, { post }) => {
    const car = { model: 'Gallardo', color: 'Mauve' }
    const book = { title: 'Small Servers', authors: [{ name: 'Mira Sandholm' }] }
    t.equal((await post('/cars', car, keyed('k-1'))).status, 201)
    const other = await post('/books', book, keyed('k-1'))
    t.equal(other.status, 201)
    t.equal(replayed(other), undefined)
    for (const url of ['/cars', '/v1/cars', '/cars/', '/v1/cars/'])
      t.equal(replayed(await post(url, car, keyed('k-1'))), 'true', url)
  },
)

feature(
  'a request that was refused before it was tried leaves the key free',
  async (t, { post, request }) => {
    const json = { 'content-type': 'application/json' }
    const refusals: [why: string, status: number, refused: () => Promise<Received>][] = [
      ['missing member', 422, () => post('/countries', { name: 'Norway' }, keyed('k-1'))],
      [
        'no JSON',
        400,
        () => request('POST', '/countries', { body: '{"name":', headers: keyed('k-1', json) }),
      ],
      [
        'media type',
        415,
        () => request('POST', '/countries', { body: 'a=b', headers: keyed('k-1', form) }),
      ],
      [
        'not acceptable',
        406,
        () => post('/countries', country, keyed('k-1', { accept: 'text/html' })),
      ],
      ['unknown parameter', 400, () => post('/countries?dry=1', country, keyed('k-1'))],
      [
        'strict preference',
        400,
        () => post('/countries', country, keyed('k-1', { prefer: 'handling=strict, wait=5' })),
      ],
    ]
    const form = { 'content-type': 'application/x-www-form-urlencoded' }
    for (const [why, status, refused] of refusals) {
      t.equal((await refused()).status, status, why)
      const again = await refused()
      t.equal(again.status, status, why)
      t.equal(replayed(again), undefined, `${why}: is not replayed`)
    }
    const { status, headers } = await post('/countries', country, keyed('k-1'))
    t.equal(status, 201)
    t.notOk(headers['idempotent-replayed'])
  },
)

feature(
  'a conflict is stored: its replay stays 409 though the conflict is gone',
  async (t, service) => {
    const car = { model: 'Gallardo', color: 'Mauve', vin: '1D7RV1GTXAS806941' }
    const { first, second } = await twice(service, '/cars', car, keyed('k-1'))
    t.equal(first.status, 409)
    t.strictSame(first.json.errors, [{ pointer: '#/vin', detail: 'is taken' }])
    t.equal(second.status, 409)
    t.equal(replayed(second), 'true')

    await service.delete('/cars/1')
    const third = await service.post('/cars', car, keyed('k-1'))
    t.equal(third.status, 409)
    t.equal(third.text, first.text, 'with the instance of the request that was refused')
    t.match(third.headers['content-type'], /^application\/problem\+json\b/)
    t.equal(third.headers['cache-control'], 'no-store')
    t.equal((await service.post('/cars', car, keyed('k-2'))).status, 201, 'a new key tries again')
  },
)

feature('below a parent a key works as anywhere', async (t, service) => {
  const guest = { name: 'Ines Falk', email: 'ines@example.com' }
  const { first, second } = await twice(service, '/events/23/guests', guest, keyed('k-1'))
  t.equal(first.status, 201)
  t.match(first.headers.location, /^\/events\/23\/guests\/\d+$/)
  t.equal(replayed(second), 'true')
  t.equal(second.text, first.text)

  const elsewhere = await service.post('/events/1/guests', guest, keyed('k-1'))
  t.equal(elsewhere.status, 201, 'another parent is another address')
  t.equal(replayed(elsewhere), undefined)

  const flat = await service.post('/guests', { event_id: 23, ...guest }, keyed('k-1'))
  t.equal(flat.status, 409, 'and so is the flat one, where the guest is known')
  t.equal(replayed(flat), undefined)
})

feature(
  'a missing parent and a parent named otherwise are stored answers too',
  async (t, service) => {
    const guest = { name: 'Ines Falk', email: 'ines@example.com' }
    const missing = await twice(service, '/events/77/guests', guest, keyed('k-1'))
    t.equal(missing.first.status, 404)
    t.equal(missing.second.status, 404)
    t.equal(replayed(missing.second), 'true')
    t.equal(missing.second.text, missing.first.text)

    const other = await twice(service, '/events/23/guests', { ...guest, event_id: 1 }, keyed('k-2'))
    t.equal(other.first.status, 409)
    t.equal(replayed(other.second), 'true')
  },
)

feature(
  'the stored answer tells which preference it heeded, whatever the replay prefers',
  async (t, { post }) => {
    const table: [first: string | undefined, again: string | undefined][] = [
      ['return=minimal', undefined],
      [undefined, 'return=minimal'],
      ['return=minimal', 'return=minimal'],
      ['return=representation', 'return=minimal'],
    ]
    const prefer = (value: string | undefined): Record<string, string> =>
      value === undefined ? {} : { prefer: value }
    for (const [index, [first, again]] of table.entries()) {
      const key = `k-${index}`
      const stored = await post('/countries', country, keyed(key, prefer(first)))
      const replay = await post('/countries', country, keyed(key, prefer(again)))
      t.equal(stored.status, 201)
      t.equal(stored.headers['preference-applied'], first)
      t.equal(stored.text === '', first === 'return=minimal')
      t.equal(replay.status, 201)
      t.equal(replayed(replay), 'true')
      t.equal(replay.text, stored.text)
      t.equal(replay.headers['preference-applied'], first, `${first}, then ${again}`)
    }
  },
)

feature('a refusal heeds no preference', async (t, service) => {
  const car = { id: 1, model: 'Gallardo', color: 'Mauve' }
  const { first, second } = await twice(
    service,
    '/cars',
    car,
    keyed('k-1', { prefer: 'return=minimal' }),
  )
  for (const { status, headers, json } of [first, second]) {
    t.equal(status, 409)
    t.equal(headers['preference-applied'], undefined)
    t.strictSame(json.errors, [{ pointer: '#/id', detail: 'is taken' }])
  }
})

feature('a malformed key is refused by name', async (t, service) => {
  const before = await total(service, '/countries')
  const malformed = ['', 'a b', '"abc', 'abc"', '""', 'k'.repeat(256), 'k\u00e9', '"a", "b"']
  for (const key of malformed) {
    const answer = await service.post('/countries', country, keyed(key))
    t.equal(answer.status, 400, key)
    t.match(answer.json.errors, [{ parameter: 'Idempotency-Key', in: 'header' }])
  }
  t.equal(await total(service, '/countries'), before)
})

feature('on other methods a key has no meaning', async (t, { get, patch, delete: remove }) => {
  t.equal((await get('/cars/1', keyed('a b'))).status, 200)
  for (const color of ['Blue', 'Green'])
    t.equal((await patch('/cars/1', { color }, keyed('k-1'))).json.color, color)
  t.equal((await remove('/cars/1', keyed('k-1'))).status, 204)
  t.equal((await remove('/cars/1', keyed('k-1'))).status, 404)
})

onEveryDatabase('a key and its answer survive a restart', async (t, url) => {
  const before = await startService(t, url)
  const created = await before.post('/countries', country, keyed('k-1'))
  const refused = await before.post('/countries', { id: 1, ...country }, keyed('k-2'))
  await before.app.close()
  await before.store.close()

  const after = await startService(t, url, { sample: false })
  const replay = await after.post('/countries', country, keyed('"k-1"'))
  t.equal(replay.status, 201)
  t.equal(replayed(replay), 'true')
  t.equal(replay.text, created.text)
  t.equal((await after.post('/countries', { id: 1, ...country }, keyed('k-2'))).text, refused.text)
  t.equal(await total(after, '/countries'), 4)
})

/** Makes every key this old. The databases have the clock of this machine. */
async function age(store: Store, hours: number): Promise<void> {
  const time = new Date(Date.now() - hours * hour).toISOString()
  await store.transact(function* () {
    yield { text: `update idempotency_records set created_at = '${time}'`, values: [] }
  })
}

feature('a key counts for 24 hours', async (t, { post, store }) => {
  const other = { ...country, area: 1 }
  const first = await post('/countries', country, keyed('k-1'))
  await age(store, 23)
  t.equal((await post('/countries', country, keyed('k-1'))).text, first.text)
  await age(store, 25)
  const anew = await post('/countries', other, keyed('k-1'))
  t.equal(anew.status, 201, 'even with another body')
  t.equal(replayed(anew), undefined)
  await age(store, 23)
  t.equal(replayed(await post('/countries', other, keyed('k-1'))), 'true')
})

onEveryDatabase(
  'an instance whose clock is wrong by days counts and forgets keys as the others do',
  async (t, url) => {
    mock.timers.enable({ apis: ['setInterval'] })
    t.teardown(() => mock.timers.reset())
    const right = await startService(t, url)
    await right.post('/countries', country, keyed('by-the-right-one'))
    await right.app.close()
    await right.store.close()

    for (const hours of [25, -25]) {
      const clock = () => new Date(Date.now() + hours * hour)
      const wrong = await startService(t, url, { clock, sample: false })
      const kept = keptBy(wrong.store)
      const before = await kept()
      t.equal(replayed(await wrong.post('/countries', country, keyed('by-the-right-one'))), 'true')
      await wrong.post('/countries', country, keyed(`by-the-wrong-one${hours}`))
      mock.timers.tick(hour)
      t.equal(await kept(), before + 1)
      await wrong.app.close()
      await wrong.store.close()
    }

    const again = await startService(t, url, { sample: false })
    for (const hours of [25, -25])
      t.equal(
        replayed(await again.post('/countries', country, keyed(`by-the-wrong-one${hours}`))),
        'true',
      )
  },
)

/** Every write that is begun from now on. */
function watchWrites(store: Store): readonly Promise<unknown>[] {
  const writes: Promise<unknown>[] = []
  const transact = store.transact.bind(store)
  store.transact = work => {
    const write = transact(work)
    writes.push(write)
    return write
  }
  return writes
}

/** How many keys the database has, after every write that was begun. */
function keptBy(store: Store): () => Promise<number> {
  const writes = watchWrites(store)
  return async () => {
    await Promise.all(writes)
    const [row] = await store.query({
      text: 'select count(*) from idempotency_records',
      values: [],
    })
    return Number(row?.[0])
  }
}

onEveryDatabase('old keys are deleted from the database every hour', async (t, url) => {
  mock.timers.enable({ apis: ['setInterval'] })
  t.teardown(() => mock.timers.reset())
  const service = await startService(t, url)
  const kept = keptBy(service.store)
  await service.post('/countries', country, keyed('k-1'))
  await age(service.store, 23)
  mock.timers.tick(hour)
  t.equal(await kept(), 1)
  await age(service.store, 25)
  await service.post('/countries', country, keyed('k-2'))
  t.equal(await kept(), 2)
  mock.timers.tick(hour)
  t.equal(await kept(), 1)
  t.equal(replayed(await service.post('/countries', country, keyed('k-2'))), 'true')
})

onEveryDatabase(
  'many old keys are deleted in portions, between which others are served',
  async (t, url) => {
    mock.timers.enable({ apis: ['setInterval'] })
    t.teardown(() => mock.timers.reset())
    const service = await startService(t, url)
    const { store } = service
    await service.post('/countries', country, keyed('k-1'))
    const columns = 'fingerprint, status, headers, body, created_at, _rev'
    for (let copy = 0; copy < 1050; copy++) {
      const digest = String(copy).padStart(43, '0')
      const text = `insert into idempotency_records (digest, ${columns}) select '${digest}', ${columns} from idempotency_records`
      await store.transact(function* () {
        yield { text: `${text} where digest not like '0%'`, values: [] }
      })
    }
    const left = async () =>
      Number(
        (
          await store.query({ text: 'select count(*) from idempotency_records', values: [] })
        )[0]?.[0],
      )
    t.equal(await left(), 1051)
    await age(store, 25)
    const counts: number[] = []
    const { transact } = store
    store.transact = work =>
      transact.call(store, work).finally(async () => counts.push(await left())) as never
    mock.timers.tick(hour)
    const served: number[] = []
    while ((await left()) > 0) {
      served.push((await service.get('/countries/1')).status)
      await setImmediate()
    }
    t.strictSame([...new Set(served)], [200])
    t.ok(served.length > 1, 'requests are answered meanwhile')
    const steps = counts.map((count, index) => (counts[index - 1] ?? 1051) - count)
    t.ok(
      steps.every(step => step <= 100),
      `portions of ${Math.max(...steps)}`,
    )
  },
)
