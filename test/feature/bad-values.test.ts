// Texts, numbers, days and times that are none are refused, each way in, and what only looks odd is kept exactly.

import { checkProblem } from '../support/problem.ts'
import { feature } from '../support/service.ts'
import { json, jsonPatch, send, unharmed, type Way, ways } from '../support/ways.ts'

/** Around a value for `model`. */
const models: readonly (readonly [Way, (value: string) => string])[] = ways
  .filter(({ url }) => url !== '/users/ada')
  .map(way => [
    way,
    way.type === jsonPatch
      ? value => `[{"op":"replace","path":"/model","value":${value}}]`
      : value => `{"color":"Red","model":${value}}`,
  ])

const values: readonly [what: string, value: string, detail: string | undefined][] = [
  ['a number', '240', 'must be string'],
  ['a boolean', 'false', 'must be string'],
  ['a list', '["240SX"]', 'must be string'],
  ['an object', '{"name":"240SX"}', 'must be string'],
  ['an empty text', '""', 'must NOT have fewer than 1 characters'],
  ['a long text', `"${'x'.repeat(101)}"`, 'must NOT have more than 100 characters'],
  ['NUL', '"240\\u0000SX"', 'must not contain control characters'],
  ['a bell', '"\\u0007"', 'must not contain control characters'],
  ['an escape', '"\\u001b[31mRed"', 'must not contain control characters'],
  ['a backspace', '"240\\b"', 'must not contain control characters'],
  ['a form feed', '"\\f"', 'must not contain control characters'],
  ['a delete', '"\\u007f"', 'must not contain control characters'],
  ['the first half of a pair', '"\\ud83d"', undefined],
  ['the second half of a pair', '"\\ude97"', undefined],
  ['a pair the wrong way round', '"\\ude97\\ud83d"', undefined],
  ['half of a pair in capitals', '"\\uD83D car"', undefined],
]

feature('a text that cannot be stored is refused each way', async (t, service) => {
  await unharmed(t, service, async () => {
    for (const [way, body] of models)
      for (const [what, value, detail] of values) {
        const problem = checkProblem(
          t,
          `${way.way}: ${what}`,
          await send(service, way, body(value)),
          detail === undefined ? 400 : 422,
        )
        t.strictSame(
          problem.errors,
          detail && [{ pointer: '#/model', detail }],
          `${way.way}: ${what}`,
        )
      }
  })
})

feature('a text of other characters is stored as it was sent', async (t, service) => {
  for (const model of [
    '🚗',
    'Ångström',
    'a\tb\nc',
    "'; drop table cars; --",
    '%00',
    '\\u0000',
    '</script>',
    '\u2028',
    '\ufeff',
  ])
    for (const [way, body] of models) {
      const { status, json: car } = await send(service, way, body(JSON.stringify(model)))
      t.ok(status === 200 || status === 201, `${way.way}: ${encodeURIComponent(model)}`)
      t.equal((await service.get(`/cars/${car.id}`)).json.model, model)
    }
})

const numbers: readonly [number: string, status: number, stored?: number][] = [
  ['9007199254740992', 422],
  ['9007199254740993', 422],
  ['123456789012345678901234567890', 422],
  ['1e400', 422],
  ['-1e400', 422],
  ['-1', 422],
  ['1.5', 422],
  ['"1"', 422],
  ['01', 400],
  ['+1', 400],
  ['0x10', 400],
  ['.5', 400],
  ['1.', 400],
  ['1e', 400],
  ['Infinity', 400],
  ['9007199254740991', 201, 9007199254740991],
  ['-0', 201, 0],
  ['1.0', 201, 1],
  ['1E2', 201, 100],
]

feature('an integer is exact or refused', async (t, { request, get }) => {
  for (const [number, status, stored] of numbers) {
    const body = `{"name":"A","capital":"B","area":${number}}`
    const received = await request('POST', '/countries', {
      body,
      headers: { 'content-type': json },
    })
    if (stored === undefined) checkProblem(t, number, received, status)
    else t.match(received.text, `"area":${stored}}`, number)
  }
  t.equal(
    (await get('/countries?id_gt=3')).json.length,
    numbers.filter(([, status]) => status === 201).length,
  )
})

const dates = [
  '2021-02-29',
  '2021-02-31',
  '2021-13-01',
  '2021-00-10',
  '2021-1-1',
  '20210316',
  '10000-01-01',
  '-2021-03-16',
  '2021-03-16T00:00:00Z',
  ' 2021-03-16',
  '',
]
const times = [
  '2021-02-31T00:00:00Z',
  '9999-12-31T23:59:59-00:01',
  '0000-01-01T00:00:00+00:01',
  '10000-01-01T00:00:00Z',
  '2016-12-31T23:59:60Z',
  '2021-03-16T24:00:00Z',
  '2021-03-16T12:60:00Z',
  '2021-03-16T12:00:00+24:00',
  '2021-03-16T12:00:00+0100',
  '2021-03-16T12:00:00',
  '2021-03-16 12:00:00Z',
  '2021-03-16',
  '2021-03-16T12:00:00.0000000000Z',
]

feature('a day or a time that is none is refused, in bodies and in filters', async (t, service) => {
  const { get, post, patch } = service
  await unharmed(t, service, async () => {
    for (const date of dates) {
      const errors = [{ pointer: '#/pub_date', detail: 'must be a valid date, such as 2026-05-04' }]
      const book = { title: 'T', authors: [{ name: 'A' }], pub_date: date }
      t.strictSame(checkProblem(t, date, await post('/books', book), 422).errors, errors)
      t.strictSame(
        checkProblem(t, date, await patch('/books/1', { pub_date: date }), 422).errors,
        errors,
      )
      checkProblem(t, date, await get(`/books?pub_date_gte=${encodeURIComponent(date)}`), 400)
    }
    for (const time of times) {
      const errors = [
        {
          pointer: '#/starts_at',
          detail: 'must be a valid date-time, such as 2026-05-04T14:30:00+02:00',
        },
      ]
      t.strictSame(
        checkProblem(t, time, await post('/events', { name: 'E', starts_at: time }), 422).errors,
        errors,
      )
      t.strictSame(
        checkProblem(t, time, await patch('/events/1', { starts_at: time }), 422).errors,
        errors,
      )
      checkProblem(t, time, await get(`/events?starts_at_lt=${encodeURIComponent(time)}`), 400)
    }
  })
})
