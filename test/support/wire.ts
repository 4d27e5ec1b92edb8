// Conversations with a listening service by raw sockets: for what no client of HTTP would send.

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
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
    t.teardown(() => socket.destroy())
    return socket.setTimeout(patience, () => socket.destroy(new Error('The service did not hang up.')))
  }
  const send = (request: string | Buffer) => {
    const socket = open()
    socket.write(request)
    return receive(socket)
  }
  return { port, open, send }
}

/** Every answer on a connection until it ends. Who is hung up on while still sending may see a reset after the answer. */
export async function receive(socket: Socket): Promise<WireAnswer[]> {
  const pieces: Buffer[] = []
  socket.on('data', (piece: Buffer) => pieces.push(piece))
  const error = await new Promise<Error | undefined>(resolve => {
    socket.once('end', resolve).once('error', resolve)
  })
  socket.destroy()
  if (error !== undefined && pieces.length === 0) throw error
  return parseAnswers(Buffer.concat(pieces))
}

/** Fails for anything between and after the answers: their lengths must be exact. */
function parseAnswers(bytes: Buffer): WireAnswer[] {
  const answers: WireAnswer[] = []
  for (let rest = bytes; rest.length > 0; ) {
    const end = rest.indexOf('\r\n\r\n')
    const head = rest.subarray(0, end).toString('latin1')
    const [line = '', ...fields] = head.split('\r\n')
    const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(line)?.[1])
    if (end === -1 || Number.isNaN(status)) throw new Error(`No answer of HTTP/1.1: ${rest.toString('latin1')}`)
    const headers = Object.fromEntries(fields.map(toField))
    const length = status < 200 || status === 204 ? 0 : Number(headers['content-length'])
    const text = rest.subarray(end + 4, end + 4 + length).toString()
    if (Buffer.byteLength(text) !== length) throw new Error(`An answer of the wrong length: ${rest.toString('latin1')}`)
    answers.push({ status, headers, text })
    rest = rest.subarray(end + 4 + length)
  }
  return answers
}

function toField(line: string): [name: string, value: string] {
  const colon = line.indexOf(':')
  return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()]
}
