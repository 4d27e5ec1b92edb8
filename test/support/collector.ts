// A collector of OpenTelemetry on loopback, which keeps what is sent to it.

import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { resolve } from 'node:path'
import { json } from 'node:stream/consumers'
import { pathToFileURL } from 'node:url'
import type { Test } from 'tap'

export interface Attribute {
  readonly key: string
  readonly value: Record<string, unknown>
}

export interface Span extends Record<string, unknown> {
  readonly name: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly attributes: readonly Attribute[]
}

export interface Sent {
  readonly resourceSpans: {
    readonly resource: { readonly attributes: Attribute[] }
    readonly scopeSpans: {
      readonly spans: Span[]
    }[]
  }[]
}

/** The environment of a service that finds the packages of OpenTelemetry. */
export const withTracing = {
  NODE_OPTIONS: `--import=${pathToFileURL(resolve('tools/tracing/register.ts'))}`,
}

/** Takes what is sent to it as a collector does. */
export async function startCollector(t: Test) {
  const received: Sent[] = []
  const server = createServer(async (request, response) => {
    if (request.url === '/v1/traces') received.push((await json(request)) as Sent)
    response.setHeader('content-type', 'application/json').end('{}')
  }).listen(0, '127.0.0.1')
  t.teardown(() => server.close().closeAllConnections())
  await new Promise(resolve => server.once('listening', resolve))
  return { received, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

export const valuesOf = (attributes: readonly Attribute[]) =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]))

export const spansOf = (received: readonly Sent[]): Span[] =>
  received.flatMap(({ resourceSpans }) =>
    resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans)),
  )
