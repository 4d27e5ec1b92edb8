// HEAD, OPTIONS and 405: what the addresses that are registered do not say themselves (RFC 9110 §9.3.2, §9.3.7, §15.5.6).

import type { FastifyInstance, FastifyReply, FastifyRequest, HookHandlerDoneFunction } from 'fastify'
import { Problem } from '../http/problem.ts'
import type { Operation } from '../operations/operation.ts'

const order = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']

interface Address {
  readonly methods: Set<string>
  accepts: Record<string, string>
}

/** Takes note of every route from now on; call the function it gives when they are all there. */
export function collectMethods(app: FastifyInstance): () => void {
  const addresses = new Map<string, Address>()
  app.addHook('onRoute', route => {
    const { url, method, config } = route
    if (config?.otherMethods !== undefined) return
    if (method === 'HEAD') route.onSend = [route.onSend ?? [], dropFalseLength].flat()
    const address = addresses.get(url) ?? { methods: new Set(['OPTIONS']), accepts: {} }
    for (const name of [method].flat()) address.methods.add(name)
    Object.assign(address.accepts, acceptFields(config?.operation))
    addresses.set(url, address)
  })
  return () => {
    for (const [url, address] of addresses) answerOthers(app, url, address)
  }
}

/** Fastify gives the 304 to a HEAD the length 0, which would be that of the 200 to a GET (RFC 9110 §8.6). */
async function dropFalseLength(_request: FastifyRequest, reply: FastifyReply, payload: unknown): Promise<unknown> {
  if (reply.statusCode === 304) reply.removeHeader('content-length')
  return payload
}

/** RFC 5789 §3.1 Accept-Patch, RFC 5023 style Accept-Post as in the LDP recommendation §7.1. */
function acceptFields(operation: Operation | undefined): Record<string, string> {
  const types = operation?.accepts.join(', ')
  if (operation?.method === 'PATCH') return { 'accept-patch': types ?? '' }
  return operation?.method === 'POST' ? { 'accept-post': types ?? '' } : {}
}

/** 501 for a method that nobody knows, 405 for one that is not here, and the answer to OPTIONS: before credentials are asked for. */
export function answerMethod(request: FastifyRequest, reply: FastifyReply, done: HookHandlerDoneFunction): void {
  const { is404, method, server, routeOptions } = request
  if (is404 && !server.supportedMethods.includes(method)) throw new Problem('notImplemented')
  const other = routeOptions.config?.otherMethods
  if (other === undefined) {
    done()
    return
  }
  if (method !== 'OPTIONS') throw new Problem('methodNotAllowed', { headers: { allow: other.allow } })
  reply
    .code(204)
    .headers({ ...other, 'cache-control': 'no-cache' })
    .send()
}

function answerOthers(app: FastifyInstance, url: string, { methods, accepts }: Address): void {
  const allow = order.filter(method => methods.has(method)).join(', ')
  const others = app.supportedMethods.filter(method => method === 'OPTIONS' || !methods.has(method))
  app.route({
    method: others,
    url,
    schema: { hide: true },
    config: { otherMethods: { allow, ...accepts } },
    handler: async () => undefined,
  })
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** On a route of this file's own: what its address says of itself, `allow` above all. */
    otherMethods?: Readonly<Record<string, string>> & { readonly allow: string }
  }
}
