// A service that is closed: what has arrived is answered, and the last answer on each connection says that it is the last.

import { once } from 'node:events'
import type { Test } from 'tap'
import { feature, type Service } from '../support/service.ts'
import {
  Conversation,
  listen,
  openTo,
  receive,
  type Wire,
  type WireAnswer,
} from '../support/wire.ts'

const car = '{"model":"240SX","color":"Silver"}'
const head = 'Host: localhost\r\nContent-Type: application/json\r\n'
const store = `POST /cars HTTP/1.1\r\n${head}Content-Length: ${car.length}\r\n\r\n${car}`
const get = 'GET /cars/1 HTTP/1.1\r\nHost: localhost\r\n\r\n'

const statuses = (answers: readonly WireAnswer[]) => answers.map(({ status }) => status)
const closing = (answers: readonly WireAnswer[]) =>
  answers.map(({ headers }) => headers.connection === 'close')

feature(
  'requests that came at once are all answered while it stops, and the last says so',
  async (t, service) => {
    const { send } = await listen(t, service)
    service.app.stopping = true
    const answers = await send(store.repeat(5))
    t.strictSame(statuses(answers), [201, 201, 201, 201, 201])
    t.strictSame(closing(answers), [false, false, false, false, true])
    t.equal((await service.get('/cars?limit=100')).json.length, 3 + 5, 'what is there was answered')
  },
)

feature('a request that comes behind the last answer is not done', async (t, service) => {
  const { port } = await listen(t, service)
  service.app.stopping = true
  const socket = openTo(port)
  const conversation = new Conversation(socket)
  socket.write(get)
  await conversation.answers(1)
  socket.write(store)
  t.strictSame(closing(await conversation.toTheEnd()), [true])
  t.equal((await service.get('/cars?limit=100')).json.length, 3)
})

/** Asks again and again on one connection until it is told that this was the last time. */
async function askUntilTold({ port }: Wire, heard: () => void): Promise<WireAnswer[]> {
  const socket = openTo(port)
  const conversation = new Conversation(socket)
  for (let count = 1; ; count++) {
    socket.write(get)
    const answers = await conversation.answers(count)
    heard()
    if (answers.length < count || answers.at(-1)?.headers.connection === 'close')
      return conversation.toTheEnd()
  }
}

feature(
  'clients that keep their connections and ask on lose no request when it is closed',
  async (t: Test, { app }: Service) => {
    const wire = await listen(t, { app })
    let answered = 0
    const begun = Promise.withResolvers<void>()
    const heard = () => {
      if (++answered === 50) begun.resolve()
    }
    const clients = Array.from({ length: 12 }, () => askUntilTold(wire, heard))
    await begun.promise
    await app.close()
    for (const answers of await Promise.all(clients)) {
      t.strictSame([...new Set(statuses(answers))], [200])
      t.strictSame(
        closing(answers),
        [...Array(answers.length - 1).fill(false), true],
        'the last one says so',
      )
    }
  },
  { web: { farewell: 15_000 } },
)

feature(
  'requests that came at once after it began to close are all answered',
  async (t, { app }) => {
    const { open } = await listen(t, { app })
    const socket = open()
    await once(socket, 'connect')
    const conversation = new Conversation(socket)
    socket.write(get)
    await conversation.answers(1)
    const closed = app.close()
    socket.write(get.repeat(5))
    const answers = await conversation.toTheEnd()
    t.strictSame(statuses(answers), [200, 200, 200, 200, 200, 200])
    t.strictSame(closing(answers), [false, false, false, false, false, true])
    await closed
  },
  { web: { farewell: 15_000 } },
)

feature(
  'requests that cross the end of a connection that was idle are answered',
  async (t, { app }) => {
    const { open } = await listen(t, { app })
    const sockets = Array.from({ length: 20 }, open)
    await Promise.all(sockets.map(socket => once(socket, 'connect')))
    const answers = sockets.map(socket => receive(socket))
    for (const socket of sockets) socket.write(get)
    await app.close()
    for (const received of await Promise.all(answers)) {
      t.strictSame(statuses(received), [200])
      t.strictSame(closing(received), [true])
    }
  },
  { web: { farewell: 0 } },
)
