// Where a body ends: Content-Length, Transfer-Encoding, chunks, trailers. Whoever differs from another here smuggles.

import {
  car,
  chunk,
  chunked,
  get,
  host,
  inChunks,
  json,
  long,
  post,
  type Row,
  store,
} from './row.ts'

const length = (value: string | number) => `Content-Length: ${value}\r\n`
const size = car.length
const whole = chunk(car)
const refused = (what: string, source: string, sent: string, status = 400): Row => {
  return { what, source, sent, statuses: [status], open: false }
}
const stored = (what: string, source: string, sent: string): Row => {
  return { what, source, sent, statuses: [201], open: true, stored: 1 }
}
/** What a body would do if it were taken for a request. */
const smuggled = get('/cars/1', '', 'DELETE')

export const framing: readonly Row[] = [
  stored('a length', 'RFC 9112 §6.2', store),
  stored('a length with zeros before it', 'RFC 9110 §8.6', post(length(`00${size}`), car)),
  stored('white space around a length', 'RFC 9112 §5.1', post(length(` ${size} `), car)),
  refused('a length of letters', 'RFC 9112 §6.3', post(length('many'), car)),
  refused('a negative length', 'RFC 9112 §6.3', post(length(-1), car)),
  refused('a length with a plus', 'RFC 9112 §6.3', post(length(`+${size}`), car)),
  refused('a hexadecimal length', 'RFC 9112 §6.3', post(length('0x22'), car)),
  refused('a length with a fraction', 'RFC 9112 §6.3', post(length(`${size}.0`), car)),
  refused('a length with an exponent', 'RFC 9112 §6.3', post(length('3e1'), car)),
  refused('a length with white space within', 'RFC 9112 §6.3', post(length('3 4'), car)),
  refused('an empty length', 'RFC 9112 §6.3', post(length(''), car)),
  refused('a length in quotes', 'RFC 9112 §6.3', post(length(`"${size}"`), car)),
  refused('a length beyond 64 bits', 'RFC 9112 §6.3', post(length('99999999999999999999'), car)),
  refused('two different lengths', 'RFC 9112 §6.3', post(length(size) + length(size + 1), car)),
  refused('the same length twice', 'RFC 9112 §6.3', post(length(size) + length(size), car)),
  refused('a list of lengths', 'RFC 9112 §6.3', post(length(`${size}, ${size}`), car)),
  refused(
    'a length and chunks',
    'RFC 9112 §6.3',
    inChunks(`${whole}0\r\n\r\n`, length(size) + chunked),
  ),
  refused(
    'chunks and a length',
    'RFC 9112 §6.3',
    inChunks(`${whole}0\r\n\r\n`, chunked + length(size)),
  ),
  refused('a larger body than is taken', 'RFC 9110 §15.5.14', post(length(2_000_000)), 413),
  refused('a body of a terabyte', 'RFC 9110 §15.5.14', post(length(1_000_000_000_000)), 413),
  { what: 'no body', source: 'RFC 9112 §6.3', sent: post(''), statuses: [400], open: true },
  {
    what: 'a length of 0',
    source: 'RFC 9112 §6.3',
    sent: post(length(0)),
    statuses: [400],
    open: true,
  },

  stored('chunks', 'RFC 9112 §7.1', inChunks(`${whole}0\r\n\r\n`)),
  stored(
    'many chunks',
    'RFC 9112 §7.1',
    inChunks(`${[...car].map(letter => chunk(letter)).join('')}0\r\n\r\n`),
  ),
  stored(
    'a size in capitals',
    'RFC 9112 §7.1',
    inChunks(`${chunk(`${car}        `).toUpperCase().slice(0, 2)}\r\n${car}        \r\n0\r\n\r\n`),
  ),
  stored('a size with zeros', 'RFC 9112 §7.1', inChunks(`0000${whole}000\r\n\r\n`)),
  stored('a chunk extension', 'RFC 9112 §7.1.1', inChunks(`${chunk(car, ';a=b')}0\r\n\r\n`)),
  stored(
    'a quoted chunk extension',
    'RFC 9112 §7.1.1',
    inChunks(`${chunk(car, ';a="b;c"')}0;d\r\n\r\n`),
  ),
  stored('a trailer', 'RFC 9112 §7.1.2', inChunks(`${whole}0\r\nX: y\r\n\r\n`)),
  refused(
    'a trailer that changes the length',
    'RFC 9110 §6.5.1',
    inChunks(`${whole}0\r\nContent-Length: 5\r\n\r\n`),
  ),
  stored(
    'a coding in capitals',
    'RFC 9112 §7',
    inChunks(`${whole}0\r\n\r\n`, 'Transfer-Encoding: CHUNKED\r\n'),
  ),
  refused('a chunk without a size', 'RFC 9112 §7.1', inChunks(`${car}\r\n0\r\n\r\n`)),
  refused('an empty size', 'RFC 9112 §7.1', inChunks(`\r\n${car}\r\n0\r\n\r\n`)),
  refused('a negative size', 'RFC 9112 §7.1', inChunks(`-1\r\n${car}\r\n0\r\n\r\n`)),
  refused('a size with 0x', 'RFC 9112 §7.1', inChunks(`0x22\r\n${car}\r\n0\r\n\r\n`)),
  refused('a size with a plus', 'RFC 9112 §7.1', inChunks(`+22\r\n${car}\r\n0\r\n\r\n`)),
  refused('a size beyond 64 bits', 'RFC 9112 §7.1', inChunks(`fffffffffffffffff\r\n${car}`)),
  refused('white space before a size', 'RFC 9112 §7.1', inChunks(` ${whole}0\r\n\r\n`)),
  refused('white space behind a size', 'RFC 9112 §7.1', inChunks(`${chunk(car, ' ')}0\r\n\r\n`)),
  refused('a chunk longer than its size', 'RFC 9112 §7.1', inChunks(`2\r\n${car}\r\n0\r\n\r\n`)),
  refused('a chunk that ends in a line feed', 'RFC 9112 §7.1', inChunks(`22\r\n${car}\n0\r\n\r\n`)),
  refused('a size that ends in a line feed', 'RFC 9112 §7.1', inChunks(`22\n${car}\r\n0\r\n\r\n`)),
  refused(
    'NUL in a chunk extension',
    'RFC 9112 §7.1.1',
    inChunks(`${chunk(car, ';a=\0')}0\r\n\r\n`),
  ),
  refused(
    'a line feed in a chunk extension',
    'RFC 9112 §7.1.1',
    inChunks(`22;a\n${car}\r\n0\r\n\r\n`),
  ),
  refused('chunk extensions without end', 'RFC 9112 §7.1.1', inChunks(`2;${long(20_000)}`), 413),
  refused('a trailer without a colon', 'RFC 9112 §7.1.2', inChunks(`${whole}0\r\nX\r\n\r\n`)),
  refused('a folded trailer', 'RFC 9112 §7.1.2', inChunks(`${whole}0\r\nX: a\r\n b\r\n\r\n`)),
  refused('trailers without end', 'RFC 6585 §5', inChunks(`${whole}0\r\nX: ${long(20_000)}`), 431),
  refused(
    'chunks that grow too large',
    'RFC 9110 §15.5.14',
    inChunks(`100002\r\n${long(0x100001)}`),
    413,
  ),

  refused('another coding', 'RFC 9112 §6.3', inChunks(car, 'Transfer-Encoding: gzip\r\n')),
  refused(
    'the coding that there is no more',
    'RFC 9112 §6.3',
    inChunks(car, 'Transfer-Encoding: identity\r\n'),
  ),
  refused(
    'chunks that are not the last coding',
    'RFC 9112 §6.3',
    inChunks(whole, 'Transfer-Encoding: chunked, gzip\r\n'),
  ),
  refused(
    'an empty coding',
    'RFC 9112 §6.3',
    inChunks(`${whole}0\r\n\r\n`, 'Transfer-Encoding:\r\n'),
  ),
  refused(
    'chunks like a word',
    'RFC 9112 §6.3',
    inChunks(`${whole}0\r\n\r\n`, 'Transfer-Encoding: xchunked\r\n'),
  ),
  refused(
    'chunks in quotes',
    'RFC 9112 §6.3',
    inChunks(`${whole}0\r\n\r\n`, 'Transfer-Encoding: "chunked"\r\n'),
  ),
  refused(
    'chunks behind a vertical tab',
    'RFC 9112 §6.1',
    inChunks(`${whole}0\r\n\r\n`, 'Transfer-Encoding: \x0bchunked\r\n'),
  ),
  refused(
    'a coding before chunks',
    'RFC 9112 §6.1',
    inChunks(`${whole}0\r\n\r\n`, 'Transfer-Encoding: gzip, chunked\r\n'),
    501,
  ),
  refused(
    'a coding and chunks in two fields',
    'RFC 9112 §6.1',
    inChunks(`${whole}0\r\n\r\n`, `Transfer-Encoding: gzip\r\n${chunked}`),
    501,
  ),
  refused(
    'chunks in chunks',
    'RFC 9112 §7.1',
    inChunks(`${whole}0\r\n\r\n`, 'Transfer-Encoding: chunked, chunked\r\n'),
  ),
  refused(
    'chunks in two fields',
    'RFC 9112 §7.1',
    inChunks(`${whole}0\r\n\r\n`, chunked + chunked),
  ),
  refused(
    'chunks with a parameter',
    'RFC 9112 §7.1',
    inChunks(`${whole}0\r\n\r\n`, 'Transfer-Encoding: chunked;q=1\r\n'),
  ),
  refused(
    'HTTP/1.0 in chunks',
    'RFC 9112 §6.1',
    `POST /cars HTTP/1.0\r\n${json}${chunked}Connection: keep-alive\r\n\r\n${whole}0\r\n\r\n${get()}`,
  ),
  refused(
    'HTTP/1.0 in chunks and with a length',
    'RFC 9112 §6.1',
    `POST /cars HTTP/1.0\r\n${json}${chunked}${length(size)}\r\n${whole}0\r\n\r\n`,
  ),

  ...[
    ['PUT /cars', 'application/json', 405],
    ['POST /motorcycles', 'application/json', 404],
    ['POST /cars', 'application/xml', 415],
    ['POST /cars', 'application/json', 400],
    ['GET /cars/1', 'application/json', 200],
    ['DELETE /cars/99', 'application/json', 404],
    ['OPTIONS /cars', 'application/json', 204],
    ['PROPFIND /cars', 'application/json', 501],
  ].map(
    ([line, type, status]): Row => ({
      what: `a request for the body of ${line} as ${type}`,
      source: 'RFC 9112 §6.3',
      sent: `${line} HTTP/1.1\r\n${host}Content-Type: ${type}\r\n${length(smuggled.length)}\r\n${smuggled}`,
      statuses: [Number(status)],
      open: true,
    }),
  ),
]
