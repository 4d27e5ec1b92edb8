// A small balancer: each request in turn to one of the instances that are ready, over a connection of its own.

import { once } from 'node:events'
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Test } from 'tap'

interface Target {
  readonly port: number
  ready: boolean
}

/** How often, in ms, it asks the instances whether they are ready. */
const interval = 100

export class Balancer {
  readonly #targets = new Map<number, Target>()
  #turn = 0
  address = ''

  static async start(t: Test, ports: readonly number[]): Promise<Balancer> {
    const balancer = new Balancer()
    for (const port of ports) balancer.add(port)
    const server = createServer((incoming, outgoing) => void balancer.#forward(incoming, outgoing))
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const timer = setInterval(() => balancer.#check(), interval)
    t.teardown(() => {
      clearInterval(timer)
      server.closeAllConnections()
      server.close()
    })
    balancer.address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    return balancer
  }

  add(port: number): void {
    this.#targets.set(port, { port, ready: true })
  }

  remove(port: number): void {
    this.#targets.delete(port)
  }

  /** Whether requests are sent there. */
  sendsTo(port: number): boolean {
    return this.#targets.get(port)?.ready ?? false
  }

  #next(): Target | undefined {
    const ready = [...this.#targets.values()].filter(target => target.ready)
    return ready[this.#turn++ % ready.length]
  }

  /** Tried at another instance only where no connection came about, so that nothing is done twice. */
  async #forward(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const pieces: Buffer[] = []
    for await (const piece of incoming) pieces.push(piece)
    const body = Buffer.concat(pieces)
    for (let target = this.#next(); target !== undefined; target = this.#next()) {
      const outcome = await pass(target.port, incoming, body, outgoing)
      if (outcome !== 'refused') return
      target.ready = false
    }
    outgoing.writeHead(502).end('no instance is ready')
  }

  #check(): void {
    for (const target of this.#targets.values())
      request({ port: target.port, host: '127.0.0.1', path: '/readyz', agent: false })
        .on('response', answer => {
          target.ready = answer.statusCode !== 503
          answer.resume()
        })
        .on('error', () => {
          target.ready = false
        })
        .end()
  }
}

function pass(
  port: number,
  { method, url, headers }: IncomingMessage,
  body: Buffer,
  outgoing: ServerResponse,
): Promise<'refused' | 'done'> {
  return new Promise(resolve => {
    request({
      port,
      host: '127.0.0.1',
      method,
      path: url,
      headers: { ...headers, connection: 'close' },
      agent: false,
    })
      .on('response', answer => {
        const { connection, ...fields } = answer.headers
        outgoing.writeHead(answer.statusCode ?? 500, fields)
        answer.pipe(outgoing)
        answer.once('close', () => resolve('done'))
      })
      .on('error', (error: NodeJS.ErrnoException) => {
        if (error.syscall === 'connect') return resolve('refused')
        outgoing.writeHead(502).end(error.message)
        resolve('done')
      })
      .end(body)
  })
}
