// API keys over HTTP: made, rotated and revoked. Listing and reading them is that of any resource.

import { randomBytes } from 'node:crypto'
import type { FastifyRequest, RouteHandlerMethod } from 'fastify'
import type { Principal } from '../access/access.ts'
import { makeKey } from '../access/api-key.ts'
import { insufficientScope } from '../access/bearer.ts'
import { scopesBeyond } from '../access/grant.ts'
import { insertKey, type NewKey, revokeKey, rotateKey } from '../access/key-record.ts'
import { json } from '../http/actions.ts'
import { parseIdempotencyKey } from '../http/idempotency.ts'
import type { Operation } from '../http/operations.ts'
import { Problem } from '../http/problem.ts'
import { type Row, rowToValues } from '../resource/row.ts'
import type { Answer } from '../store/idempotency-record.ts'
import { selectForUpdate } from '../store/select.ts'
import type { Work } from '../store/store.ts'
import { requirePreconditions, sendAnswer } from './change.ts'
import { addressOf, applyPreferences, cacheFields, type Engine, keyOf, rowTag } from './engine.ts'
import { answerOnce, type Effect } from './once.ts'

export function issueHandler(engine: Engine, operation: Operation): RouteHandlerMethod {
  return async (request, reply) => {
    const wanted = request.body as NewKey
    requireGrantable(request.principal, wanted.scopes)
    const secret = { text: makeKey(randomBytes(32)), now: engine.clock() }

    const issue = function* (): Work<Effect> {
      const row = yield* insertKey(engine.keyTables, wanted, secret)
      const answered = (text: string | null) => issuedAnswer(operation, request, row, text)
      return { answer: answered(secret.text), kept: answered(null), committed: () => engine.keyRing.forget() }
    }
    const key = parseIdempotencyKey(request.headers['idempotency-key'] as string | undefined)
    const answer = await answerOnce(engine, request, key, issue, async error => error)
    applyPreferences(request, reply, operation)
    return sendAnswer(reply, answer)
  }
}

export function rotateHandler(engine: Engine, operation: Operation): RouteHandlerMethod {
  return async (request, reply) => {
    const { grace } = request.query as { grace: number }
    const secret = { text: makeKey(randomBytes(32)), now: engine.clock() }

    const rotate = function* (): Work<Row> {
      const current = yield* requireKey(engine, operation, request)
      const { scopes } = rowToValues(operation.model.fields, current)
      requireGrantable(request.principal, scopes as readonly string[])
      return yield* rotateKey(engine.keyTables, current, secret, grace * 1000)
    }
    const row = await engine.store.transact(rotate)
    engine.keyRing.forget()
    applyPreferences(request, reply, operation)
    return sendAnswer(reply, issuedAnswer(operation, request, row, secret.text))
  }
}

export function revokeHandler(engine: Engine, operation: Operation): RouteHandlerMethod {
  return async (request, reply) => {
    await engine.store.transact(function* () {
      const current = yield* requireKey(engine, operation, request)
      requirePreconditions(operation, request, current)
      yield* revokeKey(engine.keyTables, current, engine.clock())
    })
    engine.keyRing.forget()
    applyPreferences(request, reply, operation)
    return reply.code(204).send()
  }
}

/** The row of the key that the address names, to be changed. */
function* requireKey({ keyTables }: Engine, operation: Operation, request: FastifyRequest): Work<Row> {
  const [current] = yield selectForUpdate(keyTables.keys, keyOf(operation, request))
  if (current === undefined) throw new Problem('notFound')
  return current
}

/** Nobody gives away more than they have, be it with a new key or with another secret of one. */
function requireGrantable(principal: Principal, scopes: readonly string[]): void {
  const beyond = scopesBeyond(principal, scopes)
  if (beyond.length > 0) throw insufficientScope(beyond.join(' '))
}

/** With the secret; without in what is stored for a repetition. */
function issuedAnswer({ action, model }: Operation, request: FastifyRequest, row: Row, secret: string | null): Answer {
  const created = action === 'issue' ? { location: addressOf(request, `/${model.name}`, row[0] ?? null) } : {}
  return {
    status: action === 'issue' ? 201 : 200,
    headers: {
      ...cacheFields(request),
      'cache-control': 'no-store',
      'content-type': json,
      etag: rowTag(row),
      ...created,
    },
    body: JSON.stringify({ ...rowToValues(model.fields, row), secret }),
  }
}
