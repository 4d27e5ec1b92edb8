import t from 'tap'
import { hostName, isHost, isLoopbackName } from '../../src/http/host.ts'

const rows: readonly [
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
  for (const [value, source, good, name, loopback] of rows) {
    t.equal(isHost(value), good, `${value} (${source})`)
    if (name !== undefined) t.equal(hostName(value), name, `the name of ${value}`)
    if (loopback !== undefined)
      t.equal(isLoopbackName(hostName(value)), loopback, `whether ${value} is this machine`)
  }
})
