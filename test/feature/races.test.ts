// Callers who write at the same time, each over a connection of its own: no update is lost, nothing is done twice.

import { Type } from '@sinclair/typebox'
import type { Test } from 'tap'
import { resource } from '../../src/resource/resource.ts'
import { DocumentCheck } from '../../src/testing/document-check.ts'
import { feature, type Received, type Service } from '../support/service.ts'

type Send = (
  method: string,
  url: string,
  json?: unknown,
  headers?: Record<string, string>,
) => Promise<Received>

/** Makes the service listen, and gives what sends to it; fetch opens a connection for each request under way. */
async function overTheWire(t: Test, { app, document }: Service): Promise<Send> {
  const base = await app.listen({ host: '127.0.0.1', port: 0 })
  const check = new DocumentCheck(document)
  return async (method, url, json, headers = {}) => {
    const body = json === undefined ? {} : { body: JSON.stringify(json) }
    const type: Record<string, string> =
      json === undefined ? {} : { 'content-type': 'application/json' }
    const response = await fetch(base + url, { method, headers: { ...type, ...headers }, ...body })
    const text = await response.text()
    const received = {
      status: response.status,
      headers: Object.fromEntries(response.headers),
      text,
    }
    for (const mistake of check.mistakes({ method, url, ...received, body: text }))
      t.fail(`${method} ${url} → ${received.status}: ${mistake}`)
    return { ...received, json: text === '' ? undefined : JSON.parse(text) }
  }
}

/** Everybody at once. */
function race<T>(count: number, act: (racer: number) => Promise<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: count }, (_, racer) => act(racer)))
}

/** How often each status was answered. */
function tally(answers: readonly Received[]): Record<number, number> {
  const counts: Record<number, number> = {}
  for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1
  return counts
}

const distinct = (values: readonly unknown[]) => new Set(values).size

const counters = resource(
  'counters',
  Type.Object({ value: Type.Integer({ minimum: 0, default: 0 }) }),
  {
    description: 'Numbers that callers count up',
    sample: [{ value: 0 }],
  },
)

feature(
  'two hundred writers with If-Match lose no update',
  async (t, service) => {
    const send = await overTheWire(t, service)
    let connections = 0
    service.app.server.on('connection', () => connections++)
    const countUp = async (): Promise<Received> => {
      const { headers, json } = await send('GET', '/counters/1')
      return send(
        'PATCH',
        '/counters/1',
        { value: json.value + 1 },
        { 'if-match': String(headers.etag) },
      )
    }
    const first = await race(200, countUp)
    const answers = first.filter(({ status }) => status !== 412)
    let waiting = first.length - answers.length
    let refused = waiting
    // Who is refused backs off, so that eight at a time try again until they are through.
    await race(8, async () => {
      while (waiting-- > 0) {
        let answer = await countUp()
        for (; answer.status === 412; refused++) answer = await countUp()
        answers.push(answer)
      }
    })
    t.strictSame(tally(answers), { 200: 200 })
    t.equal((await send('GET', '/counters/1')).json.value, 200)
    t.strictSame(
      answers.map(({ json }) => json.value).sort((one, other) => one - other),
      Array.from({ length: 200 }, (_, index) => index + 1),
      'each was told a number of its own',
    )
    t.equal(distinct(answers.map(({ headers }) => headers.etag)), 200, 'and a tag of its own')
    t.ok(refused > 0, 'they did meet')
    t.ok(connections >= 200, 'on connections of their own')
    t.comment(`${refused} writes were refused and tried again, over ${connections} connections`)
  },
  { resources: [counters] },
)

feature(
  'sixty-four racers with one Idempotency-Key make one row and hear the same',
  async (t, service) => {
    const send = await overTheWire(t, service)
    const country = { name: 'Norway', capital: 'Oslo', area: 385207 }
    const answers = await race(64, racer =>
      send('POST', '/countries', country, { 'idempotency-key': racer % 2 === 0 ? 'k-1' : '"k-1"' }),
    )
    t.strictSame(tally(answers), { 201: 64 })
    t.equal(distinct(answers.map(({ text }) => text)), 1)
    t.equal(distinct(answers.map(({ headers }) => headers.etag)), 1)
    t.equal(answers.filter(({ headers }) => headers['idempotent-replayed'] === 'true').length, 63)
    t.equal((await send('GET', '/countries?name=Norway')).json.length, 1)
  },
)

feature(
  'sixty-four racers with one key and bodies of their own make one row',
  async (t, service) => {
    const send = await overTheWire(t, service)
    const answers = await race(64, racer =>
      send(
        'POST',
        '/countries',
        { name: 'Norway', capital: 'Oslo', area: racer },
        { 'idempotency-key': 'k-1' },
      ),
    )
    t.strictSame(tally(answers), { 201: 1, 422: 63 })
    t.equal((await send('GET', '/countries?name=Norway')).json.length, 1)
  },
)

feature('sixty-four racers for one unique value: one has it', async (t, service) => {
  const send = await overTheWire(t, service)
  const vin = '2FMDK3KC8ABA12345'
  const keys = (racer: number): Record<string, string> =>
    racer % 2 === 0 ? {} : { 'idempotency-key': `k-${racer}` }
  const answers = await race(64, racer =>
    send('POST', '/cars', { model: `Racer ${racer}`, color: 'Red', vin }, keys(racer)),
  )
  t.strictSame(tally(answers), { 201: 1, 409: 63 })
  const [winner] = answers.filter(({ status }) => status === 201)
  t.strictSame((await send('GET', `/cars?vin=${vin}`)).json, [winner?.json])
  for (const { json } of answers.filter(({ status }) => status === 409))
    t.strictSame(json.errors, [{ pointer: '#/vin', detail: 'is taken' }])
})

feature('sixty-four racers for one key of their choice: one creates', async (t, service) => {
  const send = await overTheWire(t, service)
  const onlyCreate = await race(64, racer =>
    send('PUT', '/users/mira', { name: `Mira ${racer}` }, { 'if-none-match': '*' }),
  )
  t.strictSame(tally(onlyCreate), { 201: 1, 412: 63 })
  const [winner] = onlyCreate.filter(({ status }) => status === 201)
  t.strictSame((await send('GET', '/users/mira')).json, winner?.json)

  const createOrReplace = await race(64, racer =>
    send('PUT', '/users/jonas', { name: `Jonas ${racer}` }),
  )
  t.strictSame(tally(createOrReplace), { 200: 63, 201: 1 })
  t.equal(distinct(createOrReplace.map(({ headers }) => headers.etag)), 64)
  t.equal(
    distinct(createOrReplace.map(({ json }) => json.created_at)),
    1,
    'one was there from then on',
  )
})

feature('patches of different members at the same time are all there', async (t, service) => {
  const send = await overTheWire(t, service)
  const patches = [{ make: 'Tesla' }, { model: 'Roadster' }, { year: 2008 }, { color: 'Green' }]
  const answers = await race(64, racer => send('PATCH', '/cars/1', patches[racer % patches.length]))
  t.strictSame(tally(answers), { 200: 64 })
  t.match((await send('GET', '/cars/1')).json, Object.assign({}, ...patches))
})

feature('of concurrent deletes one does it', async (t, service) => {
  const send = await overTheWire(t, service)
  for (const url of ['/todos/7', '/tasks/3643']) {
    const { headers } = await send('GET', url)
    const condition = (racer: number): Record<string, string> =>
      racer % 2 === 0 ? {} : { 'if-match': String(headers.etag) }
    const answers = await race(64, racer => send('DELETE', url, undefined, condition(racer)))
    t.strictSame(tally(answers), { 204: 1, 404: 63 }, url)
    t.equal((await send('GET', url)).status, 404)
  }
})

feature('a parent deleted while children are created leaves no orphan', async (t, service) => {
  const send = await overTheWire(t, service)
  const outcomes = { deleted: 0, kept: 0 }
  const birth = (event: number, racer: number) => {
    const guest = { name: 'Ines Falk', email: `ines-${racer}@example.com` }
    if (racer % 2 === 0) return send('POST', `/events/${event}/guests`, guest)
    return send('POST', '/guests', { event_id: event, ...guest })
  }
  for (let round = 0; round < 32; round++) {
    const created = await send('POST', '/events', {
      name: 'Lantern walk',
      starts_at: '2026-11-11T17:00:00Z',
    })
    const event: number = created.json.id
    const place = round % 8
    const answers = await race(8, racer =>
      racer === place ? send('DELETE', `/events/${event}`, {}) : birth(event, racer),
    )
    const [deletion] = answers.splice(place, 1)
    const born = answers.filter(({ status }) => status === 201).length
    const guests = await send('GET', `/guests?event_id=${event}`)
    const rest = await send('GET', `/events/${event}`)
    t.equal(guests.json.length, born)
    if (deletion?.status === 204) {
      outcomes.deleted++
      t.equal(born, 0, 'no child has come into the deleted')
      t.equal(rest.status, 404)
      t.same(tally(answers), place % 2 === 0 ? { 404: 3, 409: 4 } : { 404: 4, 409: 3 })
    } else {
      outcomes.kept++
      t.equal(deletion?.status, 409)
      t.equal(born, 7)
      t.equal(rest.status, 200)
    }
  }
  t.comment(
    `deleted before the children ${outcomes.deleted} times, kept for them ${outcomes.kept} times`,
  )
})
