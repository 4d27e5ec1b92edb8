// Which media type is answered: JSON, to whoever takes it, and 406 to whoever does not (RFC 9110 §12.5.1).

import { checkProblem } from '../support/problem.ts'
import { feature } from '../support/service.ts'

const rows: readonly [accept: string, acceptable: boolean, source: string][] = [
  ['application/json', true, '§12.5.1'],
  ['Application/JSON', true, '§8.3.1: in any case'],
  ['application/*', true, '§12.5.1'],
  ['*/*', true, '§12.5.1'],
  ['text/html;q=0.5, application/json', true, '§12.4.2: a page is wanted less'],
  ['text/html, application/json', true, 'a page is wanted no more'],
  ['text/plain, application/json;q=0.1', true, '§12.4.2: little is enough'],
  ['application/json;q=0.001', true, '§12.4.2'],
  ['application/json; charset=utf-8', true, 'RFC 8259 §11: a charset says nothing about JSON'],
  ['application/json; charset=utf8', true, 'RFC 8259 §11: nor does another name of it'],
  ['application/json;q=1.000', true, '§12.4.2'],
  ['text/plain,application/json', true, 'no white space'],
  [' , application/json ,', true, '§5.6.1: empty elements'],
  ['application/hal+json', true, 'any +json reads JSON'],
  ['application/vnd.api+json;version=2', true, 'any +json reads JSON'],
  ['application/problem+json', true, 'any +json reads JSON'],
  ['', true, 'nothing asks for nothing'],
  ['json', true, 'no media range asks for nothing'],
  ['text/plain', false, '§15.5.7'],
  ['image/*', false, '§12.5.1'],
  ['application/xml, text/plain', false, '§15.5.7'],
  ['application/jsonp', false, 'another subtype'],
  ['application/json;q=0', false, '§12.4.2: not this'],
  ['*/*;q=0', false, '§12.4.2: nothing at all'],
  ['application/json;q=0, application/hal+json', false, 'what is said of JSON itself counts'],
  ['image/png, application/json;profile="x"', true, 'a parameter says nothing about JSON'],
]

const ofJson = 'application/json; charset=utf-8'
const ofLists = ['application/json', 'text/csv', 'application/x-ndjson']

feature('every read answers JSON or says what there is', async (t, { get }) => {
  for (const [accept, acceptable, source] of rows)
    for (const url of [
      '/countries',
      '/countries/1',
      '/events/1/guests',
      '/events/1/headcount',
      '/',
      '/health',
    ]) {
      const at = `${url} to '${accept}' (${source})`
      const received = await get(url, { accept })
      if (acceptable) {
        t.equal(received.status, 200, at)
        t.equal(received.headers['content-type'], ofJson, at)
      } else {
        const isList = url === '/countries' || url.endsWith('/guests')
        const available = isList ? ofLists : ['application/json']
        t.strictSame(checkProblem(t, at, received, 406).available, available, at)
      }
    }
})

feature(
  'a list is also there as CSV and as JSON in lines, a row only as JSON',
  async (t, { get }) => {
    const table: [accept: string, list: string, row: string | undefined, source: string][] = [
      ['text/csv', 'text/csv; charset=utf-8; header=present', undefined, '§12.5.1'],
      ['text/*', 'text/csv; charset=utf-8; header=present', undefined, '§12.5.1'],
      ['application/x-ndjson', 'application/x-ndjson; charset=utf-8', undefined, '§12.5.1'],
      ['text/csv;q=0.5, application/json', ofJson, ofJson, '§12.4.2: JSON is wanted more'],
      [
        'text/csv, application/json;q=0.5',
        'text/csv; charset=utf-8; header=present',
        ofJson,
        '§12.4.2',
      ],
      [
        'application/json;q=0, */*',
        'text/csv; charset=utf-8; header=present',
        undefined,
        '§12.5.1: the closest range counts',
      ],
      [
        'application/*;q=0, */*;q=1',
        'text/csv; charset=utf-8; header=present',
        undefined,
        '§12.5.1',
      ],
      ['application/*', ofJson, ofJson, 'the default goes first'],
    ]
    for (const [accept, list, row, source] of table) {
      t.equal(
        (await get('/countries', { accept })).headers['content-type'],
        list,
        `${accept} (${source})`,
      )
      const one = await get('/countries/1', { accept })
      if (row === undefined) t.equal(one.status, 406, accept)
      else t.equal(one.headers['content-type'], row, accept)
    }
  },
)

feature('a cache is told that the answer was chosen (RFC 9110 §12.5.5)', async (t, { get }) => {
  for (const url of ['/countries', '/countries/1', '/events/1/headcount', '/'])
    t.match((await get(url, { accept: '*/*' })).headers.vary, /\bAccept\b/, url)
})

const html = { accept: 'text/html' }
const peru = { name: 'Peru', capital: 'Lima', area: 1285216 }

feature(
  'a write whose answer could not be read is not done',
  async (t, { get, post, put, patch }) => {
    const { text } = await get('/countries')
    for (const refused of [
      await post('/countries', peru, html),
      await post('/countries', peru, { ...html, prefer: 'return=minimal' }),
      await post('/countries', peru, { ...html, 'idempotency-key': 'peru' }),
      await put('/countries/1', peru, html),
      await patch('/countries/1', { area: 1 }, html),
    ])
      t.strictSame(checkProblem(t, '406', refused, 406).available, ['application/json'])
    t.equal((await get('/countries')).text, text)
    t.equal(
      (await post('/countries', peru, { 'idempotency-key': 'peru' })).headers[
        'idempotent-replayed'
      ],
      undefined,
    )
  },
)

feature(
  'DELETE and OPTIONS answer nothing, so there is nothing to choose',
  async (t, { request, get }) => {
    t.equal((await request('OPTIONS', '/countries/1', { headers: html })).status, 204)
    t.equal((await request('DELETE', '/countries/1', { headers: html })).status, 204)
    t.equal((await get('/countries/1')).status, 404)
  },
)

feature(
  'a problem is told in its own media type, whatever is accepted',
  async (t, { get, post, request }) => {
    for (const accept of [
      'text/plain',
      'application/xml;q=1, */*;q=0',
      'application/problem+json;q=0',
      'text/csv',
    ]) {
      const headers = { accept }
      checkProblem(t, `404 to ${accept}`, await get('/motorcycles', headers), 404)
      checkProblem(t, `405 to ${accept}`, await request('DELETE', '/countries', { headers }), 405)
      checkProblem(
        t,
        `404 of DELETE to ${accept}`,
        await request('DELETE', '/countries/99', { headers }),
        404,
      )
      checkProblem(
        t,
        `415 to ${accept}`,
        await request('POST', '/countries', { headers, body: 'x' }),
        415,
      )
      checkProblem(t, `400 to ${accept}`, await get('/countries/%zz', headers), 400)
    }
    checkProblem(t, '422', await post('/countries', {}, { accept: 'application/json' }), 422)
  },
)
