// What is done with API keys over HTTP: made, rotated and revoked. A secret is told once, in the answer that makes it.

import { randomBytes } from 'node:crypto'
import type { Principal } from '../access/access.ts'
import { makeKey } from '../access/api-key.ts'
import { insufficientScope } from '../access/bearer.ts'
import { scopesBeyond } from '../access/grant.ts'
import { insertKey, type NewKey, revokeKey, rotateKey } from '../access/key-record.ts'
import type { Answer } from '../http/answer.ts'
import type { Operation } from '../http/operations.ts'
import { Problem } from '../http/problem.ts'
import { type Row, rowToValues } from '../resource/row.ts'
import { selectForUpdate } from '../store/select.ts'
import type { Work } from '../store/store.ts'
import {
  addressOf,
  type Call,
  type Handler,
  jsonContent,
  keyOf,
  preferenceFields,
  representationFields,
  rowTag,
} from './call.ts'
import type { Engine } from './engine.ts'
import { type Effect, inTransaction } from './once.ts'
import { requirePreconditions } from './written.ts'

export function issueHandler(engine: Engine, operation: Operation): Handler {
  return inTransaction(engine, operation, function* (call: Call): Work<Effect> {
    const wanted = call.body as NewKey
    requireGrantable(call.principal, wanted.scopes)
    const secret = { text: makeKey(randomBytes(32)), now: engine.clock() }
    const row = yield* insertKey(engine.keyTables, wanted, secret)
    const answer = (text: string | null) => issuedAnswer(operation, call, row, text)
    return { answer: answer(secret.text), kept: answer(null), committed: () => engine.keyRing.forget() }
  })
}

export function rotateHandler(engine: Engine, operation: Operation): Handler {
  return inTransaction(engine, operation, function* (call: Call): Work<Effect> {
    const { grace } = call.parameters as { grace: number }
    const secret = { text: makeKey(randomBytes(32)), now: engine.clock() }
    const current = yield* requireKey(engine, operation, call)
    const { scopes } = rowToValues(operation.model.fields, current)
    requireGrantable(call.principal, scopes as readonly string[])
    const row = yield* rotateKey(engine.keyTables, current, secret, grace * 1000)
    return { answer: issuedAnswer(operation, call, row, secret.text), committed: () => engine.keyRing.forget() }
  })
}

export function revokeHandler(engine: Engine, operation: Operation): Handler {
  return inTransaction(engine, operation, function* (call: Call): Work<Effect> {
    const current = yield* requireKey(engine, operation, call)
    requirePreconditions(operation, call, current)
    yield* revokeKey(engine.keyTables, current, engine.clock())
    const answer = { status: 204, headers: preferenceFields(operation, call), body: '' }
    return { answer, committed: () => engine.keyRing.forget() }
  })
}

/** The row of the key that the address names, to be changed. */
function* requireKey({ keyTables }: Engine, operation: Operation, call: Call): Work<Row> {
  const [current] = yield selectForUpdate(keyTables.keys, keyOf(operation, call))
  if (current === undefined) throw new Problem('notFound')
  return current
}

/** Nobody gives away more than they have, be it with a new key or with another secret of one. */
function requireGrantable(principal: Principal, scopes: readonly string[]): void {
  const beyond = scopesBeyond(principal, scopes)
  if (beyond.length > 0) throw insufficientScope(beyond.join(' '))
}

/** With the secret; without it in what is stored for a repetition. */
function issuedAnswer(operation: Operation, call: Call, row: Row, secret: string | null): Answer {
  const { action, model } = operation
  const created = action === 'issue' ? { location: addressOf(call, `/${model.name}`, row[0] ?? null) } : {}
  return {
    status: action === 'issue' ? 201 : 200,
    headers: {
      ...representationFields(operation, call),
      'cache-control': 'no-store',
      'content-type': jsonContent,
      etag: rowTag(row),
      ...created,
    },
    body: JSON.stringify({ ...rowToValues(model.fields, row), secret }),
  }
}
