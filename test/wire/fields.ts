// Header fields: their form, Host, and how much there may be of them.

import { get, host, long, post, type Row } from './row.ts'

const refused = (what: string, source: string, fields: string, status = 400): Row => {
  return { what, source, sent: get('/cars/1', fields), statuses: [status], open: false }
}
const taken = (what: string, source: string, fields: string): Row => {
  return { what, source, sent: get('/cars/1', fields), statuses: [200], open: true }
}
/** A request with these lines and no Host of its own. */
const with_ = (what: string, lines: string, status: number, source = 'RFC 9112 §3.2'): Row => {
  return {
    what,
    source,
    sent: `GET /cars/1 HTTP/1.1\r\n${lines}\r\n`,
    statuses: [status],
    open: true,
  }
}

export const fields: readonly Row[] = [
  refused('white space before a colon', 'RFC 9112 §5.1', 'Accept : */*\r\n'),
  refused('a tab before a colon', 'RFC 9112 §5.1', 'Accept\t: */*\r\n'),
  refused('a name with a space', 'RFC 9110 §5.1', 'Acc ept: */*\r\n'),
  refused('no name', 'RFC 9110 §5.1', ': x\r\n'),
  refused('no colon', 'RFC 9112 §5', 'Accept\r\n'),
  refused('a name with a bracket', 'RFC 9110 §5.1', 'X[a]: b\r\n'),
  refused('a name with NUL', 'RFC 9110 §5.1', 'X\0: b\r\n'),
  refused('a name beyond ASCII', 'RFC 9110 §5.1', 'X\xe9: b\r\n'),
  refused('NUL in a value', 'RFC 9110 §5.5', 'X: \0\r\n'),
  refused('a carriage return in a value', 'RFC 9110 §5.5', 'X: a\rb\r\n'),
  refused('a line feed ends a line', 'RFC 9112 §2.2', 'X: a\nY: b\r\n'),
  refused('a folded line', 'RFC 9112 §5.2', 'X: a\r\n b\r\n'),
  refused('a line folded by a tab', 'RFC 9112 §5.2', 'X: a\r\n\tb\r\n'),
  refused('one field too large', 'RFC 6585 §5', `X: ${long(20_000)}\r\n`, 431),
  refused('fields too many', 'RFC 6585 §5', `X: ${long(1000)}\r\n`.repeat(20), 431),
  refused('a name too long', 'RFC 6585 §5', `${long(20_000)}: x\r\n`, 431),
  taken('a value without white space', 'RFC 9112 §5', 'X:y\r\n'),
  taken('an empty value', 'RFC 9110 §5.5', 'X:\r\n'),
  taken('white space around a value', 'RFC 9112 §5.1', 'X: \t y \t\r\n'),
  taken('bytes beyond ASCII in a value', 'RFC 9110 §5.5', 'X: \xe9\r\n'),
  taken('a name in other cases', 'RFC 9110 §5.1', 'aCCept: application/json\r\n'),
  taken('a field that nobody knows, twice', 'RFC 9110 §5.2', 'X: 1\r\nX: 2\r\n'),
  {
    what: 'white space before the first field',
    source: 'RFC 9112 §2.2',
    sent: `GET /cars/1 HTTP/1.1\r\n ${host}\r\n`,
    statuses: [400],
    open: false,
  },

  with_('no Host', '', 400),
  with_('two Hosts', `${host}${host}`, 400),
  with_('two different Hosts', `${host}Host: other\r\n`, 400),
  with_('two Hosts in different cases', `${host}hOST: localhost\r\n`, 400),
  with_('an empty Host', 'Host:\r\n', 200, 'RFC 9110 §7.2'),
  with_('a Host with a port', 'Host: localhost:3000\r\n', 200, 'RFC 9110 §7.2'),
  with_('a Host with an empty port', 'Host: localhost:\r\n', 200, 'RFC 3986 §3.2.3'),
  with_('an address of IPv4', 'Host: 127.0.0.1:80\r\n', 200, 'RFC 9110 §7.2'),
  with_('an address of IPv6', 'Host: [::1]:80\r\n', 200, 'RFC 3986 §3.2.2'),
  with_('an address of a later version', 'Host: [v1.fe80]\r\n', 200, 'RFC 3986 §3.2.2'),
  with_('a name with an escape', 'Host: a%20b\r\n', 200, 'RFC 3986 §3.2.2'),
  with_('a name with an underscore', 'Host: my_service\r\n', 200, 'RFC 3986 §3.2.2'),
  with_('white space and a tag', 'Host: a b/<script>\r\n', 400),
  with_('a path', 'Host: localhost/x\r\n', 400),
  with_('a query', 'Host: localhost?x\r\n', 400),
  with_('a fragment', 'Host: localhost#x\r\n', 400),
  with_('credentials', 'Host: a@localhost\r\n', 400),
  with_('a whole address', 'Host: http://localhost\r\n', 400),
  with_('two names', 'Host: a, b\r\n', 400),
  with_('a port of letters', 'Host: localhost:http\r\n', 400),
  with_('two ports', 'Host: localhost:80:81\r\n', 400),
  with_('IPv6 without brackets', 'Host: ::1\r\n', 400, 'RFC 3986 §3.2.2'),
  with_('no address in brackets', 'Host: [localhost]\r\n', 400, 'RFC 3986 §3.2.2'),
  with_('brackets left open', 'Host: [::1\r\n', 400, 'RFC 3986 §3.2.2'),
  with_('an escape cut short', 'Host: a%2\r\n', 400, 'RFC 3986 §2.1'),
  with_('bytes beyond ASCII', 'Host: \xe9\r\n', 400, 'RFC 3986 §3.2.2'),
  with_('a quote', 'Host: "localhost"\r\n', 400, 'RFC 3986 §3.2.2'),
  with_('a backslash', 'Host: localhost\\x\r\n', 400, 'RFC 3986 §3.2.2'),
  {
    what: 'a bad Host beside a whole address',
    source: 'RFC 9112 §3.2',
    sent: 'GET http://localhost/cars/1 HTTP/1.1\r\nHost: a b\r\n\r\n',
    statuses: [400],
    open: true,
  },
  {
    what: 'HTTP/1.0 with a bad Host',
    source: 'RFC 9112 §3.2',
    sent: 'GET /cars/1 HTTP/1.0\r\nHost: a b\r\n\r\n',
    statuses: [400],
    open: false,
  },
  {
    what: 'a POST with two Hosts',
    source: 'RFC 9112 §3.2',
    sent: post(`${host}Content-Length: 2\r\n`, '{}'),
    statuses: [400],
    open: true,
  },
  {
    what: 'a client that closes',
    source: 'RFC 9112 §9.6',
    sent: get('/cars/1', 'Connection: close\r\n'),
    statuses: [200],
    open: false,
  },
  {
    what: 'close among other options',
    source: 'RFC 9110 §7.6.1',
    sent: get('/cars/1', 'Connection: x, Close\r\n'),
    statuses: [200],
    open: false,
  },
]
