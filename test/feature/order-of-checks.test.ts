// Of several things wrong with one request, the first in the order of docs/contract.md is reported, and nothing is done.

import { Type } from '@sinclair/typebox'
import { resource } from '../../src/resource/resource.ts'
import { checkProblem } from '../support/problem.ts'
import { feature, type Sent } from '../support/service.ts'

type Row = readonly [status: number, before: string, method: string, url: string, sent?: Sent]

const json = { 'content-type': 'application/json' }
const xml = { 'content-type': 'application/xml' }
const plain = { accept: 'text/plain' }
const stale = { 'if-match': '"0"' }
const tooLarge = 'x'.repeat(1_048_577)
const tooLong = `wheels=${'4'.repeat(8192)}`
const car = { model: '240SX', color: 'Silver' }
const taken = { vin: 'JN1BY1PR0FM736887' }
const guest = { name: 'Ada', email: 'ada@example.net' }

/** RFC 9110 §13.2.1: a precondition counts when the request would succeed without it. */
const rows: readonly Row[] = [
  [414, '405', 'PUT', `/cars?${tooLong}`],
  [414, '404 for the address', 'GET', `/bikes?${tooLong}`],

  [405, '415', 'PUT', '/cars', { body: '<car/>', headers: xml }],
  [405, '413', 'PUT', '/cars', { body: tooLarge, headers: json }],
  [405, '400 for the body', 'PATCH', '/cars', { body: '{', headers: json }],
  [405, '406', 'DELETE', '/cars', { headers: plain }],
  [405, '400 for a parameter', 'DELETE', '/cars?wheels=4'],
  [405, '400 for a key', 'POST', '/cars/first', { json: car }],
  [405, '404 for the member', 'POST', '/cars/99', { json: car }],

  [404, '415', 'POST', '/bikes', { body: '<bike/>', headers: xml }],
  [404, '413', 'POST', '/bikes', { body: tooLarge, headers: json }],
  [404, '400 for the body', 'POST', '/bikes', { body: '{', headers: json }],
  [404, '406', 'GET', '/bikes', { headers: plain }],

  [415, '413', 'POST', '/cars', { body: tooLarge, headers: xml }],
  [415, '406', 'POST', '/cars', { body: '<car/>', headers: { ...xml, ...plain } }],
  [415, '400 for a key', 'PUT', '/cars/first', { body: '<car/>', headers: xml }],
  [415, '404 for the member', 'PUT', '/cars/99', { body: '<car/>', headers: xml }],
  [413, '400 for the body', 'POST', '/cars', { body: tooLarge, headers: json }],
  [413, '406', 'POST', '/cars', { body: tooLarge, headers: { ...json, ...plain } }],
  [400, '406, for the body', 'POST', '/cars', { body: '{', headers: { ...json, ...plain } }],

  [406, '400 for a parameter', 'GET', '/cars?wheels=4', { headers: plain }],
  [
    406,
    '400 for a preference',
    'GET',
    '/cars',
    { headers: { ...plain, prefer: 'handling=strict, wheels=4' } },
  ],
  [406, '422', 'POST', '/cars', { json: {}, headers: plain }],
  [406, '404 for the member', 'GET', '/cars/99', { headers: plain }],
  [406, '412', 'PUT', '/cars/1', { json: car, headers: { ...plain, ...stale } }],

  [400, '404, for a parameter', 'GET', '/cars/99?wheels=4'],
  [
    400,
    '404, for a preference',
    'DELETE',
    '/cars/99',
    { headers: { prefer: 'handling=strict, wheels=4' } },
  ],
  [400, '412, for a key', 'DELETE', '/cars/first', { headers: stale }],
  [422, '404 for the member', 'PUT', '/cars/99', { json: {} }],
  [422, '404 for the parent', 'POST', '/events/99/guests', { json: {} }],
  [422, '412', 'PUT', '/cars/1', { json: {}, headers: stale }],
  [422, '409 for the key', 'PUT', '/cars/1', { json: { id: 2 } }],

  [404, '412', 'PUT', '/cars/99', { json: car, headers: stale }],
  [404, '412 on DELETE', 'DELETE', '/cars/99', { headers: stale }],
  [404, '409 for the key', 'PUT', '/cars/99', { json: { ...car, id: 1 } }],
  [404, '409 for a unique value', 'PATCH', '/cars/99', { json: taken }],
  [404, '409 for the parent', 'POST', '/events/99/guests', { json: { ...guest, event_id: 1 } }],

  [412, '409 for the key', 'PUT', '/cars/1', { json: { ...car, id: 2 }, headers: stale }],
  [412, '409 for a unique value', 'PATCH', '/cars/1', { json: taken, headers: stale }],
  [412, '409 for a reference', 'PATCH', '/guests/1', { json: { event_id: 99 }, headers: stale }],
  [412, '409 for children', 'DELETE', '/events/1', { headers: stale }],
]

const looked = ['/cars', '/events', '/guests']

feature('of several things that are wrong the first is told', async (t, { get, request }) => {
  const contents = async () =>
    (await Promise.all(looked.map(url => get(url)))).map(({ text }) => text)
  const before = await contents()
  for (const [status, second, method, url, sent] of rows)
    checkProblem(
      t,
      `${method} ${url.slice(0, 40)}: ${status} before ${second}`,
      await request(method, url, sent),
      status,
    )
  t.strictSame(await contents(), before, 'nothing was stored')
})

const seats = resource(
  'seats',
  Type.Object({ row: Type.String({ minLength: 1, maxLength: 3, examples: ['C'] }) }),
  {
    description: 'Seats, which are changed with If-Match only',
    unique: ['row'],
    requireIfMatch: true,
    sample: [{ row: 'A' }, { row: 'B' }],
  },
)

const required: readonly Row[] = [
  [415, '428', 'PUT', '/seats/1', { body: 'C', headers: { 'content-type': 'text/plain' } }],
  [400, '428, for the body', 'PUT', '/seats/1', { body: '{', headers: json }],
  [406, '428', 'PUT', '/seats/1', { json: { row: 'C' }, headers: plain }],
  [422, '428', 'PUT', '/seats/1', { json: {} }],
  [404, '428', 'PUT', '/seats/99', { json: { row: 'C' } }],
  [404, '428 on DELETE', 'DELETE', '/seats/99'],
  [428, '409 for a unique value', 'PUT', '/seats/1', { json: { row: 'B' } }],
  [428, '409 for the key', 'PUT', '/seats/1', { json: { row: 'C', id: 2 } }],
  [428, '409 for a test', 'PATCH', '/seats/1', { json: { row: 'B' } }],
  [
    412,
    '428, with If-None-Match',
    'PUT',
    '/seats/1',
    { json: { row: 'C' }, headers: { 'if-none-match': '*' } },
  ],
]

feature(
  'a required precondition is asked for only by what would otherwise succeed',
  async (t, { get, request }) => {
    const { text } = await get('/seats')
    for (const [status, second, method, url, sent] of required)
      checkProblem(
        t,
        `${method} ${url}: ${status} before ${second}`,
        await request(method, url, sent),
        status,
      )
    t.equal((await get('/seats')).text, text, 'nothing was stored')
  },
  { resources: [seats] },
)

feature(
  'a header field that cannot be read is refused before anything is looked at',
  async (t, { request }) => {
    const table: [method: string, url: string, name: string, field: string, json: unknown][] = [
      ['PUT', '/cars/999', 'If-Match', '7', { model: 'a', color: 'b' }],
      ['PATCH', '/cars/999', 'If-None-Match', 'W/7', {}],
      ['DELETE', '/cars/999', 'If-Match', '"7', undefined],
      ['GET', '/cars/999', 'If-None-Match', '7', undefined],
      ['POST', '/cars', 'Idempotency-Key', 'a b', { topSpeed: 1 }],
    ]
    for (const [method, url, name, field, json] of table) {
      const answer = await request(method, url, { json, headers: { [name.toLowerCase()]: field } })
      t.equal(answer.status, 400, `${method} ${name}`)
      t.equal(answer.json.errors[0].parameter, name)
    }
  },
)
