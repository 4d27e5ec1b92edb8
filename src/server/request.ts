// Turns Fastify's request into a call. Its header fields are read once, before the body and the parameters are validated.

import { AsyncLocalStorage } from 'node:async_hooks'
import type { FastifyRequest } from 'fastify'
import type { Principal } from '../access/access.ts'
import { seenBy } from '../access/field-scopes.ts'
import { rowFormats } from '../formats/formats.ts'
import type { Call } from '../handlers/call.ts'
import { type Conditions, parseEntityTags } from '../http/conditional.ts'
import { parseIdempotencyKey } from '../http/idempotency.ts'
import { countsType, importType } from '../http/media-types.ts'
import { baseOfPath } from '../http/message.ts'
import { essence } from '../http/negotiate.ts'
import { checkStrict, noPreferences, type Preferences, parsePrefer } from '../http/prefer.ts'
import { Problem } from '../http/problem.ts'
import {
  forSpreadsheet,
  json,
  preferredRepresentation,
  type Representation,
} from '../http/representation.ts'
import type { Operation } from '../operations/operation.ts'

/** The wishes in the header fields of a request. */
export interface Asked {
  readonly representation: Representation
  readonly conditions: Conditions
  readonly preferences: Preferences
  readonly idempotencyKey: string | undefined
}

/** In ms, how long the handler of a request used the database, and how much of that it waited for its turn. */
export interface Spent {
  database: number
  waiting: number
}

/** The time that the running handler has spent. */
export const spending = new AsyncLocalStorage<Spent>()

declare module 'fastify' {
  interface FastifyRequest {
    asked: Asked
    /** Undefined until the handler runs. */
    spent: Spent | undefined
    /** When the last byte of the body had come, by `performance.now()`; 0 without a body. */
    receivedAt: number
    /** The caller; set by the hook `authorize`. */
    principal: Principal
    /** The body as it was sent, if there is an Idempotency-Key, or if a plugin gets it. */
    bodyText: string
  }
  interface FastifyContextConfig {
    operation?: Operation
  }
}

/** Reads the header fields that make a difference to an operation. Throws a `Problem` (406, 400) for one that it cannot honour or read. */
export function readFields(operation: Operation, { headers }: FastifyRequest): Asked {
  const { requestHeaders } = operation
  const prefer = headers.prefer as string | undefined
  const asked = prefer === undefined ? noPreferences : parsePrefer(prefer)
  const offers = offersTo(operation, headers['content-type'], asked)
  const preferred = requireRepresentation(offers, headers.accept)
  // Not before `Accept`: 406 comes before what is wrong with a preference.
  checkStrict(asked, operation.preferences)
  const { representation, preferences } = withSpreadsheet(
    preferred,
    bringsRows(headers['content-type']) ? asked : withoutAsync(asked),
  )
  const tags = (name: 'If-Match' | 'If-None-Match', field: string | undefined) =>
    field === undefined || !requestHeaders.includes(name) ? undefined : parseEntityTags(field, name)
  return {
    representation,
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

function bringsRows(contentType: string | undefined): boolean {
  return rowFormats.has(essence(contentType ?? ''))
}

/** One row is stored at once, whatever its sender prefers. */
function withoutAsync({ 'respond-async': _, ...others }: Preferences): Preferences {
  return others
}

/** Whether the rows of its body are received now and stored later. */
export function isImport({ headers, routeOptions }: FastifyRequest): boolean {
  const { prefer, 'content-type': type } = headers
  const { operation } = routeOptions.config
  if (prefer === undefined || !operation?.preferences.includes('respond-async')) return false
  return bringsRows(type) && parsePrefer(String(prefer))['respond-async'] !== undefined
}

/** Rows are returned in the format in which they were sent, and otherwise counted. */
function offersTo(
  { offers }: Operation,
  contentType: string | undefined,
  preferences: Preferences,
): readonly Representation[] {
  const format = rowFormats.get(essence(contentType ?? ''))
  if (format === undefined || !offers.includes(json)) return offers
  if (preferences['respond-async'] !== undefined) return [{ ...json, type: importType }, json]
  return preferences.return === 'representation'
    ? [{ ...json, type: format.type }]
    : [{ ...json, type: countsType }, json]
}

/** The representation that the caller prefers. An operation without a body in its response takes any `Accept`. */
function requireRepresentation(
  offers: readonly Representation[],
  accept: string | undefined,
): Representation {
  const [usual = json] = offers
  if (accept === undefined || offers.length === 0) return usual
  const preferred = preferredRepresentation(accept, offers)
  if (preferred === undefined)
    throw new Problem('notAcceptable', {
      extensions: { available: offers.map(({ type }) => type) },
    })
  return preferred
}

/** CSV in its other form for whoever prefers that; of anything else the preference is not applied. */
function withSpreadsheet(
  representation: Representation,
  preferences: Preferences,
): Pick<Asked, 'representation' | 'preferences'> {
  const { csv, ...rest } = preferences
  if (csv === undefined) return { representation, preferences }
  const other = forSpreadsheet(representation)
  return other === undefined
    ? { representation, preferences: rest }
    : { representation: other, preferences }
}

export function toCall(operation: Operation, request: FastifyRequest): Call {
  const { id, method, url, principal, plan, asked, params, query, body, bodyText, log } = request
  const { headers } = request
  const { seen, definition } = seenOf(operation, request)
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
    representation: asked.representation,
    conditions: asked.conditions,
    seen,
    definition,
    preferences: asked.preferences,
    idempotencyKey: asked.idempotencyKey,
    log,
    countRows: count => request.countRows(count),
    makeRoom: request.makeRoom,
    requireRoom: request.requireRoom,
  }
}

/** The part of the resource that the caller sees; where it is not all, the tags of its rows differ. */
function seenOf({ model }: Operation, { principal, server: { definition } }: FastifyRequest) {
  if (!model.hasFieldScopes) return { seen: model, definition }
  const { model: seen, mark } = seenBy(principal, model)
  return { seen, definition: mark === undefined ? definition : `${definition}!${mark}` }
}

/** The beginning of the address: `/v1`, a prefix, both or nothing. Links in the response begin with the same. */
export function baseOf({ originalUrl, url }: FastifyRequest): string {
  return originalUrl === url ? '' : baseOfPath(originalUrl, url)
}
