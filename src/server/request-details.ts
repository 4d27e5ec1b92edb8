// Details of a request for log lines, metrics and spans.

import type { FastifyReply, FastifyRequest } from 'fastify'
import { canonicalAddress } from '../access/address.ts'
import { withoutSecrets } from '../access/redact.ts'
import { routeUrl } from './methods.ts'

/** In characters. A longer address is cut, because otherwise callers would choose the length of log lines. */
const maxUrl = 300

export function requestDetails({ ip, method, url }: FastifyRequest) {
  return { address: canonicalAddress(ip), method, url: withoutSecrets(url).slice(0, maxUrl) }
}

/** The caller, if the request got so far that it is known. */
export function callerOf({ principal }: FastifyRequest): { caller?: string } {
  return principal && { caller: principal.id }
}

/** The address as the document has it, `/books/{id}`; empty for one that is not served. */
export function routeOf(request: FastifyRequest): string {
  const { operation } = request.routeOptions.config ?? {}
  return operation?.path ?? routeUrl(request)?.replaceAll(/:(\w+)/g, '{$1}') ?? ''
}

/**
 * In ms, the time since the last byte of the body had come, so without the time that the client took to send it. A request
 * that cannot be routed has none of the app's members.
 */
export function answering(
  { receivedAt }: Partial<FastifyRequest>,
  { elapsedTime }: FastifyReply,
): number {
  return receivedAt ? performance.now() - receivedAt : elapsedTime
}
