// A request whose body may take longer to arrive than others: rows that are stored later.

import type { Socket } from 'node:net'
import type { Readable } from 'node:stream'
import type { FastifyRequest } from 'fastify'
import { longestBody } from './room.ts'

const uploading = new WeakSet<Socket>()

/** Whether a request is arriving that may take long. Node tells once that it did not arrive in the usual time. */
export function isUploading(socket: Socket): boolean {
  return uploading.has(socket)
}

/** Gives a body as much time as a response that is sent part by part has. */
export function allowLongUpload({ raw: { socket } }: FastifyRequest, body: Readable): Readable {
  uploading.add(socket)
  const timer = setTimeout(() => socket.destroy(), longestBody).unref()
  return body.once('close', () => {
    clearTimeout(timer)
    uploading.delete(socket)
  })
}
