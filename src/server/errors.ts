// Turns every error, from whichever layer, into a problem.

import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { KeySetUnavailable } from '../access/jwks.ts'
import { faultEntry } from '../handlers/own-code.ts'
import { problemOf } from '../handlers/problem-of.ts'
import { Problem, type ProblemKind, problemMediaType, problemToText } from '../http/problem.ts'
import { instanceOf } from '../http/request-id.ts'
import { CodeFault } from '../resource/code-fault.ts'
import { StoreError } from '../store/store.ts'
import { callerOf, requestDetails, routeOf } from './request-details.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Of the problem that was sent; undefined for any other response. */
    problemKind: ProblemKind | undefined
    /** Whether a line of the log has the fault that ended it. */
    faultIsLogged: boolean
  }
}

/** Answers errors of the app with problems. `explain`: finds what an error of the database comes from. */
export function registerErrors(
  app: FastifyInstance,
  explain = async (error: unknown) => error,
): void {
  app.decorateRequest('faultIsLogged', false)
  app.decorateRequest('problemKind')
  app.setErrorHandler((error: unknown, request, reply) => {
    if (!(error instanceof StoreError)) return sendError(error, request, reply)
    return explain(error).then(reason => sendError(reason, request, reply))
  })
  app.setNotFoundHandler((request, reply) => sendError(new Problem('notFound'), request, reply))
}

/** Sends an error as a problem. Unlike a refusal, a fault is also logged, under the id that the caller sees. */
export function sendError(
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const problem = toProblem(error)
  const reported =
    problem === error ||
    error instanceof KeySetUnavailable ||
    (error instanceof StoreError && error.reported)
  if (problem.status >= 500 && !reported) logFault(error, request, problem)
  return sendProblem(problem, request, reply)
}

/** Logs a fault under the id that the caller sees. */
export function logFault(error: unknown, request: FastifyRequest, { kind, status }: Problem): void {
  const { id, log } = request
  const where = { ...requestDetails(request), route: routeOf(request), ...callerOf(request) }
  log.error(
    { ...faultEntry(error), instance: instanceOf(id), ...where, status },
    adviceFor(kind, error),
  )
  request.faultIsLogged = true
}

/** The header value that Fastify would make from the media type for each response. */
const contentType = `${problemMediaType}; charset=utf-8`

function sendProblem(problem: Problem, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  request.problemKind = problem.kind
  return reply
    .code(problem.status)
    .headers(problem.headers)
    .header('cache-control', 'no-store')
    .header('content-type', contentType)
    .send(problemToText(problem, request.id))
}

function adviceFor(kind: ProblemKind, error: unknown): string {
  if (error instanceof CodeFault) return error.message
  if (error instanceof StoreError && error.code === 'damaged')
    return 'the database is damaged: stop the service, save the files and restore a backup (`restwell restore`)'
  if (error instanceof StoreError && error.code === 'slow')
    return 'the database needed too long: define an index for what is filtered and sorted by, or leave that out (filterable, sortable)'
  if (kind === 'insufficientStorage') return 'the disk is full: make room; reading goes on'
  if (kind === 'unavailable')
    return 'the database did not respond: check that it is running and that its disk works'
  return 'a fault in the service: please report it with this entry'
}

export function toProblem(error: unknown): Problem {
  return problemOf(error) ?? fastifyProblem(error as Partial<FastifyError>)
}

/** Fastify's own refusals, by their codes. */
const fastifyProblems: Readonly<Record<string, ProblemKind>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'contentTooLarge',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupportedMediaType',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'malformed',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'malformed',
  FST_ERR_BAD_URL: 'malformed',
  FST_ERR_MAX_PARAM_LENGTH: 'uriTooLong',
  FST_ERR_REP_INVALID_PAYLOAD_TYPE: 'internal',
}

/** Other refusals, above all for the files of Swagger UI, by their status. */
const statusProblems: Readonly<Record<number, ProblemKind>> = {
  400: 'malformed',
  403: 'notFound',
  412: 'preconditionFailed',
  416: 'rangeNotSatisfiable',
}

function fastifyProblem({ code = '', statusCode }: Partial<FastifyError>): Problem {
  return new Problem(fastifyProblems[code] ?? statusProblems[statusCode ?? 500] ?? 'internal')
}
