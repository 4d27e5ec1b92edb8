// Conversations with a listening service by raw sockets: for what no client of HTTP would send.

import { once } from 'node:events'
import { type AddressInfo, connect, type Socket } from 'node:net'
import type { Test } from 'tap'
import type { Service } from './service.ts'

export interface WireAnswer {
  readonly status: number
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
}

export interface Wire {
  readonly port: number
  /** A connection that is closed with the test. */
  open(): Socket
  /** Sends this and gives every answer until the service hangs up. */
  send(request: string | Buffer): Promise<WireAnswer[]>
}

/** No conversation takes this long, in milliseconds; a service that does not hang up fails the test. */
const patience = 20_000

/** Makes the service listen on a free port of the loopback interface. */
export async function listen(t: Test, { app }: Pick<Service, 'app'>): Promise<Wire> {
  await app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.server.address() as AddressInfo
  const open = () => {
    const socket = openTo(port)
    t.teardown(() => socket.destroy())
    return socket
  }
  const send = (request: string | Buffer) => {
    const socket = open()
    socket.write(request)
    return receive(socket)
  }
  return { port, open, send }
}

class OutOfPatience extends Error {
  override readonly message = 'The service did not hang up.'
}

/** A connection that reads on when it is told no more, and does not wait without an end. */
export function openTo(port: number): Socket {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
  return socket.setTimeout(patience, () => socket.destroy(new OutOfPatience()))
}

/** Every answer on a connection until it ends. Who is hung up on while still sending may see a reset after the answer. */
export async function receive(socket: Socket): Promise<WireAnswer[]> {
  return new Conversation(socket).toTheEnd()
}

/** What is received on one connection. `heads`: which answers are to HEAD, and have no content. */
export class Conversation {
  readonly #socket: Socket
  readonly #heads: ReadonlySet<number>
  #received = Buffer.alloc(0)
  #error: Error | undefined
  #over = false

  constructor(socket: Socket, heads: ReadonlySet<number> = new Set()) {
    this.#socket = socket
    this.#heads = heads
    socket.on('data', (piece: Buffer) => {
      this.#received = Buffer.concat([this.#received, piece])
      socket.emit('progress')
    })
    const finish = (error?: Error) => {
      this.#error ??= error
      this.#over = true
      socket.emit('progress')
    }
    socket.once('end', finish).once('close', finish).on('error', finish)
  }

  /** Waits for so many answers, or for the end. */
  async answers(count: number): Promise<WireAnswer[]> {
    while (!this.#over && this.#parse().answers.length < count) await once(this.#socket, 'progress')
    return this.#parse().answers
  }

  /** Fails for anything between and after the answers: their lengths must be exact. */
  async toTheEnd(): Promise<WireAnswer[]> {
    while (!this.#over) await once(this.#socket, 'progress')
    this.#socket.destroy()
    if (
      this.#error !== undefined &&
      (this.#received.length === 0 || this.#error instanceof OutOfPatience)
    )
      throw this.#error
    const { answers, rest } = this.#parse()
    if (rest.length > 0) throw new Error(`No whole answer of HTTP/1.1: ${rest.toString('latin1')}`)
    return answers
  }

  #parse(): { answers: WireAnswer[]; rest: Buffer } {
    const answers: WireAnswer[] = []
    for (let rest = this.#received; ; ) {
      const read = readAnswer(rest, this.#heads.has(answers.length))
      if (read === undefined) return { answers, rest }
      answers.push(read.answer)
      rest = rest.subarray(read.length)
    }
  }
}

/** The first answer, and how many bytes it has; nothing while it is not all there. */
function readAnswer(
  bytes: Buffer,
  toHead: boolean,
): { answer: WireAnswer; length: number } | undefined {
  const end = bytes.indexOf('\r\n\r\n')
  if (end === -1) return undefined
  const [line = '', ...fields] = bytes.subarray(0, end).toString('latin1').split('\r\n')
  const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(line)?.[1])
  if (Number.isNaN(status)) throw new Error(`No answer of HTTP/1.1: ${bytes.toString('latin1')}`)
  const headers = Object.fromEntries(fields.map(toField))
  const without = toHead || status < 200 || status === 204 || status === 304
  const length = end + 4 + (without ? 0 : Number(headers['content-length']))
  if (bytes.length < length) return undefined
  return { answer: { status, headers, text: bytes.subarray(end + 4, length).toString() }, length }
}

function toField(line: string): [name: string, value: string] {
  const colon = line.indexOf(':')
  return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()]
}
