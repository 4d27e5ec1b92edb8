// Spans of what a request asks other servers: Redis, the identity provider, and whatever the code of a project fetches. Their
// clients tell of it by diagnostics channels, to which nobody listens unless traces are on.

import { subscribe, tracingChannel } from 'node:diagnostics_channel'
import type { ChildSpans, Ending } from './child-spans.ts'

export function followOutgoing(spans: ChildSpans): void {
  followFetch(spans)
  followRedis(spans)
}

interface Fetched {
  readonly request: {
    readonly origin: string | URL
    readonly path: string
    readonly method: string
  }
  readonly response?: { readonly statusCode: number }
  readonly error?: unknown
}

function followFetch(spans: ChildSpans): void {
  const open = new WeakMap<object, Ending>()
  const on = (event: string, act: (message: Fetched) => void) =>
    subscribe(`undici:request:${event}`, message => act(message as Fetched))
  on('create', ({ request }) => {
    const { method, origin, path } = request
    // What is asked, without the query, which may have secrets in it.
    const { href, hostname, port } = new URL(path.split('?', 1)[0] ?? '', origin)
    const end = spans.within('CLIENT')?.(method, {
      'http.request.method': method,
      'url.full': href,
      'server.address': hostname,
      ...(port && { 'server.port': Number(port) }),
    })
    if (end !== undefined) open.set(request, end)
  })
  const statuses = new WeakMap<object, number>()
  on('headers', ({ request, response }) => {
    if (open.has(request) && response) statuses.set(request, response.statusCode)
  })
  const end = ({ request, error }: Fetched) => {
    const status = statuses.get(request)
    const isRefused = status !== undefined && status >= 400
    const trouble = error ?? (isRefused ? { name: String(status) } : undefined)
    open.get(request)?.(
      trouble,
      status === undefined ? {} : { 'http.response.status_code': status },
    )
  }
  on('trailers', end)
  on('error', end)
}

interface Command {
  readonly command: string
  readonly serverAddress?: string
  readonly serverPort?: number
  readonly error?: unknown
}

function followRedis(spans: ChildSpans): void {
  const open = new WeakMap<object, Ending>()
  tracingChannel<Command, Command>('ioredis:command').subscribe({
    start(message) {
      const { command, serverAddress, serverPort } = message
      const operation = command.toUpperCase()
      const end = spans.within('CLIENT')?.(operation, {
        'db.system.name': 'redis',
        'db.operation.name': operation,
        ...(serverAddress && { 'server.address': serverAddress }),
        ...(serverPort && { 'server.port': serverPort }),
      })
      if (end !== undefined) open.set(message, end)
    },
    asyncEnd(message) {
      open.get(message)?.(message.error)
    },
    end() {},
    asyncStart() {},
    error() {},
  })
}
