// What is done with API keys over HTTP: made, rotated and revoked. A secret is told once, in the answer that makes it.

import { randomBytes } from 'node:crypto'
import type { Principal } from '../access/access.ts'
import { canonicalAddress } from '../access/address.ts'
import { insufficientScope } from '../access/bearer.ts'
import type { Answer } from '../http/answer.ts'
import { Problem } from '../http/problem.ts'
import { makeKey } from '../keys/api-key.ts'
import { scopesBeyond } from '../keys/grant.ts'
import { auditKey } from '../keys/key-audit.ts'
import { insertKey, type NewKey, revokeKey, rotateKey } from '../keys/key-record.ts'
import type { Operation } from '../operations/operation.ts'
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
    return issued(engine, operation, call, { row, secret: secret.text })
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
    return issued(engine, operation, call, { row, secret: secret.text })
  })
}

export function revokeHandler(engine: Engine, operation: Operation): Handler {
  return inTransaction(engine, operation, function* (call: Call): Work<Effect> {
    const current = yield* requireKey(engine, operation, call)
    requirePreconditions(operation, call, current)
    yield* revokeKey(engine.keyTables, current, engine.clock())
    const answer = { status: 204, headers: preferenceFields(operation, call), body: '' }
    return { answer, committed: afterChange(engine, operation, call, current) }
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

interface Issued {
  readonly row: Row
  readonly secret: string
}

/** A secret is in the first answer alone: what is stored for a repetition is without it. */
function issued(engine: Engine, operation: Operation, call: Call, { row, secret }: Issued): Effect {
  return {
    answer: issuedAnswer(operation, call, row, secret),
    kept: issuedAnswer(operation, call, row, null),
    committed: afterChange(engine, operation, call, row),
  }
}

const changes = { issue: 'made', rotate: 'rotated', revoke: 'revoked' } as const

/** What is done when a change of this key is on disk. */
function afterChange({ keyRing }: Engine, { kind, model }: Operation, call: Call, row: Row): () => void {
  const { id, name, scopes } = rowToValues(model.fields, row)
  const actor = { caller: call.principal.id, address: canonicalAddress(call.source.ip) }
  return () => {
    keyRing.forget(Number(id))
    const change = changes[kind as keyof typeof changes]
    auditKey(call.log, change, { id, name, scopes: scopes as readonly string[] }, actor)
  }
}

function issuedAnswer(operation: Operation, call: Call, row: Row, secret: string | null): Answer {
  const { kind, model } = operation
  const created = kind === 'issue' ? { location: addressOf(call, `/${model.name}`, row[0] ?? null) } : {}
  return {
    status: kind === 'issue' ? 201 : 200,
    headers: {
      ...representationFields(operation, call),
      'content-type': jsonContent,
      etag: rowTag(row),
      ...created,
    },
    body: JSON.stringify({ ...rowToValues(model.fields, row), secret }),
  }
}
