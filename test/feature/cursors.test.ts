// A client sends a cursor where it does not belong, or one that it made itself.

import { Type } from '@sinclair/typebox'
import type { Test } from 'tap'
import { resource } from '../../src/resource/resource.ts'
import { cursorOf } from '../support/pages.ts'
import { feature, problemOf, type Service } from '../support/service.ts'

const foreign = 'is not a cursor of this list; start again without one'

async function refusesCursor(t: Test, { get }: Service, url: string, detail = foreign) {
  const answer = await get(url)
  t.equal(answer.status, 400, url)
  t.strictSame(problemOf(answer).errors, [{ parameter: 'cursor', in: 'query', detail }], url)
}

feature('the cursor of another list is refused', async (t, service) => {
  const { get } = service
  const cursor = cursorOf(await get('/todos?limit=1'))
  const filtered = cursorOf(await get('/todos?limit=1&userId=1'))
  const sorted = cursorOf(await get('/todos?limit=1&sort=title'))
  const nested = cursorOf(await get('/events/1/guests?limit=1'))
  const table = [
    ...['/countries?', '/users?', '/todos?sort=-id&', '/todos?sort=title&', '/todos?userId=1&'].map(
      url => [url, cursor],
    ),
    ...['/todos?', '/todos?userId=2&', '/todos?userId_gte=1&', '/todos?userId=1&userId=2&'].map(
      url => [url, filtered],
    ),
    ...['/todos?', '/todos?sort=-title&', '/todos?sort=title,userId&'].map(url => [url, sorted]),
    ...['/events/2/guests?', '/guests?', '/events/1/guests?status=invited&'].map(url => [
      url,
      nested,
    ]),
  ]
  for (const [url, other] of table) await refusesCursor(t, service, `${url}cursor=${other}`)
})

feature(
  'a cursor goes on with another limit and other fields of the same list',
  async (t, { get }) => {
    const cursor = cursorOf(await get('/todos?limit=3&sort=id'))
    t.strictSame((await get(`/todos?limit=2&fields=id&cursor=${cursor}`)).json, [
      { id: 4 },
      { id: 5 },
    ])
  },
)

feature('a forged cursor is refused and does no harm', async (t, service) => {
  const cursor = cursorOf(await service.get('/sales?sort=amount,description&limit=1'))
  const [signature, backward, ...values] = JSON.parse(Buffer.from(cursor, 'base64url').toString())
  const encode = (text: string) => Buffer.from(text).toString('base64url')
  const made = (...parts: unknown[]) => encode(JSON.stringify(parts))
  const table = [
    '',
    'x',
    'null',
    '%00',
    '%F0%9F%98%80',
    `${cursor}!`,
    `${cursor}=`,
    cursor.slice(1),
    cursor.slice(0, -4),
    encode('null'),
    encode('{}'),
    encode('['.repeat(4000)),
    made(),
    made(signature),
    made(signature, backward),
    made('x', backward, ...values),
    made(signature, backward, ...values, 1),
    made(signature, backward, ...values.slice(1)),
    made(signature, 2, ...values),
    made(signature, true, ...values),
    made(signature, backward, '1', null, 1),
    made(signature, backward, 1.5, null, 1),
    made(signature, backward, null, null, 1),
    made(signature, backward, 1, 2, 1),
    made(signature, backward, 1, 'a\0b', 1),
    made(signature, backward, 1, '\ud800', 1),
    made(signature, backward, 1, {}, 1),
    made(signature, backward, [1], null, 1),
    made(signature, backward, 1, null, 2 ** 53),
    encode(`["${signature}",${backward},1e999,null,1]`),
    encode(`[ "${signature}",${backward},1,null,1]`),
  ]
  for (const forged of table)
    await refusesCursor(t, service, `/sales?sort=amount,description&cursor=${forged}`)
  await refusesCursor(
    t,
    service,
    `/sales?cursor=${'a'.repeat(6001)}`,
    'must NOT have more than 6000 characters',
  )
  await refusesCursor(t, service, `/sales?cursor=${cursor}&cursor=${cursor}`, 'must be string')
})

feature(
  'a number in a cursor that no number is equal to is refused',
  async (t, service) => {
    const cursor = cursorOf(await service.get('/prices?sort=value&limit=1'))
    const text = Buffer.from(cursor, 'base64url').toString()
    const forged = Buffer.from(text.replace(',1.5,', ',1e999,')).toString('base64url')
    await refusesCursor(t, service, `/prices?sort=value&cursor=${forged}`)
  },
  {
    resources: [
      resource('prices', Type.Object({ value: Type.Number() }), {
        description: 'Fractions',
        sample: [{ value: 1.5 }, { value: 2.5 }],
      }),
    ],
  },
)
