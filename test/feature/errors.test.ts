// Every refusal, from whichever layer, is a problem that says what was wrong (RFC 9457).

import { checkProblem, phrases } from '../support/problem.ts'
import { feature, type Received, type Sent } from '../support/service.ts'

interface Row {
  readonly it: string
  readonly send: readonly [method: string, url: string, sent?: Sent]
  readonly status: number
  readonly detail: string
  readonly errors?: readonly object[]
  readonly headers?: Readonly<Record<string, string>>
  readonly available?: readonly string[]
}

const json = { 'content-type': 'application/json' }
const jsonPatch = { 'content-type': 'application/json-patch+json' }
const plain = { accept: 'text/plain' }
const stale = { 'if-match': '"0"' }
const car = { model: '240SX', color: 'Silver' }

const malformed = 'This request was not properly formatted. Please send again.'
const invalidParameter = 'Request had invalid or unknown parameters.'
const invalidBody = 'Request had invalid or missing data.'

const refusals: readonly Row[] = [
  {
    it: 'the router cannot read the address',
    send: ['GET', '/cars/%zz'],
    status: 400,
    detail: malformed,
  },
  {
    it: 'the parser finds JSON cut short',
    send: ['POST', '/cars', { body: '{"model":', headers: json }],
    status: 400,
    detail: malformed,
  },
  {
    it: 'every parameter that is unknown or wrong is told',
    send: ['GET', '/cars?limit=0&make_is_null=maybe&wheels=4'],
    status: 400,
    detail: invalidParameter,
    errors: [
      { parameter: 'wheels', in: 'query', detail: 'is not a known parameter' },
      { parameter: 'limit', in: 'query', detail: 'must be >= 1' },
      { parameter: 'make_is_null', in: 'query', detail: 'must be true or false' },
    ],
  },
  {
    it: 'a key of the path is of the wrong type',
    send: ['GET', '/cars/first'],
    status: 400,
    detail: invalidParameter,
    errors: [{ parameter: 'id', in: 'path', detail: 'must be integer' }],
  },
  {
    it: 'a cursor is not one',
    send: ['GET', '/cars?cursor=here'],
    status: 400,
    detail: invalidParameter,
    errors: [
      {
        parameter: 'cursor',
        in: 'query',
        detail: 'is not a cursor of this list; start again without one',
      },
    ],
  },
  {
    it: 'a precondition is not one',
    send: ['DELETE', '/cars/1', { headers: { 'if-match': 'seven' } }],
    status: 400,
    detail: invalidParameter,
    errors: [
      {
        parameter: 'If-Match',
        in: 'header',
        detail: 'must be * or a list of entity tags in double quotes, as in "7"',
      },
    ],
  },
  {
    it: 'there is no such address',
    send: ['GET', '/motorcycles'],
    status: 404,
    detail: 'The requested resource was not found.',
  },
  {
    it: 'there is no such member',
    send: ['GET', '/cars/99'],
    status: 404,
    detail: 'The requested resource was not found.',
  },
  {
    it: 'the method is for another address',
    send: ['DELETE', '/cars'],
    status: 405,
    detail: 'The method is not supported here.',
    headers: { allow: 'GET, HEAD, POST, OPTIONS' },
  },
  {
    it: 'nothing is acceptable',
    send: ['GET', '/cars/1', { headers: plain }],
    status: 406,
    detail: 'No acceptable media type is available.',
    available: ['application/json'],
  },
  {
    it: 'a unique value is taken',
    send: ['POST', '/cars', { json: { ...car, vin: '1D7RV1GTXAS806941' } }],
    status: 409,
    detail: 'There is a car with this vin already.',
    errors: [{ pointer: '#/vin', detail: 'is taken' }],
  },
  {
    it: 'a reference leads nowhere',
    send: ['POST', '/transactions', { json: { amount: 1, currency: 'EUR', customer_id: 99 } }],
    status: 409,
    detail: 'It refers to something that does not exist.',
    errors: [{ pointer: '#/customer_id', detail: 'does not exist' }],
  },
  {
    it: 'the key in the body is not the one in the address',
    send: ['PUT', '/cars/1', { json: { ...car, id: 2 } }],
    status: 409,
    detail: 'The id in the body is not the one in the address.',
    errors: [{ pointer: '#/id', detail: 'must equal 1, as in the address' }],
  },
  {
    it: 'a test of a JSON Patch fails',
    send: [
      'PATCH',
      '/cars/1',
      { json: [{ op: 'test', path: '/color', value: 'Blue' }], headers: jsonPatch },
    ],
    status: 409,
    detail: 'The request conflicts with what is stored.',
    errors: [{ pointer: '#/0/value', detail: 'is not what is stored' }],
  },
  {
    it: 'somebody else has changed it',
    send: ['PATCH', '/cars/1', { json: { color: 'Blue' }, headers: stale }],
    status: 412,
    detail: 'The resource has changed: a precondition of the request does not hold.',
  },
  {
    it: 'the body is too large',
    send: ['POST', '/cars', { body: 'x'.repeat(1_048_577), headers: json }],
    status: 413,
    detail: 'The request body is too large.',
    headers: { connection: 'close' },
  },
  {
    it: 'the address is too long',
    send: ['GET', `/cars?model=${'x'.repeat(8192)}`],
    status: 414,
    detail: 'The request target is too long.',
  },
  {
    it: 'a key of the path is too long',
    send: ['GET', `/users/${'x'.repeat(1001)}`],
    status: 414,
    detail: 'The request target is too long.',
  },
  {
    it: 'POST takes no such media type',
    send: [
      'POST',
      '/cars',
      { body: 'model: Fiat', headers: { 'content-type': 'application/yaml' } },
    ],
    status: 415,
    detail: 'The application/yaml mediatype is not supported.',
    headers: { 'accept-post': 'application/json, application/x-ndjson, text/csv' },
  },
  {
    it: 'PATCH takes no such media type',
    send: [
      'PATCH',
      '/cars/1',
      { body: 'color: Blue', headers: { 'content-type': 'Application/YAML; charset=utf-8' } },
    ],
    status: 415,
    detail: 'The application/yaml mediatype is not supported.',
    headers: {
      'accept-patch': 'application/merge-patch+json, application/json, application/json-patch+json',
    },
  },
  {
    it: 'JSON is said to be a form, as by curl',
    send: [
      'POST',
      '/cars',
      { body: '{}', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
    ],
    status: 415,
    detail:
      'The application/x-www-form-urlencoded mediatype is not supported; send application/json, and say so in Content-Type.',
  },
  {
    it: 'a media type is missing',
    send: ['POST', '/cars', { body: '{}' }],
    status: 415,
    detail: 'The missing mediatype is not supported.',
    headers: { 'accept-post': 'application/json, application/x-ndjson, text/csv' },
  },
  {
    it: 'the body is coded',
    send: ['POST', '/cars', { body: '{}', headers: { ...json, 'content-encoding': 'gzip' } }],
    status: 415,
    detail: 'Content codings of requests are not supported.',
    headers: { 'accept-encoding': 'identity' },
  },
  {
    it: 'every member that is missing, unknown or wrong is told',
    send: ['POST', '/cars', { json: { model: 7, 'top/speed': 120, year: 1700 } }],
    status: 422,
    detail: invalidBody,
    errors: [
      { pointer: '#/color', detail: 'is required' },
      { pointer: '#/top~1speed', detail: 'is not a known member' },
      { pointer: '#/model', detail: 'must be string' },
      { pointer: '#/year', detail: 'must be >= 1886' },
    ],
  },
  {
    it: 'what the server sets is sent',
    send: ['PATCH', '/transactions/1', { json: { created_at: '2020-01-01T00:00:00Z' } }],
    status: 422,
    detail: invalidBody,
    errors: [{ pointer: '#/created_at', detail: 'is read-only' }],
  },
]

feature('a refusal is a problem that says what was wrong', async (t, { get, request }) => {
  const before = await contents(get)
  for (const { it, send, status, detail, errors, available, headers = {} } of refusals) {
    const received = await request(...send)
    const { instance: _, ...problem } = checkProblem(t, it, received, status)
    const told = {
      detail,
      error: detail,
      ...(errors && { errors }),
      ...(available && { available }),
    }
    t.strictSame(problem, { type: 'about:blank', title: phrases[status], status, ...told }, it)
    for (const [name, value] of Object.entries(headers))
      t.equal(received.headers[name], value, `${it}: ${name}`)
  }
  t.equal(await contents(get), before, 'nothing was stored')
})

feature('a refused precondition gives the current tag', async (t, { get, put }) => {
  const { headers } = await get('/cars/1')
  const refused = await put('/cars/1', car, stale)
  t.equal(refused.status, 412)
  t.equal(refused.headers.etag, headers.etag)
})

feature(
  'an Idempotency-Key that was used for something else is told apart by its type',
  async (t, { post }) => {
    const key = { 'idempotency-key': 'silver-car' }
    await post('/cars', car, key)
    const reused = checkProblem(
      t,
      'reused',
      await post('/cars', { ...car, color: 'Red' }, key),
      422,
    )
    t.equal(reused.type, 'https://restwell.dev/problems/idempotency-key-reused')
    t.equal(reused.title, 'Idempotency key reused')
  },
)

feature('no two refusals have the same instance', async (t, { get }) => {
  const instances = [await get('/cars/99'), await get('/cars/99'), await get('/')].map(
    ({ json }) => json.instance,
  )
  t.not(instances[0], instances[1])
  t.equal(instances[2], undefined)
})

/** Everything that the refused requests were about, as text. */
async function contents(get: (url: string) => Promise<Received>): Promise<string> {
  const pages = await Promise.all(['/cars', '/users', '/transactions'].map(url => get(url)))
  return pages.map(({ text }) => text).join('\n')
}
