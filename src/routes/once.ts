// A write done once for each Idempotency-Key: key, effect and answer in one transaction.

import type { FastifyRequest } from 'fastify'
import { fingerprint, idempotencyKeyLifetime } from '../http/idempotency.ts'
import { Problem, problemMediaType, problemToText } from '../http/problem.ts'
import { type Answer, claimKey, type IdempotentRequest, keepAnswer } from '../store/idempotency-record.ts'
import type { Work } from '../store/store.ts'
import type { Engine } from './engine.ts'
import { toProblem } from './errors.ts'

export interface Effect {
  readonly answer: Answer
  /** What is stored of the answer for a repetition, where that is less. */
  readonly kept?: Answer
  /** Called when the effect is on disk; not for a replayed answer. */
  readonly committed: () => void
}

/**
 * The answer to a request that may carry a key: of the work, or the stored one. `explain` turns what the work threw
 * into what the caller is told.
 */
export async function answerOnce(
  engine: Engine,
  request: FastifyRequest,
  key: string | undefined,
  work: () => Work<Effect>,
  explain: (error: unknown) => Promise<unknown>,
): Promise<Answer> {
  if (key === undefined) return commit(engine, work).catch(async error => Promise.reject(await explain(error)))
  const claimant = toIdempotentRequest(engine, request, key)
  try {
    return await commit(engine, () => claimed(engine, claimant, work))
  } catch (error) {
    const explained = await explain(error).catch((thrown: unknown) => thrown)
    const problem = toProblem(explained)
    if (!isKept(problem)) throw explained
    const kept = (): Work<Effect> => claimed(engine, claimant, () => refusal(problem, request))
    return commit(engine, kept)
  }
}

async function commit({ store }: Engine, work: () => Work<Effect>): Promise<Answer> {
  const { answer, committed } = await store.transact(work)
  committed()
  return answer
}

/** A key belongs to one caller, method and address; the version in an address is not part of it. */
function toIdempotentRequest(engine: Engine, request: FastifyRequest, key: string): IdempotentRequest {
  const [path = ''] = request.url.split('?', 1)
  return {
    digest: fingerprint([request.principal.id, request.method, path.replace(/(?<=.)\/$/, ''), key]),
    fingerprint: fingerprint([request.bodyText]),
    now: engine.clock(),
    lifetime: idempotencyKeyLifetime,
  }
}

function* claimed({ idempotencyTable }: Engine, claimant: IdempotentRequest, work: () => Work<Effect>): Work<Effect> {
  const claim = yield* claimKey(idempotencyTable, claimant)
  if (claim.outcome === 'reused') throw new Problem('idempotencyKeyReused')
  if (claim.outcome === 'unfinished') throw new Problem('idempotencyKeyInUse', { headers: { 'retry-after': '1' } })
  if (claim.outcome === 'replayed') return { answer: replayed(claim.answer), committed: () => {} }
  const effect = yield* work()
  yield* keepAnswer(idempotencyTable, claimant, claim.revision, effect.kept ?? effect.answer)
  return effect
}

function replayed(answer: Answer): Answer {
  return { ...answer, headers: { ...answer.headers, 'idempotent-replayed': 'true' } }
}

/** Refusals that came of the state are answers too; those about the key itself, and faults, are not kept. */
function isKept({ kind, status }: Problem): boolean {
  return status < 500 && kind !== 'idempotencyKeyReused' && kind !== 'idempotencyKeyInUse'
}

/** A work without statements. */
function* refusal(problem: Problem, request: FastifyRequest): Work<Effect> {
  const headers = { ...problem.headers, 'cache-control': 'no-store', 'content-type': problemMediaType }
  const answer = { status: problem.status, headers, body: problemToText(problem, request.id) }
  return { answer, committed: () => {} }
}
