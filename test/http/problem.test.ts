import { STATUS_CODES } from 'node:http'
import { Ajv2020 } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import t from 'tap'
import {
  Problem,
  type ProblemKind,
  problems,
  problemToText,
  problemTypeBase,
} from '../../src/http/problem.ts'
import { problemShape } from '../../src/http/problem-shape.ts'

const kinds = Object.keys(problems) as ProblemKind[]
const requestId = '8e03978e-40d5-43e8-bc93-6894a57f9324'

const phrases: Record<number, [phrase: string, source: string]> = {
  400: ['Bad Request', 'RFC 9110 §15.5.1'],
  404: ['Not Found', 'RFC 9110 §15.5.5'],
  405: ['Method Not Allowed', 'RFC 9110 §15.5.6'],
  406: ['Not Acceptable', 'RFC 9110 §15.5.7'],
  408: ['Request Timeout', 'RFC 9110 §15.5.9'],
  409: ['Conflict', 'RFC 9110 §15.5.10'],
  412: ['Precondition Failed', 'RFC 9110 §15.5.13'],
  413: ['Content Too Large', 'RFC 9110 §15.5.14'],
  414: ['URI Too Long', 'RFC 9110 §15.5.15'],
  415: ['Unsupported Media Type', 'RFC 9110 §15.5.16'],
  416: ['Range Not Satisfiable', 'RFC 9110 §15.5.17'],
  417: ['Expectation Failed', 'RFC 9110 §15.5.18'],
  421: ['Misdirected Request', 'RFC 9110 §15.5.20'],
  422: ['Unprocessable Content', 'RFC 9110 §15.5.21'],
  401: ['Unauthorized', 'RFC 9110 §15.5.2'],
  403: ['Forbidden', 'RFC 9110 §15.5.4'],
  428: ['Precondition Required', 'RFC 6585 §3'],
  429: ['Too Many Requests', 'RFC 6585 §4'],
  431: ['Request Header Fields Too Large', 'RFC 6585 §5'],
  500: ['Internal Server Error', 'RFC 9110 §15.6.1'],
  501: ['Not Implemented', 'RFC 9110 §15.6.2'],
  503: ['Service Unavailable', 'RFC 9110 §15.6.4'],
  505: ['HTTP Version Not Supported', 'RFC 9110 §15.6.6'],
  507: ['Insufficient Storage', 'RFC 4918 §11.5'],
}

/** The phrases of RFC 7231 and RFC 4918, which Node still has. */
const olderPhrases = new Set(['Payload Too Large', 'Unprocessable Entity'])

t.test('about:blank has the phrase of its status (RFC 9457 §4.2.1)', async t => {
  for (const kind of kinds) {
    const problem = new Problem(kind)
    if (problem.type !== 'about:blank') continue
    const [phrase, source] = phrases[problem.status] ?? []
    t.equal(problem.title, phrase, `${kind}: ${source}`)
  }
  for (const [status, [phrase]] of Object.entries(phrases)) {
    const known = STATUS_CODES[status] ?? ''
    if (!olderPhrases.has(known)) t.equal(phrase, known, `Node agrees on ${status}`)
  }
})

/** Of a registry rather than ours (RFC 9457 §4.2). */
const registered = ['https://iana.org/assignments/http-problem-types#quota-exceeded']

t.test('types are absolute, unique and ours, or registered (RFC 9457 §3.1.1, §4.2)', async t => {
  const types = kinds.map(kind => new Problem(kind).type).filter(type => type !== 'about:blank')
  t.ok(types.length > 0)
  t.equal(new Set(types).size, types.length)
  for (const type of types) {
    t.equal(new URL(type).href, type)
    if (registered.includes(type)) continue
    t.ok(type.startsWith(problemTypeBase))
    t.match(type.slice(problemTypeBase.length), /^[a-z]+(-[a-z]+)*$/)
  }
})

t.test('every kind is a problem of the caller or of ours', async t => {
  for (const kind of kinds) {
    const problem = new Problem(kind)
    t.ok(problem instanceof Error)
    t.equal(problem.kind, kind)
    t.ok(problem.status >= 400 && problem.status <= 599, kind)
    t.match(problem.message, /^[A-Z].*\.$/s, `${kind} says a sentence`)
  }
})

const ajv = new Ajv2020({ strict: true })
formats.default(ajv)
const validate = ajv.compile(problemShape)

t.test('the text of every kind fits the shape', async t => {
  for (const kind of kinds) {
    const text = problemToText(new Problem(kind), requestId)
    const body = JSON.parse(text)
    t.ok(validate(body), `${kind}: ${ajv.errorsText(validate.errors)}`)
    t.equal(body.error, body.detail)
    t.equal(body.instance, `urn:uuid:${requestId}`)
    t.notOk('errors' in body, 'no findings, no member')
  }
})

t.test('details go where they belong', async t => {
  const errors = [
    { pointer: '#/area', detail: 'is required' },
    { parameter: 'limit', in: 'query', detail: 'must be <= 1000' },
  ] as const
  const headers = { Allow: 'GET' }
  const problem = new Problem('notAcceptable', {
    detail: 'No.',
    errors,
    headers,
    extensions: { available: ['text/csv'] },
  })
  const body = JSON.parse(problemToText(problem, requestId))
  t.ok(validate(body), ajv.errorsText(validate.errors))
  t.strictSame(problem.headers, headers)
  t.strictSame(body, {
    type: 'about:blank',
    title: 'Not Acceptable',
    status: 406,
    detail: 'No.',
    instance: `urn:uuid:${requestId}`,
    error: 'No.',
    errors,
    available: ['text/csv'],
  })
})

t.test('the shape refuses what is no problem', async t => {
  const body = JSON.parse(problemToText(new Problem('conflict'), requestId))
  for (const member of problemShape.required) {
    const { [member]: _, ...rest } = body
    t.notOk(validate(rest), `without ${member}`)
  }
  t.notOk(validate({ ...body, status: 200 }))
  t.notOk(validate({ ...body, type: 'conflict' }))
  t.notOk(validate({ ...body, errors: [{ pointer: '#/a' }] }))
  t.notOk(validate({ ...body, errors: [{ parameter: 'a', in: 'body', detail: 'x' }] }))
})
