// `node:cluster` hands a connection to a worker and keeps its own end open until the worker confirms that it has it. It
// forgets the connections that a worker does not live to confirm: nobody would ever close them, and their clients would wait.

import type { Worker } from 'node:cluster'

interface Handle {
  close(): void
}

/** The messages between the cluster and a worker. */
interface Internal {
  readonly act?: string
  readonly seq?: number
  readonly ack?: number
}

/**
 * Closes, when the worker has ended, each connection that it did not confirm. It may have read the request, so that no
 * other worker can take its place: the client learns that the connection broke.
 */
export function closeUnconfirmed({ process }: Pick<Worker, 'process'>): void {
  const unconfirmed = new Map<number, Handle>()
  const send = process.send.bind(process) as (...call: unknown[]) => boolean
  process.send = (message: Internal, handle?: unknown, ...more: unknown[]) => {
    if (message.act === 'newconn' && message.seq !== undefined)
      unconfirmed.set(message.seq, handle as Handle)
    return send(message, handle, ...more)
  }
  process.on('internalMessage', ({ ack }: Internal) => {
    if (ack !== undefined) unconfirmed.delete(ack)
  })
  process.once('exit', () => {
    for (const handle of unconfirmed.values()) handle.close()
  })
}
