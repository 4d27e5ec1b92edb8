// Callers who do not read what they asked for, or send much at once: the memory they take is bounded for all of them
// together, and nobody else is kept from being served.

import { once } from 'node:events'
import type { Socket } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import { Type } from '@sinclair/typebox'
import type { Test } from 'tap'
import { resource } from '../../src/resource/resource.ts'
import { maxConnections } from '../../src/server/memory.ts'
import { maxUnanswered } from '../../src/server/room.ts'
import { checkProblem } from '../support/problem.ts'
import { feature, type Received, type Service } from '../support/service.ts'
import { Conversation, listen, receive } from '../support/wire.ts'

const mebibyte = 1024 * 1024

const papers = resource(
  'papers',
  Type.Object({
    title: Type.String({ maxLength: 20 }),
    body: Type.String({ maxLength: 1_000_000 }),
  }),
  {
    description: 'A page of them has three megabytes',
    sample: ['a', 'b', 'c'].map(title => ({ title, body: title.repeat(1_000_000) })),
  },
)
const resources = [papers]

const head = (target: string) => `GET ${target} HTTP/1.1\r\nHost: localhost\r\n\r\n`

/** A connection that asks for one page after the other and reads none, so that even the kernel's buffers are full. */
function neverRead(t: Test, socket: Socket): Socket {
  const ask = () => socket.writable && socket.write(head('/papers'))
  const timer = setInterval(ask, 20)
  t.teardown(() => clearInterval(timer))
  socket.on('error', () => {}).pause()
  return socket
}

/** Asks until the answer has this status; a test that waits for ever fails by its time. */
async function until(status: number, ask: () => Promise<Received>): Promise<Received> {
  for (;;) {
    const answer = await ask()
    if (answer.status === status) return answer
    await setTimeout(10)
  }
}

feature(
  'while pages that nobody reads fill the memory for them, further pages are 503 and everything small is served',
  async (t: Test, service: Service) => {
    const { open } = await listen(t, service)
    const sockets = Array.from({ length: 6 }, () => neverRead(t, open()))
    const refused = await until(503, () => service.get('/papers'))
    checkProblem(t, 'a page', refused, 503)
    t.equal(refused.headers['retry-after'], '1')
    for (const name of ['etag', 'link', 'x-total-count', 'preference-applied'])
      t.equal(refused.headers[name], undefined, `a refusal has no ${name}`)
    t.equal((await service.get('/papers?fields=title')).status, 200)
    t.equal((await service.get('/livez')).status, 200)
    t.equal((await service.post('/papers', { title: 'd', body: 'short' })).status, 201)
    t.equal(
      (await service.get('/papers?title=d&fields=title')).json.length,
      1,
      'what was written is there',
    )
    for (const socket of sockets) socket.destroy()
    const served = await until(200, () => service.get('/papers'))
    t.equal(served.json.length, 4, 'and pages again, when their connections are gone')
  },
  { resources, memory: { total: 16 * mebibyte } },
)

feature(
  'an answer that is not read in time ends its connection, however small the steps in which it is read',
  async (t, service) => {
    const { open } = await listen(t, service)
    const socket = neverRead(t, open())
    const timer = setInterval(() => socket.read(1), 15)
    t.teardown(() => clearInterval(timer))
    const connections = () =>
      new Promise<number>(resolve =>
        service.app.server.getConnections((_, count) => resolve(count)),
      )
    while ((await connections()) === 0) await setTimeout(10)
    while ((await connections()) > 0) await setTimeout(10)
    t.equal((await service.get('/papers')).status, 200, 'and all that it held is free')
  },
  {
    resources,
    memory: { total: 64 * mebibyte, rate: 100 * mebibyte, gracePeriod: 500, check: 20 },
  },
)

feature(
  'clients that read get every page, however many they ask for on one connection',
  async (t, service) => {
    const { open } = await listen(t, service)
    const socket = open()
    const close = `${head('/papers').repeat(9)}GET /papers HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`
    socket.write(close)
    const answers = await receive(socket)
    t.strictSame(
      answers.map(({ status, text }) => (status === 200 ? status : text)),
      Array.from({ length: 10 }, () => 200),
      'a refusal would say why',
    )
    t.ok(answers.every(({ text }) => text.length > 3_000_000))
  },
  { resources },
)

feature(
  'bodies that would take too much memory together are refused before they are read',
  async (t, service) => {
    const { open } = await listen(t, service)
    const body = JSON.stringify({ title: 'e', body: 'e'.repeat(900_000) })
    const post = `POST /papers HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\n`
    const first = open()
    first.write(`${post}Expect: 100-continue\r\nContent-Length: ${body.length}\r\n\r\n`)
    t.match(
      String(await once(first, 'data')),
      /^HTTP\/1\.1 100 /,
      'the head of the first has arrived',
    )
    const refused = await service.post('/papers', { title: 'f', body: 'f'.repeat(900_000) })
    checkProblem(t, 'a second large body', refused, 503)
    t.equal(
      (await service.post('/papers', { title: 'g', body: 'short' })).status,
      201,
      'a small one is taken',
    )
    first.write(body)
    const [answer] = await receive(first)
    t.equal(answer?.status, 201, 'and so is the first, when it is there')
    await until(201, () => service.post('/papers', { title: 'h', body: 'h'.repeat(900_000) }))
    t.strictSame(
      (await service.get('/papers?fields=title&title=e&title=f')).json,
      [{ title: 'e' }],
      'what was refused was not stored',
    )
  },
  { resources, memory: { total: 2 * mebibyte } },
)

feature('one connection may have a hundred requests without a response', async (t, service) => {
  const { open } = await listen(t, service)
  const socket = open()
  const last = 'GET /countries/1 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n'
  socket.write(head('/countries/1').repeat(maxUnanswered + 20) + last)
  const answers = await receive(socket)
  const refused = answers.filter(({ status }) => status !== 200)
  t.equal(answers.length, maxUnanswered + 21)
  t.ok(refused.length <= 21)
  for (const answer of refused) checkProblem(t, 'one more', answer, 503)
})

feature('connections are bounded', async (t, service) => {
  const { open } = await listen(t, service)
  t.equal(service.app.server.maxConnections, maxConnections)
  service.app.server.maxConnections = 2
  const [first, second] = [open(), open()]
  for (const socket of [first, second]) {
    socket.write(head('/livez'))
    await once(socket, 'data')
  }
  const third = open()
  third.on('error', () => {}).resume()
  await once(third, 'end')
  first.destroy()
  const left = () =>
    new Promise<number>(resolve => service.app.server.getConnections((_, count) => resolve(count)))
  while ((await left()) > 1) await setTimeout(10)
  const fourth = open()
  fourth.write(head('/livez'))
  t.ok((await once(fourth, 'data')).length > 0, 'when one is gone another is taken')
})

feature(
  'a connection whose answers are read may ask as often as it likes',
  async (t, service) => {
    const { open } = await listen(t, service)
    const socket = open()
    const conversation = new Conversation(socket)
    for (let asked = 1; asked <= maxUnanswered + 2; asked++) {
      socket.write(head('/livez'))
      await conversation.answers(asked)
    }
    const answers = await conversation.answers(maxUnanswered + 2)
    t.strictSame([...new Set(answers.map(({ status }) => status))], [200])
  },
  { resources },
)
