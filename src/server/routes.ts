// Registers every operation as a route of Fastify, with its stages in the order of docs/contract.md.

import type {
  FastifyInstance,
  FastifyReply,
  FastifyRequest,
  FastifySchema,
  preHandlerAsyncHookHandler,
  preParsingHookHandler,
  RouteHandlerMethod,
  RouteOptions,
} from 'fastify'
import { rowFormats } from '../formats/formats.ts'
import type { Handler } from '../handlers/call.ts'
import { type Engine, tableOf } from '../handlers/engine.ts'
import { handlerOf } from '../handlers/handlers.ts'
import { requireParent } from '../handlers/visible.ts'
import { linkHeader } from '../http/link.ts'
import { Problem } from '../http/problem.ts'
import { type ReceivingOptions, receivingHandler } from '../imports/receive.ts'
import type { Operation } from '../operations/operation.ts'
import { coerceParameters, malformedParameters, parametersToSchema } from '../query/parameter.ts'
import type { JsonSchema } from '../resource/field.ts'
import { isLimited } from '../resource/model.ts'
import { accessOf } from './authorize.ts'
import { requireAnnouncedSize, requireMediaType } from './body.ts'
import { readFields, spending, toCall } from './request.ts'
import { refuseInvalid, requireShape, responseSchemas, validationProblem } from './validation.ts'
import { giveLeave } from './wire.ts'

interface RoutesOptions {
  readonly operations: readonly Operation[]
  /** Whether responses are checked against their shapes. */
  readonly checked: boolean
  readonly imports: ReceivingOptions
}

export function registerRoutes(
  app: FastifyInstance,
  engine: Engine,
  { operations, checked, imports }: RoutesOptions,
): void {
  for (const operation of operations)
    app.route({
      method: operation.method,
      url: toRoutePath(operation.path),
      schema: operationSchema(operation, checked),
      config: accessOf(engine.policy, operation),
      ...(operation.method === 'GET' ? {} : { preParsing: bodyStage(operation) }),
      preValidation: (request, _reply, done) => {
        request.asked = readFields(operation, request)
        requireEncoding(request)
        coerceParameters(operation.pathParameters, request.params as Record<string, unknown>)
        coerceParameters(operation.queryParameters, request.query as Record<string, unknown>)
        done()
      },
      attachValidation: true,
      preHandler: [refuseInvalid, ...requireVisibleParent(engine, operation)],
      handler: answering(operation, handlerFor(engine, operation, imports), checked),
      ...announceEnd(operation),
    })
}

/** Where rows may be stored later, their sender decides whether they are. */
function handlerFor(engine: Engine, operation: Operation, imports: ReceivingOptions): Handler {
  const now = handlerOf(engine, operation.kind, operation)
  if (!operation.preferences.includes('respond-async')) return now
  const later = receivingHandler(engine, operation, imports)
  return call => (call.preferences['respond-async'] === undefined ? now(call) : later(call))
}

/** Checks a body as far as possible before it is read. Only then is a client that waits (`Expect`) told to send it. */
function bodyStage(operation: Operation): preParsingHookHandler {
  const takesBody = operation.accepts.length > 0
  return (request, reply, _payload, done) => {
    if (takesBody) requireMediaType(operation, request)
    if (takesBody) requireAnnouncedSize(request)
    if (request.headers.expect !== undefined) {
      checkBeforeBody(operation, request)
      giveLeave(request, reply)
    }
    done()
  }
}

/**
 * Finds before the body is read what `preValidation` would find after it. It converts copies of the parameters, because
 * `preValidation` converts them again.
 */
function checkBeforeBody(operation: Operation, request: FastifyRequest): void {
  readFields(operation, request)
  requireEncoding(request)
  const parts = { params: operation.pathParameters, querystring: operation.queryParameters }
  for (const part of ['params', 'querystring'] as const) {
    const texts = part === 'params' ? request.params : request.query
    const values = coerceParameters(parts[part], { ...(texts as Record<string, unknown>) })
    const found = request.getValidationFunction(part)?.(values) as
      | { error?: readonly unknown[] }
      | undefined
    if (found?.error !== undefined) throw validationProblem(found.error, part)
  }
}

/** `/events/{id}` in Fastify's notation: `/events/:id`. */
export function toRoutePath(path: string): string {
  return path.replaceAll(/\{(\w+)\}/g, ':$1')
}

/** A handler as Fastify takes it: the request becomes a call, and the answer becomes the reply. */
function answering(operation: Operation, handler: Handler, checked: boolean): RouteHandlerMethod {
  return (request, reply) => {
    request.spent = { database: 0, waiting: 0 }
    return spending.run(request.spent, handler, toCall(operation, request)).then(answer => {
      if (checked) requireShape(reply, answer)
      const { status, headers, body, parts } = answer
      reply.code(status).headers(headers)
      if (parts !== undefined) reply.send(request.longBody(parts))
      else reply.send(body === '' ? undefined : body)
      // Fastify waits for a reply as for a promise, which one that has been sent need not be.
      return reply.sent ? undefined : reply
    })
  }
}

/** Below a row that the caller does not see nothing exists for it, not even rows that it sees elsewhere. */
function requireVisibleParent(engine: Engine, operation: Operation): preHandlerAsyncHookHandler[] {
  const { parent } = operation
  if (parent === undefined || !isLimited(tableOf(engine, parent.model).model)) return []
  return [async request => requireParent(engine, operation, toCall(operation, request))]
}

function requireEncoding({ url }: FastifyRequest): void {
  const names = malformedParameters(url)
  const detail = 'must be percent-encoded UTF-8'
  if (names.length === 0) return
  throw new Problem('invalidParameter', {
    errors: names.map(parameter => ({ parameter, in: 'query', detail })),
  })
}

/** Responses of a deprecated resource say so (RFC 9745 §2, RFC 8594 §3), in addition to their other links. */
function announceEnd({ model: { deprecated } }: Operation): Pick<RouteOptions, 'onSend'> {
  if (deprecated === undefined) return {}
  const { since, sunset, link } = deprecated
  const fields = {
    deprecation: `@${Date.parse(since) / 1000}`,
    ...(sunset === undefined ? {} : { sunset: new Date(sunset).toUTCString() }),
  }
  const links =
    link === undefined ? [] : [linkHeader([{ href: link, rel: 'deprecation', type: 'text/html' }])]
  const onSend = async (_request: FastifyRequest, reply: FastifyReply, payload: unknown) => {
    if (reply.statusCode >= 400) return payload
    const all = [...links, reply.getHeader('link') ?? []].flat()
    reply.headers({ ...fields, ...(all.length === 0 ? {} : { link: all.join(', ') }) })
    return payload
  }
  return { onSend }
}

function operationSchema(operation: Operation, checked: boolean): FastifySchema {
  const { pathParameters, queryParameters, accepts } = operation
  const body = accepts.length === 0 ? undefined : bodySchema(operation)
  return {
    ...(pathParameters.length > 0 ? { params: parametersToSchema(pathParameters) } : {}),
    querystring: parametersToSchema(queryParameters),
    ...(body === undefined ? {} : { body }),
    ...(checked ? { response: responseSchemas(operation) } : {}),
  }
}

/** One schema for each media type, by reference to its component. */
function bodySchema({ bodies }: Operation): JsonSchema {
  return {
    content: Object.fromEntries(
      // Rows are checked one by one.
      bodies
        .filter(({ type }) => !rowFormats.has(type))
        .map(({ type, shape }) => [type, { schema: { $ref: `${shape.$id}#` } }]),
    ),
  }
}
