// Does the work of a call in one transaction, once for each Idempotency-Key: key, effect and answer are stored together.

import type { Answer } from '../http/answer.ts'
import { fingerprint } from '../http/idempotency.ts'
import { Problem, problemMediaType, problemToText } from '../http/problem.ts'
import type { Operation } from '../operations/operation.ts'
import { isLimited, type Model } from '../resource/model.ts'
import { StoreError, type Work } from '../store/store.ts'
import { type Call, type Handler, pathOf } from './call.ts'
import type { Engine } from './engine.ts'
import type { IdempotentRequest } from './idempotency-record.ts'
import { problemOf } from './problem-of.ts'
import { explainRefusal, RefusedWrite } from './refusal.ts'
import { RefusedLine, withLine } from './refused-line.ts'
import { RefusedPart, withPointer } from './refused-part.ts'
import { hasParent, requireSeenAgain } from './visible.ts'

/** The result of a call's work. */
export interface Effect {
  readonly answer: Answer
  /** The answer that is stored for a repetition, if it is not the same one. */
  readonly kept?: Answer
  /** Called when the effect is on disk, but not for a replayed answer. */
  readonly committed?: () => void
}

export type CallWork = (call: Call) => Work<Effect>

/** Whether a work that failed with this error is started again, because the rows that it read have changed. */
export type Retry = (error: unknown) => boolean

/** Does the work of each call in a transaction of its own. */
export function idempotentHandler(
  engine: Engine,
  operation: Operation,
  work: CallWork,
  retry: Retry = never,
): Handler {
  return async call => {
    const claim = toClaim(operation, call)
    const begin = () => {
      call.requireRoom()
      return claim ? claimed(engine, claim, work(call)) : work(call)
    }
    try {
      return await commit(engine, begin, retry)
    } catch (error) {
      const explanation = await explain(engine, operation, call, error)
      const problem = problemOf(explanation)
      if (claim === undefined || problem === undefined || !isKept(problem)) throw explanation
      return commit(engine, () => keepRefusal(engine, claim, refusalAnswer(problem, call)), never)
    }
  }
}

const never = () => false

/** How many times a work may be started. */
const maxAttempts = 3

async function commit(
  engine: Engine,
  work: () => Work<Effect>,
  retry: Retry,
  attempt = 1,
): Promise<Answer> {
  try {
    const { answer, committed } = await engine.passwords.transact(engine, work)
    committed?.()
    return answer
  } catch (error) {
    if (attempt === maxAttempts || !retry(error)) throw error
    return commit(engine, work, retry, attempt + 1)
  }
}

/** The error for the caller. Where the database could not do its work, nothing that is stored explains that. */
export async function explain(
  engine: Engine,
  operation: Operation,
  call: Pick<Call, 'principal' | 'keys' | 'log'>,
  error: unknown,
): Promise<unknown> {
  if (isFaultOfStore(error)) return error
  if (error instanceof RefusedLine)
    return withLine(error.line, await explain(engine, operation, call, error.cause))
  if (error instanceof RefusedPart)
    return withPointer(error.pointer, await explain(engine, operation, call, error.cause))
  if (!(await hasParent(engine, operation, call))) return new Problem('notFound')
  tellOfRule(operation, call, error)
  return error instanceof RefusedWrite ? explainRefusal(engine, call.principal, error) : error
}

function isFaultOfStore(error: unknown): boolean {
  return error instanceof StoreError && (problemOf(error)?.status ?? 500) >= 500
}

/** The caller sees the message of the rule; the error of the database, in the log, names the rule. */
function tellOfRule(operation: Operation, { log }: Pick<Call, 'log'>, error: unknown): void {
  const isRefused = error instanceof RefusedWrite
  const [err, { name }] = isRefused ? [error.cause, error.model] : [error, operation.model]
  if (err instanceof StoreError && (err.code === 'rule' || err.code === 'value'))
    log.info({ err }, `a rule of the database refused a write to ${name}`)
}

/** The claim of a call with an Idempotency-Key. */
interface Claim {
  readonly operation: Operation
  readonly call: Call
  readonly request: IdempotentRequest
}

/** A key belongs to one caller, method and address; the version in an address is not part of it. */
function toClaim(operation: Operation, call: Call): Claim | undefined {
  const { idempotencyKey: key, principal, method, url, bodyText, seen } = call
  const [, query = ''] = url.split('?')
  if (key === undefined) return undefined
  const request = {
    // Decoded, because `/%63ountries` is `/countries` (RFC 3986 §6.2.2.2).
    digest: fingerprint([principal.id, method, decodeURI(pathOf(call)), key]),
    // With the key, which nobody can guess: what a body holds may be guessed, such as a password.
    fingerprint: fingerprint([key, bodyText, query, ...unlike(seen, operation.model)]),
  }
  return { operation, call, request }
}

/** The fields that the caller sees, where that is not all: who sees other fields gets no answer of then. */
function unlike(seen: Model, model: Model): readonly string[] {
  return seen === model ? [] : seen.shown.map(({ name }) => name)
}

function* claimed(engine: Engine, claim: Claim, work: Work<Effect>): Work<Effect> {
  const earlier = yield* requireClaim(engine, claim)
  if (earlier !== undefined) return earlier
  const effect = yield* work
  const { digest } = claim.request
  yield { ...engine.idempotencyRecords.keep(digest, effect.kept ?? effect.answer), last: true }
  return effect
}

function* keepRefusal(engine: Engine, claim: Claim, answer: Answer): Work<Effect> {
  const earlier = yield* requireClaim(engine, claim)
  if (earlier !== undefined) return earlier
  yield { ...engine.idempotencyRecords.keep(claim.request.digest, answer), last: true }
  return { answer }
}

/** Claims the key. Returns the answer of an earlier request with it, which is sent again. */
function* requireClaim(
  engine: Engine,
  { operation, call, request }: Claim,
): Work<Effect | undefined> {
  const claimed = yield* engine.idempotencyRecords.claim(request)
  if (claimed.outcome === 'reused') throw new Problem('idempotencyKeyReused')
  if (claimed.outcome === 'unfinished')
    throw new Problem('idempotencyKeyInUse', { headers: { 'retry-after': '1' } })
  if (claimed.outcome === 'new') return undefined
  const { headers, ...answer } = claimed.answer
  if (isLimited(operation.model)) yield* requireSeenAgain(engine, operation, call, headers.location)
  return { answer: { ...answer, headers: { ...headers, 'idempotent-replayed': 'true' } } }
}

/** Refusals that result from stored rows are kept. Faults are not, nor refusals about the key or its caller. */
function isKept({ kind, status }: Problem): boolean {
  return (
    status < 500 &&
    status !== 403 &&
    kind !== 'idempotencyKeyReused' &&
    kind !== 'idempotencyKeyInUse'
  )
}

function refusalAnswer(problem: Problem, { id }: Call): Answer {
  const headers = {
    ...problem.headers,
    'cache-control': 'no-store',
    'content-type': problemMediaType,
  }
  return { status: problem.status, headers, body: problemToText(problem, id) }
}
