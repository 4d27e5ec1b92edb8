// Clients that take their time on purpose: each costs one connection for a bounded time, and is told why.

import type { Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import type { Test } from 'tap'
import { checkProblem } from '../support/problem.ts'
import { feature, type Service } from '../support/service.ts'
import { listen, receive, type WireAnswer } from '../support/wire.ts'

/** In ms: short ones, so that the test is. */
const times = { head: 200, request: 400, silence: 600, idle: 200, check: 50 }
const options = { web: { times } }

const head = 'POST /books HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n'

/** Sends the pieces one by one, again and again, for as long as it is let. */
async function drip(socket: Socket, first: string, piece: string): Promise<WireAnswer[]> {
  socket.write(first)
  const timer = setInterval(() => socket.writable && socket.write(piece), 20)
  try {
    return await receive(socket)
  } finally {
    clearInterval(timer)
  }
}

async function expectTimeout(t: Test, what: string, answers: readonly WireAnswer[]): Promise<void> {
  t.equal(answers.length, 1, what)
  for (const answer of answers) checkProblem(t, what, answer, 408)
}

feature(
  'a request that does not arrive in time is cut off',
  async (t: Test, service: Service) => {
    const { open } = await listen(t, service)
    const slow: [what: string, first: string, piece: string][] = [
      ['a head without end', 'GET /books HTTP/1.1\r\nHost: localhost\r\n', 'X-A: b\r\n'],
      ['a request line letter by letter', 'GET /', 'a'],
      ['a body without end', `${head}Content-Length: 1000000\r\n\r\n{`, ' '],
      ['a body in chunks without end', `${head}Transfer-Encoding: chunked\r\n\r\n`, '1\r\n \r\n'],
    ]
    await Promise.all(
      slow.map(async ([what, ...sent]) => expectTimeout(t, what, await drip(open(), ...sent))),
    )
    t.equal((await service.get('/books')).status, 200, 'others are served')
    t.equal((await service.get('/books?title=%7B')).json.length, 0, 'and nothing was stored')
  },
  options,
)

feature(
  'rows that are stored later may take longer to arrive',
  async (t: Test, service: Service) => {
    const { open } = await listen(t, service)
    const socket = open()
    const fields =
      'Content-Type: application/x-ndjson\r\nPrefer: respond-async\r\nConnection: close\r\n'
    const row = '{"name":"A","capital":"B","area":1}\n'
    const start = `POST /countries HTTP/1.1\r\nHost: localhost\r\n${fields}`
    socket.write(`${start}Content-Length: ${60 * row.length}\r\n\r\n`)
    for (let sent = 0; sent < 60; sent++) {
      await pause(25)
      socket.write(row)
    }
    const answers = await receive(socket)
    t.strictSame(
      answers.map(({ status }) => status),
      [202],
    )
  },
  options,
)

feature(
  'a connection that says nothing is closed',
  async (t: Test, service: Service) => {
    const { open } = await listen(t, service)
    const silent = open()
    t.ok((await receive(silent)).length <= 1, 'before a request')
    const idle = open()
    idle.write('GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n')
    const [answer, ...more] = await receive(idle)
    t.equal(answer?.status, 200)
    t.strictSame(more, [], 'after a request')
  },
  options,
)

feature('there are limits to the time of everything', async (t, { app }) => {
  const { headersTimeout, requestTimeout, timeout, keepAliveTimeout } = app.server
  for (const limit of [headersTimeout, requestTimeout, timeout, keepAliveTimeout])
    t.ok(limit > 0 && limit <= 120_000)
})
