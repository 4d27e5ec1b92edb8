// 404 for addresses without routes; HEAD, OPTIONS and 405 for all others (RFC 9110 §9.3.2, §9.3.7, §15.5.6).

import type {
  FastifyInstance,
  FastifyReply,
  FastifyRequest,
  HookHandlerDoneFunction,
} from 'fastify'
import { Problem } from '../http/problem.ts'
import type { Operation } from '../operations/operation.ts'

const order = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']

interface AddressMethods {
  readonly methods: Set<string>
  accepts: Record<string, string>
}

/** Collects every route from now on. Call the function that it returns after the last one. */
export function collectMethods(app: FastifyInstance): () => void {
  const addresses = new Map<string, AddressMethods>()
  app.addHook('onRoute', route => {
    const { url, method, config } = route
    if (config?.otherMethods !== undefined || config?.isElsewhere) return
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

/** Fastify gives the 304 to a HEAD the length 0, but a length there would be that of the 200 to a GET (RFC 9110 §8.6). */
async function dropFalseLength(
  _request: FastifyRequest,
  reply: FastifyReply,
  payload: unknown,
): Promise<unknown> {
  if (reply.statusCode === 304) reply.removeHeader('content-length')
  return payload
}

/** Accept-Patch (RFC 5789 §3.1) and Accept-Post (LDP §7.1). */
function acceptFields(operation: Operation | undefined): Record<string, string> {
  const types = operation?.accepts.join(', ')
  if (operation?.method === 'PATCH') return { 'accept-patch': types ?? '' }
  return operation?.method === 'POST' ? { 'accept-post': types ?? '' } : {}
}

/** 501 for an unknown method, 405 for one that the address does not have, and the response to OPTIONS. None needs credentials. */
export function answerMethod(
  request: FastifyRequest,
  reply: FastifyReply,
  done: HookHandlerDoneFunction,
): void {
  const { is404, method, server, routeOptions } = request
  if (is404 && !server.supportedMethods.includes(method)) throw new Problem('notImplemented')
  const other = routeOptions.config?.otherMethods
  if (other === undefined) {
    done()
    return
  }
  if (method !== 'OPTIONS')
    throw new Problem('methodNotAllowed', { headers: { allow: other.allow } })
  reply
    .code(204)
    .headers({ ...other, 'cache-control': 'no-cache' })
    .send()
}

/** 404 for an address that does not exist, before its body would be parsed. */
export function requireAddress(
  { is404 }: FastifyRequest,
  _reply: FastifyReply,
  done: HookHandlerDoneFunction,
): void {
  if (is404) throw new Problem('notFound')
  done()
}

function answerOthers(
  app: FastifyInstance,
  url: string,
  { methods, accepts }: AddressMethods,
): void {
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
    /** On the routes that this file adds: the header fields that describe the address, above all `allow`. */
    otherMethods?: Readonly<Record<string, string>> & { readonly allow: string }
  }
}
