// How often a caller may ask: what the fields say over time, the refusal, what is free, and who is counted together.

import type { Test } from 'tap'
import { limitsOf, type PlansText, TestClock } from '../support/limits.ts'
import { checkProblem } from '../support/problem.ts'
import { feature, type Received, type Service } from '../support/service.ts'

/** A service whose callers are all anonymous, and the clock of its limits. */
function limited(
  name: string,
  plans: PlansText,
  run: (t: Test, service: Service, clock: TestClock) => Promise<void>,
) {
  const clock = new TestClock()
  feature(name, (t, service) => run(t, service, clock), { limits: () => limitsOf(plans, clock) })
}

function fields({ headers }: Received): readonly (string | undefined)[] {
  return [headers['ratelimit-policy'], headers.ratelimit]
}

const two: PlansText = { anonymous: { requests_per_minute: 3, requests_per_day: 5 } }
const policy = '"minute";q=3;w=60, "day";q=5;w=86400'

limited('answers say what is left, and when there is more', two, async (t, { get }, clock) => {
  const steps: [
    seconds: number,
    status: number,
    rateLimit: string,
    retryAfter: string | undefined,
  ][] = [
    [0, 200, '"minute";r=2;t=60, "day";r=4;t=86400', undefined],
    [10, 200, '"minute";r=1;t=50, "day";r=3;t=86390', undefined],
    [0.5, 200, '"minute";r=0;t=50, "day";r=2;t=86390', undefined],
    [9.5, 429, '"minute";r=0;t=40, "day";r=2;t=86380', '40'],
    [39.999, 429, '"minute";r=0;t=1, "day";r=2;t=86341', '1'],
    [0.001, 200, '"minute";r=2;t=60, "day";r=1;t=86340', undefined],
    [1, 200, '"minute";r=1;t=59, "day";r=0;t=86339', undefined],
    [1, 429, '"minute";r=1;t=58, "day";r=0;t=86338', '86338'],
    [86_337, 429, '"minute";r=3;t=60, "day";r=0;t=1', '1'],
    [1, 200, '"minute";r=2;t=60, "day";r=4;t=86400', undefined],
  ]
  for (const [seconds, status, rateLimit, retryAfter] of steps) {
    clock.advance(seconds)
    const answer = await get('/books/1')
    t.strictSame([answer.status, ...fields(answer)], [status, policy, rateLimit])
    t.equal(answer.headers['retry-after'], retryAfter)
  }
})

limited(
  'callers who have used up their quota are told which policies, and for how long',
  two,
  async (t, { get, post }, clock) => {
    for (let asked = 0; asked < 3; asked++) await get('/books')
    clock.advance(18)
    const refused = await post('/books', { title: 'Never read' })
    const { instance, ...problem } = checkProblem(t, 'POST', refused, 429)
    t.strictSame(problem, {
      type: 'https://iana.org/assignments/http-problem-types#quota-exceeded',
      title: 'Request cannot be satisfied as assigned quota has been exceeded',
      status: 429,
      detail: 'Too many requests. Try again in 42 seconds.',
      error: 'Too many requests. Try again in 42 seconds.',
      'violated-policies': ['minute'],
    })
    t.equal(refused.headers['retry-after'], '42')
    clock.advance(42)
    t.equal((await get('/books')).json.length, 2, 'nothing was stored')
  },
)

limited(
  'when both are used up, both are named, and the later one is to be waited for',
  {
    anonymous: { requests_per_minute: 1, requests_per_day: 1 },
  },
  async (t, { get }) => {
    await get('/books')
    const { json, headers } = await get('/books')
    t.strictSame(json['violated-policies'], ['minute', 'day'])
    t.equal(headers['retry-after'], '86400')
  },
)

limited(
  'a 304 to a member whose tag was given costs nothing',
  two,
  async (t, { request, get }, clock) => {
    const { headers } = await get('/books/1')
    const fresh = { 'if-none-match': headers.etag ?? '' }
    for (const method of ['GET', 'HEAD', 'GET', 'HEAD']) {
      clock.advance(1)
      const answer = await request(method, '/books/1', { headers: fresh })
      t.equal(answer.status, 304)
      t.match(answer.headers.ratelimit, /^"minute";r=2;t=5\d, "day";r=4;t=863\d\d$/, method)
    }
    const several = await get('/books/1', { 'if-none-match': `"0", ${headers.etag}` })
    t.strictSame([several.status, several.headers.ratelimit?.slice(0, 12)], [304, '"minute";r=2'])
    t.match((await get('/books/1')).headers.ratelimit, /^"minute";r=1;/)
  },
)

const ten: PlansText = { anonymous: { requests_per_minute: 10 } }

limited(
  'a 304 that any caller could have is counted: of *, of a list, of a count',
  ten,
  async (t, { request, get }) => {
    const list = await get('/books')
    const counted = await get('/books', { prefer: 'count=exact' })
    const table: [method: string, url: string, headers: Record<string, string>][] = [
      ['GET', '/books/1', { 'if-none-match': '*' }],
      ['HEAD', '/books/1', { 'if-none-match': ' * ' }],
      ['GET', '/books', { 'if-none-match': '*' }],
      ['GET', '/books?title_starts_with=A', { 'if-none-match': '*', prefer: 'count=exact' }],
      ['GET', '/books', { 'if-none-match': list.headers.etag ?? '' }],
      ['HEAD', '/books', { 'if-none-match': list.headers.etag ?? '' }],
      ['GET', '/books', { 'if-none-match': counted.headers.etag ?? '', prefer: 'count=exact' }],
    ]
    for (const [index, [method, url, headers]] of table.entries()) {
      const answer = await request(method, url, { headers })
      t.strictSame(
        [answer.status, answer.headers.ratelimit],
        [304, `"minute";r=${7 - index};t=60`],
        `${method} ${url}`,
      )
    }
    await get('/books')
    t.equal((await get('/books', { 'if-none-match': '*' })).status, 429)
  },
)

limited('who has nothing left gets no 304 either', two, async (t, { get }) => {
  const { headers } = await get('/books/1')
  await get('/books/1')
  await get('/books/1')
  t.equal((await get('/books/1', { 'if-none-match': headers.etag ?? '' })).status, 429)
})

limited(
  'every request to a resource counts as one, whatever comes of it',
  {
    anonymous: { requests_per_minute: 20 },
  },
  async (t, { request }) => {
    const country = { name: 'Germany', capital: 'Berlin', area: 357022 }
    const table: [method: string, url: string, status: number, json?: unknown][] = [
      ['GET', '/countries', 200],
      ['HEAD', '/countries', 200],
      ['GET', '/v1/countries/1', 200],
      ['HEAD', '/countries/1', 200],
      ['POST', '/countries', 201, country],
      ['PUT', '/countries/4', 200, country],
      ['PATCH', '/countries/4', 200, { area: 1 }],
      ['DELETE', '/countries/4', 204],
      ['GET', '/countries/4', 404],
      ['GET', '/countries?colour=red', 400],
      ['POST', '/countries', 422, {}],
      ['PUT', '/countries/1', 415],
      ['GET', '/events/1/headcount', 200],
    ]
    for (const [index, [method, url, status, json]] of table.entries()) {
      const type = status === 415 ? { 'content-type': 'application/xml' } : {}
      const answer = await request(method, url, {
        headers: type,
        ...(json === undefined ? {} : { json }),
        ...(status === 415 ? { body: '<a/>' } : {}),
      })
      t.equal(answer.status, status, `${method} ${url}`)
      t.equal(answer.headers.ratelimit, `"minute";r=${19 - index};t=60`, `${method} ${url}`)
    }
  },
)

limited(
  'addresses about the service itself are free, and so are unknown ones',
  {
    anonymous: { requests_per_minute: 1 },
  },
  async (t, { request }) => {
    await request('GET', '/books')
    const table: [method: string, url: string, status: number][] = [
      ['OPTIONS', '/books', 204],
      ['OPTIONS', '/books/1', 204],
      ['GET', '/', 200],
      ['GET', '/health', 200],
      ['GET', '/.well-known/api-catalog', 200],
      ['GET', '/openapi.json', 200],
      ['GET', '/openapi.yaml', 200],
      ['PUT', '/books', 405],
      ['GET', '/motorcycles', 404],
    ]
    for (const [method, url, status] of table) {
      const answer = await request(method, url)
      t.strictSame(
        [answer.status, ...fields(answer)],
        [status, undefined, undefined],
        `${method} ${url}`,
      )
    }
    t.equal((await request('GET', '/books')).status, 429)
  },
)

limited(
  'addresses are counted apart, of IPv6 by their first 64 bits',
  {
    anonymous: { requests_per_minute: 1 },
  },
  async (t, { request }) => {
    const table: [from: string, status: number][] = [
      ['192.0.2.1', 200],
      ['192.0.2.1', 429],
      ['192.0.2.2', 200],
      ['::ffff:192.0.2.1', 429],
      ['::ffff:192.0.2.3', 200],
      ['2001:db8:0:1::1', 200],
      ['2001:db8:0:1::2', 429],
      ['2001:0DB8:0000:0001:ffff:ffff:ffff:ffff', 429],
      ['2001:db8:0:2::1', 200],
      ['::1', 200],
      ['::2', 429],
    ]
    for (const [from, status] of table)
      t.equal((await request('GET', '/books', { from })).status, status, from)
  },
)

limited(
  'a page may be as large as the plan allows',
  {
    anonymous: { requests_per_minute: 100, largest_page: 25 },
  },
  async (t, { get }) => {
    t.equal((await get('/todos')).json.length, 20)
    t.equal((await get('/todos?limit=25')).json.length, 25)
    const refused = await get('/todos?limit=26')
    const { errors } = checkProblem(t, 'GET', refused, 400)
    t.strictSame(errors, [
      {
        parameter: 'limit',
        in: 'query',
        detail: 'must be <= 25, the largest page of the plan anonymous',
      },
    ])
    const whole = await get('/todos', { accept: 'text/csv' })
    t.strictSame(checkProblem(t, 'GET', whole, 400).errors, [
      {
        parameter: 'limit',
        in: 'query',
        detail: 'is needed: the plan anonymous allows pages of up to 25',
      },
    ])
    t.equal((await get('/todos?limit=25', { accept: 'text/csv' })).text.split('\r\n').length, 27)
    t.equal(
      (await get('/users/ada/todos?limit=26')).status,
      404,
      'where there is no list, there is nothing to say of it',
    )
  },
)

limited(
  'a body may be as large as the plan allows',
  {
    anonymous: { requests_per_minute: 100, largest_body: 1024 },
  },
  async (t, { request, get }) => {
    const body = (length: number) => {
      const text = JSON.stringify({ summary: 'Long', description: '' })
      return text.replace('""', `"${'x'.repeat(length - text.length)}"`)
    }
    const headers = { 'content-type': 'application/json' }
    t.equal((await request('POST', '/tasks', { headers, body: body(1024) })).status, 201)
    const refused = await request('POST', '/tasks', { headers, body: body(1025) })
    const { detail } = checkProblem(t, 'POST', refused, 413)
    t.equal(detail, 'The request body is too large: the plan anonymous allows 1024 bytes.')
    t.equal((await get('/tasks?limit=100')).json.length, 4, 'only the first was stored')
  },
)

limited('a plan without quotas says nothing of them', {}, async (t, { get }) => {
  for (let asked = 0; asked < 10; asked++) {
    const answer = await get('/books')
    t.strictSame([answer.status, ...fields(answer)], [200, undefined, undefined])
  }
})

feature('where nothing is limited, nothing is said', async (t, { get }) => {
  t.strictSame(fields(await get('/books')), [undefined, undefined])
})
