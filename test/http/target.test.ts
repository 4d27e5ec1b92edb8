import t from 'tap'
import { toOriginForm, withoutVersion } from '../../src/http/target.ts'

const rows: readonly [
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
  for (const [method, target, path, authority, source] of rows) {
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
