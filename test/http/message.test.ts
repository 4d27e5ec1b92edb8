import t from 'tap'
import {
  announcesBody,
  endsConnection,
  expectsContinue,
  type Head,
  headProblem,
} from '../../src/http/message.ts'

function head(fields: Readonly<Record<string, string>> = {}, httpVersion = '1.1'): Head {
  const headers = { host: 'a', ...fields }
  return { httpVersion, headers, rawHeaders: Object.entries(headers).flat() }
}

const rows: readonly [
  what: string,
  source: string,
  head: Head,
  status: number | undefined,
  ends: boolean,
][] = [
  ['nothing special', 'RFC 9112 §2', head(), undefined, false],
  ['chunks', 'RFC 9112 §7.1', head({ 'transfer-encoding': 'Chunked' }), undefined, false],
  [
    'a coding before chunks',
    'RFC 9112 §6.1',
    head({ 'transfer-encoding': 'gzip, chunked' }),
    501,
    true,
  ],
  [
    'chunks in chunks',
    'RFC 9112 §6.1',
    head({ 'transfer-encoding': 'chunked, chunked' }),
    400,
    true,
  ],
  [
    'chunks by HTTP/1.0',
    'RFC 9112 §6.1',
    head({ 'transfer-encoding': 'chunked' }, '1.0'),
    400,
    true,
  ],
  ['HTTP/2.0', 'RFC 9110 §15.6.6', head({}, '2.0'), 505, true],
  ['HTTP/0.9', 'RFC 9112 §3', head({}, '0.9'), 400, true],
  ['an offer to upgrade', 'RFC 9110 §7.8', head({ upgrade: 'h2c' }), undefined, true],
  ['100-continue', 'RFC 9110 §10.1.1', head({ expect: '100-Continue' }), undefined, false],
  ['another expectation', 'RFC 9110 §10.1.1', head({ expect: 'x' }), 417, false],
  [
    'an expectation by HTTP/1.0',
    'RFC 9110 §10.1.1',
    head({ expect: 'x' }, '1.0'),
    undefined,
    false,
  ],
]

t.test('a head is refused for what no answer could follow', async t => {
  for (const [what, source, given, status, ends] of rows) {
    t.equal(headProblem(given, '/')?.status, status, `${what} (${source})`)
    t.equal(endsConnection(given), ends, `${what}: whether it ends the connection`)
  }
})

t.test('a target has a slash and a bound', async t => {
  t.equal(headProblem(head(), 'cars')?.status, 400)
  t.equal(headProblem(head(), `/${'x'.repeat(8191)}`)?.status, undefined)
  t.equal(headProblem(head(), `/${'x'.repeat(8192)}`)?.status, 414)
})

t.test('there is one Host (RFC 9112 §3.2)', async t => {
  const of = (httpVersion: string, ...rawHeaders: string[]) => ({
    httpVersion,
    rawHeaders,
    headers: {},
  })
  for (const [given, status] of [
    [of('1.1'), 400],
    [of('1.0'), undefined],
    [of('1.1', 'HOST', 'a'), undefined],
    [of('1.1', 'Host', 'a b'), 400],
    [of('1.0', 'Host', 'a b'), 400],
    [of('1.1', 'Host', 'a', 'X', 'y', 'host', 'a'), 400],
  ] as const)
    t.equal(headProblem(given, '/')?.status, status, JSON.stringify(given))
})

t.test('a body is announced by its length or by chunks (RFC 9112 §6.3)', async t => {
  t.equal(announcesBody(head()), false)
  t.equal(announcesBody(head({ 'content-length': '0' })), false)
  t.equal(announcesBody(head({ 'content-length': '1' })), true)
  t.equal(announcesBody(head({ 'transfer-encoding': 'chunked' })), true)
})

t.test('only HTTP/1.1 waits for 100 Continue (RFC 9110 §10.1.1)', async t => {
  t.equal(expectsContinue(head({ expect: '100-continue' })), true)
  t.equal(expectsContinue(head({ expect: '100-continue' }, '1.0')), false)
  t.equal(expectsContinue(head()), false)
})
