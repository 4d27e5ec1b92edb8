// The load: a process of its own that keeps so many connections busy, each sending its next request when the answer to
// the last is complete. It writes and reads sockets itself, at a fraction of what a server spends on a request.

import { connect } from 'node:net'

export interface Request {
  readonly method: string
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

export interface Load {
  readonly port: number
  readonly requests: readonly Request[]
  readonly connections: number
  readonly seconds: number
  /** So many answers at the most; all that come in time by default. */
  readonly answers?: number
  /** In ms, how long a connection waits between an answer and its next request; not at all by default. */
  readonly pause?: number
  /** The status that every answer must have. */
  readonly status: number
  /** Whether it sleeps while it waits, because the service needs its core; not by default. */
  readonly sleeps?: boolean
}

export interface Measured {
  readonly answers: number
  readonly seconds: number
  /** The time an answer took, in milliseconds: half of them took at most so long, and 99 of 100. */
  readonly median: number
  readonly p99: number
  /** The share of the time in which the load worked rather than waited: near 1, it is the load that was measured. */
  readonly busy: number
}

/** A request as it goes over the wire. */
export function toWire({ method, path, headers = {}, body }: Request): Buffer {
  const fields = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  const length = body === undefined ? '' : `Content-Length: ${Buffer.byteLength(body)}\r\n`
  return Buffer.from(
    `${method} ${path} HTTP/1.1\r\nHost: localhost\r\n${fields.join('')}${length}\r\n${body ?? ''}`,
  )
}

/** The length of the first answer in the buffer, and its status; undefined while its head is not complete. */
export function measureAnswer(buffer: Buffer): { status: number; length: number } | undefined {
  const end = buffer.indexOf('\r\n\r\n')
  if (end === -1) return undefined
  const head = buffer.toString('latin1', 0, end)
  const status = Number(head.slice(9, 12))
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1]
  if (length === undefined && status !== 304 && status !== 204)
    throw new Error(`An answer without its length cannot be measured: ${head}`)
  return { status, length: end + 4 + (status === 304 ? 0 : Number(length ?? 0)) }
}

interface Conversation {
  readonly port: number
  readonly status: number
  readonly pause: number
  /** The next request; undefined when there are to be no more. */
  readonly next: () => Buffer | undefined
  /** Told how long each answer took, in milliseconds, and how long it took to deal with what came. */
  readonly tell: (milliseconds: number) => void
  readonly worked: (milliseconds: number) => void
}

/** Sends requests on one connection, one after the other. */
function converse({ port, status, pause, next, tell, worked }: Conversation): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true })
    let received: Buffer = Buffer.alloc(0)
    let sent = 0
    let waiting = false
    const send = () => {
      const request = next()
      waiting = request !== undefined
      if (request === undefined) return void socket.end()
      sent = performance.now()
      socket.write(request)
    }
    const take = (chunk: Buffer) => {
      received = received.length === 0 ? chunk : Buffer.concat([received, chunk])
      const answer = measureAnswer(received)
      if (answer === undefined || received.length < answer.length) return
      if (answer.status !== status || received.length > answer.length)
        throw new Error(received.toString())
      received = received.subarray(answer.length)
      tell(performance.now() - sent)
      if (pause === 0) send()
      else setTimeout(send, pause)
    }
    socket.on('connect', send)
    socket.on('data', (chunk: Buffer) => {
      const begun = performance.now()
      try {
        take(chunk)
      } catch (error) {
        socket.destroy(error as Error)
      }
      worked(performance.now() - begun)
    })
    socket.on('error', reject)
    socket.on('close', () =>
      waiting ? reject(new Error('The connection ended before the answer.')) : resolve(),
    )
  })
}

/** Keeps this process from sleeping: waking it would cost the server more than many an answer. Gives what ends that. */
function stayAwake(): () => void {
  let awake = true
  const spin = () => void (awake && setImmediate(spin))
  spin()
  return () => {
    awake = false
  }
}

export async function run({
  port,
  requests,
  connections,
  seconds,
  answers = Infinity,
  pause = 0,
  status,
  sleeps = false,
}: Load): Promise<Measured> {
  const wire = requests.map(toWire)
  let count = 0
  const times: number[] = []
  let working = 0
  const start = performance.now()
  const deadline = start + seconds * 1000
  const next = () => {
    if (count >= answers || performance.now() >= deadline) return undefined
    return wire[count++ % wire.length]
  }
  const tell = (milliseconds: number) => times.push(milliseconds)
  const worked = (milliseconds: number) => {
    working += milliseconds
  }
  const rest = sleeps ? () => {} : stayAwake()
  try {
    await Promise.all(
      Array.from({ length: connections }, () =>
        converse({ port, status, pause, next, tell, worked }),
      ),
    )
  } finally {
    rest()
  }
  const elapsed = (performance.now() - start) / 1000
  const sorted = Float64Array.from(times).sort()
  const quantile = (share: number) => sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN
  return {
    answers: times.length,
    seconds: elapsed,
    median: quantile(0.5),
    p99: quantile(0.99),
    busy: working / 1000 / elapsed,
  }
}

if (import.meta.main) {
  process.on('message', async (load: Load) => {
    try {
      process.send?.({ measured: await run(load) })
    } catch (error) {
      process.send?.({ error: (error as Error).message })
    }
  })
  process.on('disconnect', () => process.exit())
}
