// Checks requests against their schemas, and responses too: always in tests, and elsewhere if a setting says so.

import type { ErrorObject } from 'ajv'
import type { Ajv2020 } from 'ajv/dist/2020.js'
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
import { withValues } from '../validation/hints.ts'
import {
  type AjvFor,
  ajvWhenNeeded,
  bodyFindings,
  compile,
  createAjv,
  findingToText,
  parameterFindings,
} from '../validation/validator.ts'
import { sendError } from './errors.ts'

/** `schemas`: the components that the schemas of routes refer to, by their names. */
export function registerValidation(
  app: FastifyInstance,
  schemas: Readonly<Record<string, JsonSchema>>,
): void {
  const ajvFor = knowing(schemas)
  registerRequestCheck(app, () => ajvFor)
  registerResponseCheck(app, ajvFor)
}

/** One Ajv, which gets a component when a schema that refers to it is compiled: few services use all of theirs. */
function knowing(schemas: Readonly<Record<string, JsonSchema>>): AjvFor {
  const ajvFor = ajvWhenNeeded()
  const add = (ajv: Ajv2020, schema: JsonSchema) => {
    for (const name of referredBy(schema)) {
      const component = schemas[name]
      if (component === undefined || ajv.schemas[name] !== undefined) continue
      ajv.addSchema(withNames(component), name)
      add(ajv, component)
    }
  }
  return schema => {
    const ajv = ajvFor()
    add(ajv, schema)
    return ajv
  }
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
  registerRequestCheck(app, ajvFor)
  registerResponseCheck(app, strict)
}

function registerRequestCheck(app: FastifyInstance, ajvFor: (part?: string) => AjvFor): void {
  app.setValidatorCompiler(({ schema, httpPart }) => {
    const validate = compile(ajvFor(httpPart), schema as JsonSchema)
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
function registerResponseCheck(app: FastifyInstance, ajvFor: AjvFor): void {
  app.setSerializerCompiler(({ schema, method, url, httpStatus }) => {
    const validate = compile(ajvFor, closed(schema as JsonSchema))
    return value => {
      const findings = bodyFindings(validate(value)).map(findingToText)
      if (findings.length === 0) return JSON.stringify(value)
      throw new ResponseFault(
        `${method} ${url} would return ${httpStatus} with a body that its shape refuses: ${findings.join('; ')}`,
      )
    }
  })
}

/** The names of the components to which a schema refers by itself: `#/components/schemas/Book`, or `Book#`. */
function referredBy(schema: JsonSchema): ReadonlySet<string> {
  const names = new Set<string>()
  JSON.stringify(schema, (key, value) => {
    if (key === '$ref') names.add(nameIn(String(value)).replace(/#$/, ''))
    return value
  })
  return names
}

/** A schema whose references to other components are by their names. */
function withNames(schema: JsonSchema): JsonSchema {
  const text = JSON.stringify(schema, (key, value) =>
    key === '$ref' ? `${nameIn(String(value))}#` : value,
  )
  return JSON.parse(text)
}

function nameIn($ref: string): string {
  return $ref.slice($ref.lastIndexOf('/') + 1)
}

/** Refers to components by their names, and allows no members that they do not name. */
function closed(schema: JsonSchema): JsonSchema {
  if (schema.type === 'array') return { ...schema, items: closed(schema.items as JsonSchema) }
  const { $ref, ...rest } = schema
  if (typeof $ref !== 'string') return schema
  return {
    ...rest,
    type: 'object',
    $ref: `${nameIn($ref)}#`,
    unevaluatedProperties: false,
  }
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
