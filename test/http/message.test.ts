import t from 'tap'
import {
  announcesBody,
  endsConnection,
  expectsContinue,
  type Head,
  headProblem,
  hostName,
  isBelow,
  isHost,
  isLoopbackName,
  parseForwardedPrefix,
  parsePrefix,
  toOriginForm,
  withoutPrefix,
  withoutVersion,
  withPrefix,
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

const targets: readonly [
  method: string,
  target: string,
  path: string,
  authority: string | undefined,
  source: string,
][] = [
  ['GET', '/cars?limit=1', '/cars?limit=1', undefined, 'RFC 9112 §3.2.1'],
  ['GET', '//cars', '//cars', undefined, 'RFC 9112 §3.2.1'],
  ['GET', 'http://a.example/cars?x', '/cars?x', 'a.example', 'RFC 9112 §3.2.2'],
  ['GET', 'HTTPS://A.example:80', '/', 'A.example:80', 'RFC 9112 §3.2.2'],
  ['GET', 'http://a?x', '/?x', 'a', 'RFC 9112 §3.2.2'],
  ['GET', 'http://a//b', '//b', 'a', 'RFC 9112 §3.2.2'],
  ['GET', 'http://[::1]:80/b', '/b', '[::1]:80', 'RFC 9112 §3.2.2'],
  ['GET', 'http:///b', 'http:///b', undefined, 'RFC 9110 §4.2.1'],
  ['GET', 'http://u:p@a/b', 'http://u:p@a/b', undefined, 'RFC 9110 §4.2.4'],
  ['GET', 'ftp://a/b', 'ftp://a/b', undefined, 'RFC 9112 §3.2.2'],
  ['OPTIONS', '*', '/', undefined, 'RFC 9110 §9.3.7'],
  ['GET', '*', '*', undefined, 'RFC 9112 §3.2.4'],
  ['GET', 'cars', 'cars', undefined, 'RFC 9112 §3.2.1'],
]

t.test('a target becomes a path, or stays what it is', async t => {
  for (const [method, target, path, authority, source] of targets) {
    const found = toOriginForm(method, target)
    t.strictSame(
      [found.path, found.authority],
      [path, authority],
      `${method} ${target} (${source})`,
    )
  }
})

t.test('the version of the API is left out of a path', async t => {
  for (const [path, without] of [
    ['/v1/books', '/books'],
    ['/v1', '/'],
    ['/v1?x', '/?x'],
    ['/v10/books', '/v10/books'],
    ['/books/v1', '/books/v1'],
  ] as const)
    t.equal(withoutVersion(path), without, path)
})

const hosts: readonly [
  value: string,
  source: string,
  good: boolean,
  name?: string,
  loopback?: boolean,
][] = [
  ['localhost', 'RFC 6761 §6.3', true, 'localhost', true],
  ['LocalHost:3000', 'RFC 3986 §3.2.2', true, 'localhost', true],
  ['api.localhost.', 'RFC 6761 §6.3', true, 'api.localhost', true],
  ['127.0.0.1:80', 'RFC 3986 §3.2.2', true, '127.0.0.1', true],
  ['127.8.9.10', 'RFC 3986 §3.2.2', true, '127.8.9.10', true],
  ['[::1]:8080', 'RFC 3986 §3.2.2', true, '[::1]', true],
  ['[::1]', 'RFC 3986 §3.2.2', true, '[::1]', true],
  ['[2001:db8::1]', 'RFC 3986 §3.2.2', true, '[2001:db8::1]', false],
  ['[v7.a:b]', 'RFC 3986 §3.2.2', true, '[v7.a:b]', false],
  ['evil.example:3000', 'RFC 3986 §3.2.2', true, 'evil.example', false],
  ['localhost.evil.example', 'RFC 6761 §6.3', true, 'localhost.evil.example', false],
  ['127.0.0.1.evil.example', 'RFC 3986 §3.2.2', true, '127.0.0.1.evil.example', false],
  ['notlocalhost', 'RFC 6761 §6.3', true, 'notlocalhost', false],
  ['', 'RFC 9110 §7.2', true, '', false],
  ['a:', 'RFC 3986 §3.2.3', true, 'a', false],
  ["a!$&'()*+,;=~_-.", 'RFC 3986 §2.2', true],
  ['a%2Fb', 'RFC 3986 §2.1', true],
  ['a%2', 'RFC 3986 §2.1', false],
  ['a b', 'RFC 3986 §3.2.2', false],
  ['a/b', 'RFC 3986 §3.2', false],
  ['a?b', 'RFC 3986 §3.2', false],
  ['a#b', 'RFC 3986 §3.2', false],
  ['a@b', 'RFC 9110 §4.2.4', false],
  ['a:b', 'RFC 3986 §3.2.3', false],
  ['a:1:2', 'RFC 3986 §3.2.3', false],
  ['::1', 'RFC 3986 §3.2.2', false],
  ['[a]', 'RFC 3986 §3.2.2', false],
  ['[::1', 'RFC 3986 §3.2.2', false],
  ['[]', 'RFC 3986 §3.2.2', false],
  ['[fe80::1%25eth0]', 'RFC 3986 §3.2.2', false],
  ['é', 'RFC 3986 §3.2.2', false],
  ['"a"', 'RFC 3986 §2', false],
]

t.test('a Host is a host and perhaps a port', async t => {
  for (const [value, source, good, name, loopback] of hosts) {
    t.equal(isHost(value), good, `${value} (${source})`)
    if (name !== undefined) t.equal(hostName(value), name, `the name of ${value}`)
    if (loopback !== undefined)
      t.equal(isLoopbackName(hostName(value)), loopback, `whether ${value} is this machine`)
  }
})

t.test('a prefix is a path that can only be a path', async t => {
  for (const [text, prefix] of [
    ['', ''],
    ['/', ''],
    ['/api', '/api'],
    ['/shop/api/', '/shop/api'],
    ['/a.b/~c/%C3%A9', '/a.b/~c/%C3%A9'],
    ['/.well-known', '/.well-known'],
    ...[
      'api',
      '//host',
      '/a//b',
      '/.',
      '/a/../b',
      '/%2e%2E',
      '/a b',
      '/a?b',
      '/a#b',
      '/a\\b',
      '/%',
    ].map(text => [text, undefined] as const),
  ] as const)
    t.equal(parsePrefix(text), prefix, text)
})

t.test('each proxy may add the prefix that it took', async t => {
  t.equal(parseForwardedPrefix('/api'), '/api')
  t.equal(parseForwardedPrefix('/shop , /api/'), '/shop/api')
  t.equal(parseForwardedPrefix('/shop, example.com'), undefined)
})

t.test('what is below a prefix ends where a part of the path does', async t => {
  for (const path of ['/api', '/api/', '/api/books', '/api?x=1']) t.ok(isBelow(path, '/api'), path)
  for (const path of ['/', '/apiary', '/books/api', 'api']) t.notOk(isBelow(path, '/api'), path)
})

t.test('a path is the same after its prefix was taken and put back', async t => {
  for (const path of ['/', '/books?x=/api', '/v1/books'])
    t.equal(withoutPrefix(withPrefix(path, '/api'), '/api'), path)
  t.equal(withoutPrefix('/api?x=1', '/api'), '/?x=1')
  t.equal(withPrefix('example.com:443', '/api'), 'example.com:443', 'no path, and refused as such')
})
