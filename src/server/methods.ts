// 404 for addresses without routes; HEAD, OPTIONS and 405 for all others (RFC 9110 §9.3.2, §9.3.7, §15.5.6).

import type {
  FastifyInstance,
  FastifyReply,
  FastifyRequest,
  HookHandlerDoneFunction,
} from 'fastify'
import { Problem } from '../http/problem.ts'
import type { Operation } from '../operations/operation.ts'
import { type Address, Addresses } from './addresses.ts'

const order = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']

/** Collects every route from now on. Call the function that it returns after the last one. */
export function collectMethods(app: FastifyInstance): () => void {
  const addresses = new Addresses()
  app.decorate('served', addresses)
  app.addHook('onRoute', route => {
    const { url, method, config } = route
    if (config?.otherMethods !== undefined || config?.isElsewhere) return
    if (method === 'HEAD') route.onSend = [route.onSend ?? [], dropFalseLength].flat()
    addresses.add(url, [method].flat(), acceptFields(config?.operation))
  })
  return () => {
    for (const address of addresses.hiding()) answerOthers(app, address)
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
  const address = isAstray(request) ? findAddress(request) : undefined
  if (address === null && is404) throw new Problem('uriTooLong')
  const other = address ? otherFields(address) : routeOptions.config?.otherMethods
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

/** Whether the router found no address with this method. */
function isAstray({ is404, routeOptions: { config } }: FastifyRequest): boolean {
  return is404 || config?.isElsewhere === true
}

/** The address of a request by a method that it does not have; `null` if the router could not read it. */
function findAddress({ method, raw, server }: FastifyRequest): Address | null | undefined {
  if (!server.supportedMethods.includes(method)) return undefined
  const address = server.served.find(raw.url ?? '')
  return address?.methods.has(method) ? undefined : address
}

/** The address of a request as its routes have it; `undefined` for one that is not served. */
export function routeUrl(request: FastifyRequest): string | undefined {
  const found = isAstray(request) ? findAddress(request)?.url : undefined
  return found ?? request.routeOptions.url
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

function answerOthers(app: FastifyInstance, address: Address): void {
  app.route({
    method: app.supportedMethods.filter(method => !address.methods.has(method)),
    url: address.url,
    schema: { hide: true },
    config: { otherMethods: otherFields(address) },
    handler: async () => undefined,
  })
}

type OtherFields = Readonly<Record<string, string>> & { readonly allow: string }

/** The header fields that describe an address. */
function otherFields({ methods, accepts }: Address): OtherFields {
  const allow = order.filter(method => method === 'OPTIONS' || methods.has(method)).join(', ')
  return { allow, ...accepts }
}

declare module 'fastify' {
  interface FastifyInstance {
    served: Addresses
  }

  interface FastifyContextConfig {
    /** On the routes that this file adds: the header fields that describe the address. */
    otherMethods?: OtherFields
  }
}
