// What reaches the socket before there is a request: every answer a problem of the right length, the connection in a
// sane state, and the service still there for the next caller (RFC 9112).

import { once } from 'node:events'
import type { Socket } from 'node:net'
import type { Test } from 'tap'
import { checkProblem } from '../support/problem.ts'
import { feature, type Service } from '../support/service.ts'
import { listen, receive, type Wire } from '../support/wire.ts'

const host = 'Host: localhost\r\n'
const close = 'Connection: close\r\n'
const json = 'Content-Type: application/json\r\n'
const car = '{"model":"240SX","color":"Silver"}'
const long = (length: number) => 'x'.repeat(length)

/** Listens, and makes sure that the service still answers at the end, to a caller who minds the rules. */
function wired(name: string, run: (t: Test, wire: Wire, service: Service) => Promise<void>) {
  const converse = async (t: Test, service: Service) => {
    const wire = await listen(t, service)
    await run(t, wire, service)
    const [answer] = await wire.send(`GET /cars/1 HTTP/1.1\r\n${host}${close}\r\n`)
    t.equal(answer?.status, 200, 'it still answers')
    t.equal((await service.get('/cars')).json.length, 3, 'nothing was stored')
  }
  feature(name, converse, { web: { linger: { silence: 100 } } })
}

wired(
  'a body that has arrived and is not JSON does not end the connection',
  async (t, { send }) => {
    const get = `GET /cars/1 HTTP/1.1\r\n${host}${close}\r\n`
    const [refusal, answer] = await send(`${post('Content-Length: 1\r\n', '{')}${get}`)
    t.strictSame([refusal?.status, refusal?.headers.connection], [400, undefined])
    t.equal(answer?.status, 200)
  },
)

/** Requests that are answered by one problem, after which the service hangs up by itself. */
const refused: readonly [what: string, request: string, status: number][] = [
  ['no request line (RFC 9112 §3)', 'hello\r\n\r\n', 400],
  ['a request line without a target (§3)', `GET HTTP/1.1\r\n${host}\r\n`, 400],
  ['no version of HTTP (§2.3)', `GET /cars FTP/1.1\r\n${host}\r\n`, 400],
  ['an HTTP/0.9 request (§2.3)', 'GET /cars\r\n\r\n', 400],
  ['the greeting of TLS', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', 400],
  ['a line break alone (§2.2)', `GET /cars HTTP/1.1\n${host}\n`, 400],
  ['a target without a slash (§3.2)', `GET cars HTTP/1.1\r\n${host}\r\n`, 400],
  ['a control character in the target (§3.2)', `GET /cars\x01 HTTP/1.1\r\n${host}\r\n`, 400],
  ['bytes beyond ASCII in the target (§3.2)', `GET /cars/\xe9 HTTP/1.1\r\n${host}\r\n`, 400],
  ['a method that nobody knows (RFC 9110 §15.6.2)', `BREW /cars HTTP/1.1\r\n${host}\r\n`, 501],
  ['a method in lower case (RFC 9110 §9.1)', `get /cars HTTP/1.1\r\n${host}\r\n`, 501],
  [
    'CONNECT (RFC 9110 §9.3.6)',
    `CONNECT example.com:443 HTTP/1.1\r\nHost: example.com\r\n\r\n`,
    501,
  ],
  ['white space before a colon (§5.1)', `GET /cars HTTP/1.1\r\n${host}Accept : */*\r\n\r\n`, 400],
  ['a folded field (§5.2)', `GET /cars HTTP/1.1\r\n${host}Accept: a/b,\r\n c/d\r\n\r\n`, 400],
  ['NUL in a field (RFC 9110 §5.5)', `GET /cars HTTP/1.1\r\n${host}Accept: \0\r\n\r\n`, 400],
  ['a field without a name (§5)', `GET /cars HTTP/1.1\r\n${host}: x\r\n\r\n`, 400],
  [
    'a target beyond all bounds (RFC 9110 §15.5.15)',
    `GET /${long(20_000)} HTTP/1.1\r\n${host}\r\n`,
    414,
  ],
  ['a target that never ends', `GET /${long(20_000)}`, 414],
  [
    'a field too large (RFC 6585 §5)',
    `GET /cars HTTP/1.1\r\n${host}X: ${long(20_000)}\r\n\r\n`,
    431,
  ],
  [
    'fields too many (RFC 6585 §5)',
    `GET /cars HTTP/1.1\r\n${host}${`X: ${long(1000)}\r\n`.repeat(20)}\r\n`,
    431,
  ],
  ['a length that is no number (§6.3)', post('Content-Length: many\r\n', car), 400],
  ['a negative length (§6.3)', post('Content-Length: -1\r\n', car), 400],
  ['two lengths (§6.3)', post('Content-Length: 33\r\nContent-Length: 34\r\n', car), 400],
  [
    'a length and chunks (§6.3)',
    post('Content-Length: 33\r\nTransfer-Encoding: chunked\r\n', chunk(car)),
    400,
  ],
  [
    'chunks that are not the last coding (§6.3)',
    post('Transfer-Encoding: chunked, gzip\r\n', chunk(car)),
    400,
  ],
  ['a chunk without a length (§7.1)', post('Transfer-Encoding: chunked\r\n', `${car}\r\n`), 400],
  [
    'a chunk longer than it says (§7.1)',
    post('Transfer-Encoding: chunked\r\n', `2\r\n${car}\r\n0\r\n\r\n`),
    400,
  ],
  [
    'chunk extensions beyond bounds (§7.1.1)',
    post('Transfer-Encoding: chunked\r\n', `2;${long(20_000)}`),
    413,
  ],
  [
    'trailers beyond bounds (§7.1.2)',
    post('Transfer-Encoding: chunked\r\n', `${chunk(car)}X: ${long(20_000)}`),
    431,
  ],
  [
    'another expectation (RFC 9110 §10.1.1)',
    post(`Expect: 999\r\nContent-Length: ${car.length}\r\n`, car),
    417,
  ],
  ['a body announced too large', post('Content-Length: 2000000\r\n', ''), 413],
  [
    'chunks that grow too large',
    post('Transfer-Encoding: chunked\r\n', `100002\r\n${long(0x100001)}`),
    413,
  ],
]

function post(fields: string, body: string): string {
  return `POST /cars HTTP/1.1\r\n${host}${json}${fields}\r\n${body}`
}

/** All of it in one chunk, and the last one but for its final line. */
function chunk(text: string): string {
  return `${text.length.toString(16)}\r\n${text}\r\n0\r\n`
}

wired('what is no request is answered by a problem, and the connection ends', async (t, wire) => {
  for (const [what, request, status] of refused) {
    const [answer, ...others] = await wire.send(Buffer.from(request, 'latin1'))
    t.strictSame(others, [], `${what}: one answer`)
    if (answer !== undefined) checkProblem(t, what, answer, status)
    t.equal(answer?.headers.connection?.toLowerCase(), 'close', `${what}: close`)
    t.ok(answer?.headers.date, `${what}: date (RFC 9110 §6.6.1)`)
  }
})

/** Requests that reach the router, refused there; the caller may go on. */
const answered: readonly [what: string, head: string, status: number, allow?: string][] = [
  ['no Host (RFC 9112 §3.2)', 'GET /cars HTTP/1.1\r\n', 400],
  ['two Hosts (RFC 9112 §3.2)', `GET /cars HTTP/1.1\r\n${host}${host}`, 400],
  ['an asterisk with GET (RFC 9112 §3.2.4)', `GET * HTTP/1.1\r\n${host}`, 400],
  ['a target too long', `GET /cars?x=${long(9000)} HTTP/1.1\r\n${host}`, 414],
  ['a method of WebDAV', `PROPFIND /cars HTTP/1.1\r\n${host}`, 501],
  ['a method of WebDAV where nothing is', `LOCK /motorcycles HTTP/1.1\r\n${host}`, 501],
  ['a method of caches', `PURGE /cars/1 HTTP/1.1\r\n${host}`, 501],
  ['TRACE, which is off', `TRACE /cars HTTP/1.1\r\n${host}`, 405, 'GET, HEAD, POST, OPTIONS'],
  ['nothing there', `GET /motorcycles HTTP/1.1\r\n${host}`, 404],
]

wired('what is refused by the router leaves the connection open', async (t, wire) => {
  const next = `GET /cars/2 HTTP/1.1\r\n${host}${close}\r\n`
  for (const [what, head, status, allow] of answered) {
    const [refusal, after] = await wire.send(`${head}\r\n${next}`)
    if (refusal !== undefined) checkProblem(t, what, refusal, status)
    t.equal(refusal?.headers.allow, allow, `${what}: Allow`)
    t.equal(after?.status, 200, `${what}: the next request is answered`)
  }
})

wired('a body that nobody reads is not taken for the next request', async (t, wire) => {
  const smuggled = `DELETE /cars/1 HTTP/1.1\r\n${host}\r\n`
  const next = `GET /cars/1 HTTP/1.1\r\n${host}${close}\r\n`
  for (const [line, type, status] of [
    ['PUT /cars', 'application/json', 405],
    ['POST /motorcycles', 'application/json', 404],
    ['POST /cars', 'application/xml', 415],
    ['GET /cars/1', 'application/json', 200],
    ['DELETE /cars/99', 'application/json', 404],
    ['OPTIONS /cars', 'application/json', 204],
    ['PROPFIND /cars', 'application/json', 501],
  ] as const) {
    const head = `${line} HTTP/1.1\r\n${host}Content-Type: ${type}\r\nContent-Length: ${smuggled.length}\r\n\r\n`
    const answers = await wire.send(head + smuggled + next)
    t.strictSame(
      answers.map(answer => answer.status),
      [status, 200],
      line,
    )
  }
})

wired('requests sent at once are answered in their order', async (t, wire) => {
  const get = (path: string, fields = '') => `GET ${path} HTTP/1.1\r\n${host}${fields}\r\n`
  const answers = await wire.send(
    get('/cars/1') + get('/cars/99') + get('/cars/3') + get('/cars/2', close),
  )
  t.strictSame(
    answers.map(({ text }) => JSON.parse(text).id ?? JSON.parse(text).status),
    [1, 404, 3, 2],
  )
})

wired('the whole address is taken as proxies send it (RFC 9112 §3.2.2)', async (t, wire) => {
  const one = async (target: string) => {
    const [answer] = await wire.send(
      `GET ${target} HTTP/1.1\r\nHost: other.example\r\n${close}\r\n`,
    )
    return answer
  }
  t.equal((await one('http://localhost/cars/1'))?.status, 200)
  t.equal((await one('http://localhost'))?.status, 200)
  const page = await one('HTTP://localhost:80/v1/cars?limit=3')
  t.equal(page?.status, 200)
  t.equal(page?.headers.link, '</v1/cars?limit=3>; rel="first"')
})

wired('an older client is answered, and hung up on (RFC 9112 §2.3, §9.3)', async (t, wire) => {
  const [answer] = await wire.send('GET /cars/1 HTTP/1.0\r\n\r\n')
  t.equal(answer?.status, 200)
  t.equal(answer?.headers.connection, 'close')
})

wired(
  'a client that waits for leave to send its body gets it (RFC 9110 §10.1.1)',
  async (t, wire) => {
    const socket = wire.open()
    const fields = `Expect: 100-continue\r\nContent-Length: 2\r\n${close}`
    socket.write(post(fields, ''))
    const [first] = await once(socket, 'data')
    t.equal(String(first), 'HTTP/1.1 100 Continue\r\n\r\n')
    socket.write('{}')
    const [answer] = await receive(socket)
    if (answer !== undefined) checkProblem(t, 'the body was read', answer, 422)
  },
)

const unfinished: readonly [what: string, sent: string][] = [
  ['before it has said anything', ''],
  ['in the request line', 'GET /ca'],
  ['in the fields', `POST /cars HTTP/1.1\r\n${host}Content-Le`],
  ['in the body', post(`Content-Length: ${car.length}\r\n`, car.slice(0, 10))],
  ['in a chunk', post('Transfer-Encoding: chunked\r\n', `22\r\n${car.slice(0, 10)}`)],
  ['before it has read the answer', `GET /todos?limit=1000 HTTP/1.1\r\n${host}\r\n`],
  ['after CONNECT', `CONNECT example.com:443 HTTP/1.1\r\n${host}\r\n`],
  ['after nonsense', 'hello\r\n\r\n'],
  ['with an expectation', post('Expect: 999\r\nContent-Length: 2\r\n', '')],
]

wired('a client that goes away harms nobody', async (t, wire, { app }) => {
  for (const [what, sent] of unfinished)
    for (const leave of [
      (socket: Socket) => socket.resetAndDestroy(),
      (socket: Socket) => socket.destroy(),
    ]) {
      const [socket, peer] = await openBothEnds(wire, app)
      const gone = new Promise(resolve => peer.once('close', resolve))
      await new Promise<void>(resolve => socket.write(sent, () => resolve()))
      leave(socket)
      await gone
      t.pass(`${what}: its connection is given up`)
    }
})

wired('a client that does not hang up is hung up on', async (t, wire, { app }) => {
  for (const request of [
    'hello\r\n\r\n',
    `CONNECT example.com:443 HTTP/1.1\r\n${host}\r\n`,
    post('Expect: 999\r\n', ''),
  ]) {
    const [socket, peer] = await openBothEnds(wire, app)
    const gone = new Promise(resolve => peer.once('close', resolve))
    socket.write(request)
    await gone
    t.notOk(socket.destroyed, 'its connection is given up by the service')
  }
})

wired(
  'a request that takes too long to arrive is given up (RFC 9110 §15.5.9)',
  async (t, wire, { app }) => {
    t.ok(app.server.requestTimeout > 0 && app.server.headersTimeout > 0, 'there are limits')
    const [socket, peer] = await openBothEnds(wire, app)
    socket.write('GET /cars')
    // Node says so of a connection that is over the limit; how long it waits is Node's to test.
    app.server.emit(
      'clientError',
      Object.assign(new Error('late'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' }),
      peer,
    )
    const [answer] = await receive(socket)
    t.equal(answer?.status, 408)
    if (answer !== undefined) checkProblem(t, '408', answer, 408)
  },
)

/** A connection, and the service's end of it. */
async function openBothEnds(
  wire: Wire,
  { server }: Service['app'],
): Promise<[client: Socket, service: Socket]> {
  const accepted = once(server, 'connection')
  const socket = wire.open()
  socket.on('error', () => {})
  const [peer] = await accepted
  return [socket, peer as Socket]
}
