// Checks requests against their schemas, and responses too: always in tests, and elsewhere if a setting says so.

import type { ErrorObject } from 'ajv'
import type {
  FastifyInstance,
  FastifyReply,
  FastifyRequest,
  HookHandlerDoneFunction,
} from 'fastify'
import type { Answer } from '../http/answer.ts'
import { essence, isJson } from '../http/negotiate.ts'
import { Problem } from '../http/problem.ts'
import type { Operation } from '../operations/operation.ts'
import type { JsonSchema } from '../resource/field.ts'
import type { ValidatorOf } from '../validation/compile-alike.ts'
import { type Components, closed, compileKnowing } from '../validation/component-validators.ts'
import { withValues } from '../validation/hints.ts'
import {
  bodyFindings,
  compile,
  createAjv,
  findingToText,
  parameterFindings,
} from '../validation/validator.ts'
import { sendError } from './errors.ts'

/** `schemas`: the components that the schemas of routes refer to, by their names. */
export function registerValidation(app: FastifyInstance, schemas: Components): void {
  const compileFor = compileKnowing(schemas)
  registerRequestCheck(app, () => compileFor)
  registerResponseCheck(app, compileFor)
}

/**
 * For routes of plugins, whose schemas know nothing of ours: parameters, which are texts, become what their schemas say. A
 * schema that is none ends the start.
 */
export function validateOwnRoutes(app: FastifyInstance): void {
  const [strict, coercing] = [createAjv(), createAjv({ coerces: true })]
  const ajvFor = (part = 'body') => (part === 'body' ? strict : coercing)
  app.addHook('onRoute', ({ schema = {} }) => {
    for (const part of ['body', 'querystring', 'params', 'headers'] as const)
      if (schema[part] !== undefined) ajvFor(part).compile(schema[part] as JsonSchema)
  })
  registerRequestCheck(app, part => schema => compile(ajvFor(part), schema))
  registerResponseCheck(app, schema => compile(strict, schema))
}

function registerRequestCheck(
  app: FastifyInstance,
  compileFor: (part?: string) => ValidatorOf,
): void {
  app.setValidatorCompiler(({ schema, httpPart }) => {
    const validate = compileFor(httpPart)(schema as JsonSchema)
    return value => {
      const errors = validate(value)
      if (errors.length === 0) return { value }
      return { error: (httpPart === 'querystring' ? withValues(errors, value) : errors) as never }
    }
  })
}

/** 422 or 400 for a schema's findings. It is sent directly, because Fastify's own handling costs as much as the validation. */
export function refuseInvalid(
  request: FastifyRequest,
  reply: FastifyReply,
  done: HookHandlerDoneFunction,
): void {
  const { validationError } = request
  if (validationError === undefined) done()
  else sendError(validationError, request, reply)
}

/** The findings of a schema; `context` is `body`, `params` or `querystring`. */
export function validationProblem(errors: readonly unknown[], context: string): Problem {
  const found = errors as readonly ErrorObject[]
  if (context === 'body') return new Problem('invalidBody', { errors: bodyFindings(found) })
  const place = context === 'params' ? 'path' : 'query'
  return new Problem('invalidParameter', { errors: parameterFindings(found, place) })
}

/** A response that is not what the document says. The fault is in the code, or in a row. */
export class ResponseFault extends Error {}

/** The schema of each response of an operation, by status and media type. */
export function responseSchemas({
  successes,
  offers,
}: Operation): Readonly<Record<number, object>> {
  const contentOf = (value: JsonSchema) =>
    Object.fromEntries(offers.map(({ type, schema }) => [type, { schema: schema(value) }]))
  return Object.fromEntries(
    successes.flatMap(({ status, content, others = {} }) => {
      const own = content === undefined ? {} : contentOf(content.schema)
      const all = { ...own, ...Object.fromEntries(Object.entries(others).map(checkable)) }
      return Object.keys(all).length === 0 ? [] : [[status, { content: all }]]
    }),
  )
}

/** A body that is no JSON is a text, of which nothing more is known. */
function checkable([type, content]: [string, object]): [string, object] {
  return [type, isJson(type) ? content : { schema: { type: 'string' } }]
}

/** Makes Fastify's serializer check a value against the schema for its route, status and media type. */
function registerResponseCheck(app: FastifyInstance, compileFor: ValidatorOf): void {
  app.setSerializerCompiler(({ schema, method, url, httpStatus }) => {
    const validate = compileFor(closed(schema as JsonSchema))
    return value => {
      const findings = bodyFindings(validate(value)).map(findingToText)
      if (findings.length === 0) return JSON.stringify(value)
      throw new ResponseFault(
        `${method} ${url} would return ${httpStatus} with a body that its shape refuses: ${findings.join('; ')}`,
      )
    }
  })
}

/** Throws a `ResponseFault` for an answer that does not have its shape. */
export function requireShape(reply: FastifyReply, { status, headers, body }: Answer): void {
  // A replayed refusal is a problem, and all problems have one shape.
  if (body === '' || status >= 400) return
  const type = essence(headers['content-type'] ?? '')
  const serialize = reply.getSerializationFunction(String(status), type)
  if (serialize === undefined) throw new ResponseFault(`${status} has no shape for ${type}`)
  serialize(isJson(type) ? JSON.parse(body) : body)
}
