// Fastify's request becomes a call: its header fields are read once, before the body and the parameters are validated.

import type { FastifyRequest } from 'fastify'
import type { Principal } from '../access/access.ts'
import type { Call } from '../handlers/call.ts'
import { type Conditions, parseEntityTags } from '../http/conditional.ts'
import { parseIdempotencyKey } from '../http/idempotency.ts'
import { essence } from '../http/negotiate.ts'
import { checkStrict, type Preferences, parsePrefer } from '../http/prefer.ts'
import type { Operation } from '../operations/operation.ts'

/** What the header fields of a request ask for. */
export interface Asked {
  readonly conditions: Conditions
  readonly preferences: Preferences
  readonly idempotencyKey: string | undefined
}

declare module 'fastify' {
  interface FastifyRequest {
    asked: Asked
    /** Who asks; known from the hook `authorize` on. */
    principal: Principal
    /** The body as it came, where an Idempotency-Key came with it. */
    bodyText: string
  }
  interface FastifyContextConfig {
    operation?: Operation
  }
}

/** Reads the header fields that make a difference to an operation. Throws a `Problem` (400) for one that cannot be read. */
export function readFields({ requestHeaders, preferences: honoured }: Operation, { headers }: FastifyRequest): Asked {
  const preferences = parsePrefer(headers.prefer as string | undefined)
  checkStrict(preferences, honoured)
  const tags = (name: 'If-Match' | 'If-None-Match', field: string | undefined) =>
    field === undefined || !requestHeaders.includes(name) ? undefined : parseEntityTags(field, name)
  return {
    preferences,
    conditions: {
      ifMatch: tags('If-Match', headers['if-match']),
      ifNoneMatch: tags('If-None-Match', headers['if-none-match']),
    },
    idempotencyKey: requestHeaders.includes('Idempotency-Key')
      ? parseIdempotencyKey(headers['idempotency-key'] as string | undefined)
      : undefined,
  }
}

export function toCall(operation: Operation, request: FastifyRequest): Call {
  const { id, method, url, principal, plan, asked, params, query, body, bodyText, log, headers } = request
  return {
    id,
    method,
    principal,
    source: request,
    plan,
    base: baseOf(request),
    url,
    keys: params as Call['keys'],
    parameters: query as Call['parameters'],
    body,
    bodyText,
    bodyType: operation.accepts.length === 0 ? '' : essence(headers['content-type'] ?? ''),
    conditions: asked.conditions,
    preferences: asked.preferences,
    idempotencyKey: asked.idempotencyKey,
    log,
    makeRoom: () => request.makeRoom(),
    requireRoom: () => request.requireRoom(),
  }
}

/** What the address began with: `/v1`, or nothing. Links begin with the same (see `http/target.ts`). */
export function baseOf({ originalUrl }: FastifyRequest): string {
  return /^\/v1(?![^/?])/.test(originalUrl) ? '/v1' : ''
}
