// A client that sends more than is read is told so: its answer is not lost with the connection (RFC 9112 §9.6).

import { once } from 'node:events'
import type { Socket } from 'node:net'
import type { Test } from 'tap'
import { required } from '../support/access.ts'
import { checkProblem } from '../support/problem.ts'
import { feature, type Service } from '../support/service.ts'
import { Conversation, listen, openTo, receive } from '../support/wire.ts'

const megabytes = (count: number) => Buffer.alloc(count * 1_048_576, ' ')

function head(path: string, fields: string): string {
  return `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n${fields}\r\n`
}

/** Sends all of it before it looks at the answer, as blocking clients do. */
async function sendAll(port: number, request: string, body: Buffer) {
  const socket = openTo(port)
  socket.pause()
  socket.write(request)
  await new Promise<void>((resolve, reject) =>
    socket.write(body, error => (error ? reject(error) : resolve())),
  )
  socket.resume()
  return receive(socket)
}

const rows: readonly [what: string, path: string, fields: string, status: number][] = [
  ['a body announced too large', '/cars', 'Content-Length: 20971520\r\n', 413],
  ['a body for nothing', '/nothing', 'Content-Length: 20971520\r\n', 404],
  ['a body for another method', '/cars/1', 'Content-Length: 20971520\r\n', 405],
  [
    'a body of another content coding',
    '/cars',
    'Content-Encoding: gzip\r\nContent-Length: 20971520\r\n',
    415,
  ],
  ['a body behind another expectation', '/cars', 'Expect: x\r\nContent-Length: 20971520\r\n', 417],
  ['a body behind a bad Host', '/cars', 'Host: x\r\nContent-Length: 20971520\r\n', 400],
  ['a body that is no chunk', '/cars', 'Transfer-Encoding: chunked\r\n', 400],
  ['a body in another coding', '/cars', 'Transfer-Encoding: gzip, chunked\r\n', 501],
]

feature(
  'a client that sends 20 MB before it reads hears why they were refused',
  async (t: Test, service: Service) => {
    const { port } = await listen(t, service)
    for (const [what, path, fields, status] of rows) {
      const [answer, ...more] = await sendAll(port, head(path, fields), megabytes(20))
      t.strictSame(more, [], `${what}: one answer`)
      if (answer !== undefined) checkProblem(t, what, answer, status)
      t.equal(answer?.headers.connection, 'close', `${what}: close`)
    }
  },
)

feature(
  'a client without credentials that sends 20 MB hears that it needs some',
  async (t, service) => {
    const { port } = await listen(t, service)
    const [answer] = await sendAll(
      port,
      head('/cars', 'Content-Length: 20971520\r\n'),
      megabytes(20),
    )
    if (answer !== undefined) checkProblem(t, '401', answer, 401)
  },
  { access: required },
)

feature('a body in chunks that grows too large is heard of', async (t, service) => {
  const { port } = await listen(t, service)
  const size = 20 * 1_048_576
  const body = Buffer.concat([
    Buffer.from(`${size.toString(16)}\r\n`),
    megabytes(20),
    Buffer.from('\r\n0\r\n\r\n'),
  ])
  const [answer] = await sendAll(port, head('/cars', 'Transfer-Encoding: chunked\r\n'), body)
  if (answer !== undefined) checkProblem(t, '413', answer, 413)
})

/** Waits for the answer, and then sends on until it is cut off. */
async function sendOn(socket: Socket, conversation: Conversation, piece: Buffer): Promise<number> {
  let sent = 0
  await conversation.answers(1)
  const gone = new Promise(resolve => socket.once('close', resolve))
  const send = () => {
    sent += piece.length
    socket.write(piece, error => (error ? undefined : setImmediate(send)))
  }
  send()
  await gone
  return sent
}

feature(
  'a client that sends on without end is cut off after so many bytes',
  async (t, service) => {
    const { port } = await listen(t, service)
    const socket = openTo(port)
    socket.write(head('/cars', 'Content-Length: 1000000000\r\n'))
    const sent = await sendOn(socket, new Conversation(socket), megabytes(1))
    t.ok(sent > 4 * 1_048_576, 'as many as are let')
    t.equal((await service.get('/cars/1')).status, 200)
  },
  { web: { linger: { bytes: 4 * 1_048_576 } } },
)

feature(
  'a client that sends on slowly without end is cut off after a time',
  async (t, service) => {
    const { port } = await listen(t, service)
    const socket = openTo(port)
    socket.write(head('/cars', 'Content-Length: 1000000000\r\n'))
    await sendOn(socket, new Conversation(socket), Buffer.from(' '))
    t.equal((await service.get('/cars/1')).status, 200)
  },
  { web: { linger: { time: 300 } } },
)

feature(
  'a client that says no more and does not hang up is hung up on',
  async (t, service) => {
    const { port } = await listen(t, service)
    const socket = openTo(port)
    const accepted = once(service.app.server, 'connection')
    socket.write(head('/cars', 'Content-Length: 1000000000\r\n'))
    const [peer] = await accepted
    await once(peer as Socket, 'close')
    t.notOk(socket.destroyed)
    socket.destroy()
  },
  { web: { linger: { silence: 100 } } },
)

feature('a client that has closed its sending side still gets its response', async (t, service) => {
  const { port } = await listen(t, service)
  const socket = openTo(port)
  const car = '{"model":"240SX","color":"Silver"}'
  const one = head('/cars', `Content-Length: ${car.length}\r\n`) + car
  socket.end(one + one)
  const answers = await receive(socket)
  t.strictSame(
    answers.map(({ status }) => status),
    [201, 201],
  )
})
