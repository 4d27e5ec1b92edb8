// How a body may be written: with a byte order mark, and with a Content-Encoding that says that there is none.

import { feature } from '../support/service.ts'

feature(
  'a byte order mark before JSON of any kind is ignored (RFC 8259 §8.1)',
  async (t, { request }) => {
    const bodies: readonly (readonly [
      method: string,
      url: string,
      type: string,
      body: string,
      status: number,
    ])[] = [
      [
        'POST',
        '/countries',
        'application/json',
        '{"name":"Germany","capital":"Berlin","area":357022}',
        201,
      ],
      ['PATCH', '/countries/1', 'application/merge-patch+json', '{"area":1}', 200],
      [
        'PATCH',
        '/countries/1',
        'application/json-patch+json',
        '[{"op":"replace","path":"/area","value":2}]',
        200,
      ],
    ]
    for (const [method, url, type, body, status] of bodies) {
      const received = await request(method, url, {
        body: `\uFEFF${body}`,
        headers: { 'content-type': type },
      })
      t.equal(received.status, status, type)
    }
  },
)

feature(
  'a Content-Encoding without a coding is taken (RFC 9110 §8.4.1, §12.5.3)',
  async (t, { request }) => {
    for (const coding of ['identity', 'Identity', ' identity ', '']) {
      const headers = { 'content-type': 'application/json', 'content-encoding': coding }
      const received = await request('PATCH', '/countries/1', { body: '{"area":1}', headers })
      t.equal(received.status, 200, `'${coding}'`)
    }
    for (const coding of ['gzip', 'br', 'identity, gzip', 'x']) {
      const headers = { 'content-type': 'application/json', 'content-encoding': coding }
      const received = await request('PATCH', '/countries/1', { body: '{"area":1}', headers })
      t.strictSame(
        [received.status, received.headers['accept-encoding']],
        [415, 'identity'],
        coding,
      )
    }
  },
)

feature(
  'an Idempotency-Key holds for an address however it is written (RFC 3986 §6.2.2.2)',
  async (t, { post, get }) => {
    const key = { 'idempotency-key': 'one' }
    const germany = { name: 'Germany', capital: 'Berlin', area: 357022 }
    const created = await post('/countries', germany, key)
    for (const url of ['/%63ountries', '/countries/', '/v1/%63%6Funtries']) {
      const again = await post(url, germany, key)
      t.strictSame(
        [again.status, again.json.id, again.headers['idempotent-replayed']],
        [201, created.json.id, 'true'],
        url,
      )
    }
    t.equal((await get('/countries')).json.length, 4)
  },
)
