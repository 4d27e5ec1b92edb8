// Told to stop under load: a balancer is warned while everything is still answered, and no request fails.

import { once } from 'node:events'
import { Agent, request } from 'node:http'
import { connect, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { setTimeout as pause } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { folderOf, type Server, serve } from '../support/process.ts'

const settings = { SAMPLE_DATA: 'false', LOG_LEVEL: 'error' }

interface Answer {
  readonly status: number | undefined
  readonly connection: string | undefined
}

/** One request over connections that are kept, as a balancer keeps them. Rejected when there is no whole answer. */
async function ask(agent: Agent, { port }: Server, path: string, json?: object): Promise<Answer> {
  const method = json === undefined ? 'GET' : 'POST'
  const headers = json === undefined ? {} : { 'content-type': 'application/json' }
  const sent = request({ agent, host: '127.0.0.1', port, path, method, headers })
  sent.end(json === undefined ? undefined : JSON.stringify(json))
  const [response] = await once(sent, 'response')
  await text(response)
  return { status: response.statusCode, connection: response.headers.connection }
}

for (const WORKERS of ['1', '2'])
  t.test(
    `a balancer that heeds /readyz loses no request when a service of ${WORKERS} is told to stop`,
    async t => {
      const server = await serve(t, { ...settings, WORKERS, DRAIN_SECONDS: '5' }, folderOf(t))
      const agent = new Agent({ keepAlive: true })
      const answers: Answer[] = []
      let ready = true
      const work = async (client: number) => {
        for (let n = 0; ready; n++)
          answers.push(await ask(agent, server, '/todos', { userId: 1, title: `${client} ${n}` }))
      }
      const probe = async () => {
        while (ready) ready = (await ask(agent, server, '/readyz')).status === 200
      }
      const load = Promise.all([probe(), ...[1, 2, 3, 4, 5, 6, 7, 8].map(work)])
      while (answers.length < 50) await ask(agent, server, '/todos?limit=1')
      server.tell()
      await load
      const late = await ask(new Agent(), server, '/todos', { userId: 1, title: 'late' })
      t.strictSame(
        late,
        { status: 201, connection: 'close' },
        'who has not heard is still answered, on a new connection too',
      )
      t.strictSame([...new Set(answers.map(({ status }) => status))], [201])
      t.equal((await ask(agent, server, '/livez')).status, 200, 'it is not to be killed')
      agent.destroy()
      t.strictSame(await server.ended, { code: 0, out: '', err: '' })
    },
  )

t.test('interrupted at the keyboard it waits for no balancer', async t => {
  const server = await serve(t, { ...settings, DRAIN_SECONDS: '300' }, folderOf(t))
  server.interrupt()
  t.strictSame(await server.ended, { code: 0, out: '', err: '' })
})

/** A POST whose client has been told to send the body, so that the service waits for it. */
async function waiting(t: Test, { port }: Server): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1' }).on('error', () => {})
  t.teardown(() => socket.destroy())
  const body = JSON.stringify({ userId: 1, title: 'slow' })
  const type = 'Content-Type: application/json\r\nExpect: 100-continue\r\n'
  socket.write(
    `POST /todos HTTP/1.1\r\nHost: localhost\r\n${type}Content-Length: ${body.length}\r\n\r\n`,
  )
  await once(socket, 'data')
  socket.write(body.slice(0, -1))
  return socket
}

/** Until it says that it stops, or takes no connection any more. */
async function untilStopping(server: Server): Promise<void> {
  const isReady = () =>
    ask(new Agent(), server, '/readyz').then(
      ({ status }) => status === 200,
      () => false,
    )
  while (await isReady());
}

for (const [how, signal] of [
  ['Ctrl+C under npm', 'SIGINT'],
  ['systemd under npm', 'SIGTERM'],
] as const)
  t.test(`the same signal twice is one stop (${how}): what is in flight is answered`, async t => {
    const server = await serve(t, { ...settings, DRAIN_SECONDS: '1' }, folderOf(t))
    const socket = await waiting(t, server)
    server.signal(signal)
    server.signal(signal)
    await untilStopping(server)
    server.signal(signal)
    socket.write('}')
    const answer = await text(socket)
    t.match(answer, /^HTTP\/1\.1 201 /)
    t.match(answer, /\r\nconnection: close\r\n/i)
    t.strictSame(await server.ended, { code: 0, out: '', err: '' })
  })

t.test('Ctrl+C ends a drain, and requests in flight get their responses', async t => {
  const server = await serve(t, { ...settings, DRAIN_SECONDS: '300' }, folderOf(t))
  server.tell()
  await untilStopping(server)
  await pause(1100) // Sooner it would be taken for the same stop.
  server.interrupt()
  t.strictSame(await server.ended, { code: 0, out: '', err: '' })
})

t.test('Ctrl+C once more, later, cuts off what is in flight, and the log says so', async t => {
  const server = await serve(t, settings, folderOf(t))
  await waiting(t, server)
  server.interrupt()
  await untilStopping(server)
  await pause(1100)
  server.interrupt()
  const { code, err } = await server.ended
  t.equal(code, 1)
  t.match(err, /told to stop again \(SIGINT\): requests still in flight are cut off/)
})

t.test('a request that never comes to its end is cut off, and the log says so', async t => {
  const server = await serve(t, settings, folderOf(t))
  const socket = connect({ port: server.port, host: '127.0.0.1' }).on('error', () => {})
  socket.write('GET /todos HTTP/1.1\r\n')
  await ask(new Agent(), server, '/livez')
  server.tell()
  const { code, err } = await server.ended
  t.equal(code, 1)
  t.match(err, /requests still in flight after 10 s are cut off/)
})
