// The check that holds every response against the document can fail: it finds whatever is not as documented.

import t from 'tap'
import { problems } from '../src/http/problem.ts'
import { type Answered, type Document, DocumentCheck } from '../src/testing/document-check.ts'
import { anywhereStatuses } from '../src/testing/general-rules.ts'
import { required } from './support/access.ts'
import { limitsOf, TestClock } from './support/limits.ts'
import { feature, type Service } from './support/service.ts'

const problem = (status: number) =>
  JSON.stringify({
    type: 'about:blank',
    title: 'Title',
    status,
    detail: 'Detail.',
    instance: 'urn:uuid:8e03978e-40d5-43e8-bc93-6894a57f9324',
    error: 'Detail.',
  })

const everyResponse = { 'request-id': '8e03978e-40d5-43e8-bc93-6894a57f9324' }

const problemHeaders = {
  'content-type': 'application/problem+json; charset=utf-8',
  'cache-control': 'no-store',
  ...everyResponse,
}

function refused(
  method: string,
  url: string,
  status: number,
  headers: Record<string, string> = {},
): Answered {
  return { method, url, status, headers: { ...problemHeaders, ...headers }, body: problem(status) }
}

/** What the service really answers. */
async function answered(
  service: Service,
  method: string,
  url: string,
  json?: unknown,
): Promise<Answered> {
  const { status, headers, text } = await service.request(
    method,
    url,
    json === undefined ? {} : { json },
  )
  return { method, url, status, headers, body: text }
}

function without({ headers, ...answer }: Answered, name: string): Answered {
  return {
    ...answer,
    headers: Object.fromEntries(Object.entries(headers).filter(([other]) => other !== name)),
  }
}

const undocumented = ['the document has no such response']

feature('a status that an operation does not document is found', async (t, { document }) => {
  const check = new DocumentCheck(document)
  for (const [method, url, status] of [
    ['GET', '/books/1', 418],
    ['GET', '/books/1', 422],
    ['GET', '/books/1', 409],
    ['GET', '/books/1', 507],
    ['GET', '/books/1', 405],
    ['GET', '/books', 404],
    ['DELETE', '/books/1', 422],
    ['DELETE', '/books/1', 415],
    ['POST', '/books', 412],
    ['GET', '/books/1', 401],
    ['GET', '/books/1', 429],
    ['GET', '/health', 404],
    ['GET', '/nothing', 422],
    ['PUT', '/books', 404.5],
  ] as const)
    t.strictSame(
      check.mistakes(refused(method, url, status)),
      undocumented,
      `${method} ${url} ${status}`,
    )
  for (const status of [206, 302])
    t.strictSame(
      check.mistakes({ ...refused('GET', '/books/1', status), body: '' }),
      undocumented,
      String(status),
    )
})

feature(
  'a refusal that is documented is found when it is left out of the document',
  async (t, service) => {
    const gone = await answered(service, 'GET', '/books/999')
    t.strictSame(new DocumentCheck(service.document).mistakes(gone), [])
    const { paths } = service.document
    const { get, ...others } = paths['/books/{id}'] ?? {}
    if (get === undefined) throw new Error('A book can be read.')
    const { 404: _, ...responses } = get.responses
    const mutated = { ...paths, '/books/{id}': { ...others, get: { ...get, responses } } }
    t.strictSame(
      new DocumentCheck({ ...service.document, paths: mutated }).mistakes(gone),
      undocumented,
    )
  },
)

feature(
  'a header field that is missing, or that is not documented, is found',
  async (t, service) => {
    const check = new DocumentCheck(service.document)
    const read = await answered(service, 'GET', '/books/1')
    const page = await answered(service, 'GET', '/books')
    const created = await answered(service, 'POST', '/books', {
      title: 'Dune',
      authors: [{ name: 'Frank Herbert' }],
    })
    for (const [answer, name, mistake] of [
      [read, 'etag', 'the documented header field ETag is missing'],
      [page, 'link', 'the header field link is missing'],
      [created, 'location', 'the header field location is missing'],
      [read, 'cache-control', 'the header field cache-control is missing'],
      [read, 'vary', 'the header field vary is missing'],
    ] as const) {
      t.strictSame(check.mistakes(answer), [])
      t.strictSame(check.mistakes(without(answer, name)), [mistake])
    }
    const surprise = (name: string) => ({ ...read, headers: { ...read.headers, [name]: 'x' } })
    for (const name of [
      'x-surprise',
      'location',
      'idempotent-replayed',
      'retry-after',
      'ratelimit-policy',
      'allow',
    ])
      t.strictSame(check.mistakes(surprise(name)), [`the header field ${name} is not documented`])
    t.strictSame(check.mistakes(without(refused('GET', '/books/1', 404), 'cache-control')), [
      'the header field cache-control is missing',
    ])
    t.strictSame(check.mistakes(refused('GET', '/books/1', 503)), [
      'the header field retry-after is missing',
    ])
    t.strictSame(check.mistakes(refused('PUT', '/books', 405)), [
      'the header field allow is missing',
    ])
  },
)

feature('a body that is not as documented is found', async (t, service) => {
  const check = new DocumentCheck(service.document)
  const read = await answered(service, 'GET', '/books/1')
  t.match(check.mistakes({ ...read, body: '{"id":"1"}' }), [/must be integer/])
  t.match(check.mistakes({ ...read, body: '{"id":1,"surprise":2}' }), [
    /surprise is not a known member/,
  ])
  t.strictSame(check.mistakes({ ...read, body: '' }), ['the documented body is missing'])
  const csv = { ...read, headers: { ...read.headers, 'content-type': 'text/csv' } }
  t.strictSame(check.mistakes(csv), ['the media type text/csv is not documented'])
  const deleted = { ...refused('DELETE', '/books/1', 204), headers: everyResponse, body: '' }
  t.strictSame(check.mistakes(deleted), [])
  t.strictSame(check.mistakes({ ...deleted, body: '{}' }), ['the media type  is not documented'])
})

/** The statuses of the examples of `default`. */
function shownStatuses({ components }: Document): number[] {
  const [media] = Object.values(components.responses.OtherProblem?.content ?? {})
  const { examples } = media as unknown as {
    examples: Record<string, { value: { status: number } }>
  }
  return [...new Set(Object.values(examples).map(({ value }) => value.status))].sort()
}

feature(
  'default names the statuses that it stands for',
  async (t, { document }) => {
    t.strictSame(shownStatuses(document), anywhereStatuses)
    const { description = '' } = (document as unknown as { info: { description?: string } }).info
    for (const field of [
      'Cache-Control',
      'Vary',
      'Preference-Applied',
      'RateLimit',
      'RateLimit-Policy',
    ])
      t.match(description, `\`${field}\``, 'the introduction tells of what is on every response')
  },
  { access: required, limits: () => limitsOf({}, new TestClock()) },
)

t.test('every status of a problem is under default or at its operations', async t => {
  const own = [404, 405, 409, 412, 416, 422, 428]
  const all = new Set(Object.values(problems).map(({ status }) => status))
  t.strictSame([...all].sort(), [...own, ...anywhereStatuses].sort())
})
