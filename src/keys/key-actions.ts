// Makes, rotates and revokes API keys over HTTP. A secret is shown once, in the response to the request that made it.

import { randomBytes } from 'node:crypto'
import type { Principal } from '../access/access.ts'
import { canonicalAddress } from '../access/address.ts'
import { insufficientScope } from '../access/bearer.ts'
import { Problem } from '../http/problem.ts'
import type { Action } from '../operations/action.ts'
import type { ActionCall, MemberCall, Outcome } from '../operations/run.ts'
import type { Parameter } from '../query/parameter.ts'
import { createExample } from '../resource/example.ts'
import type { JsonSchema } from '../resource/field.ts'
import type { Model } from '../resource/model.ts'
import { type Row, rowToValues } from '../resource/row.ts'
import type { Work } from '../store/store.ts'
import { makeKey } from './api-key.ts'
import { keysAdmin, lackingFor } from './grant.ts'
import { auditKey } from './key-audit.ts'
import {
  hasExpired,
  insertKey,
  keyTables,
  type NewKey,
  revokeKey,
  rotateKey,
  type Secret,
} from './key-record.ts'

/** Nothing about keys may be cached, and even reading them needs this scope. */
export const guarded = { scope: keysAdmin, cacheable: false } as const

export interface KeyActionOptions {
  readonly model: Model
  readonly create: JsonSchema
  readonly withSecret: JsonSchema
  /** Makes this instance read a changed key again. */
  readonly forget: (key: number) => void
  /** The resources of which definitions say who sees what. */
  readonly limited: readonly string[]
}

type Told = Pick<KeyActionOptions, 'model' | 'forget' | 'limited'>

export function issueAction({ create, withSecret, ...told }: KeyActionOptions): Action {
  const { model } = told
  return {
    on: 'collection',
    wording: {
      id: 'create',
      verb: 'Create',
      does: 'Creates',
      more: 'The secret is stored nowhere and shown only in this response. A key cannot have a scope that its creator lacks; claims that its creator lacks need `<resource>:admin`. If the request is repeated with the same `Idempotency-Key`, the response has no secret; rotate the key to get another.',
    },
    body: { shape: create, example: createExample(model) },
    response: { shape: withSecret, creates: true },
    problems: ['conflict'],
    ...guarded,
    *run(call) {
      const wanted = call.body as NewKey
      requireGrantable(told, call.caller, wanted)
      if (hasExpired(wanted.expires_at, call.now)) throw pastExpiry()
      const secret = newSecret(call)
      const row = yield* insertKey(keyTables(call.tableOf), wanted, secret)
      return issued(told, call, row, secret)
    },
  }
}

/** How long the old secret keeps working when a key is rotated. */
const grace: Parameter = {
  name: 'grace',
  description:
    'The number of seconds for which the old secret keeps working; 0 if others may know it',
  schema: { type: 'integer', minimum: 0, maximum: 2_592_000, default: 86_400 },
}

export function rotateAction({ withSecret, ...told }: KeyActionOptions): Action {
  const { model } = told
  return {
    on: 'member',
    name: 'rotate',
    wording: {
      id: 'rotate',
      verb: 'Rotate',
      does: 'Issues a new secret for',
      more: 'It is shown only in this response. The old one keeps working for `grace` seconds, unless the key expires before. A key that has expired is not rotated. The caller needs every scope of the key. If you send it again with the same `Idempotency-Key`, the response is without the secret.',
    },
    parameters: [grace],
    response: { shape: withSecret },
    problems: ['conflict'],
    ...guarded,
    *run(call) {
      const key = rowToValues(model.fields, call.row) as unknown as NewKey
      const { expires_at } = key
      requireGrantable(told, call.caller, key)
      if (hasExpired(expires_at, call.now)) throw expired(String(expires_at))
      const secret = newSecret(call)
      const { grace } = call.parameters as { grace: number }
      const row = yield* rotateKey(keyTables(call.tableOf), call.row, secret, grace * 1000)
      return issued(told, call, row, secret)
    },
  }
}

export function revokeAction(told: Told): Action {
  return {
    on: 'member',
    method: 'DELETE',
    wording: {
      id: 'delete',
      verb: 'Revoke',
      does: 'Revokes',
      more: 'Every instance refuses it within two seconds.',
    },
    ...guarded,
    *run(call: MemberCall): Work<Outcome> {
      yield* revokeKey(keyTables(call.tableOf), call.row, call.now)
      return { committed: afterChange(told, call, call.row, 'revoked') }
    },
  }
}

function newSecret({ now }: ActionCall): Secret {
  return { text: makeKey(randomBytes(32)), now }
}

/** Nobody can give away what they lack, neither by a new key nor by a new secret for one. */
function requireGrantable({ limited }: Told, principal: Principal, key: NewKey): void {
  const beyond = lackingFor(principal, key, limited)
  if (beyond.length > 0) throw insufficientScope(beyond.join(' '))
}

function pastExpiry(): Problem {
  return new Problem('refusedByRule', {
    detail: 'A key expires in the future.',
    errors: [{ pointer: '#/expires_at', detail: 'must be in the future' }],
  })
}

/** No secret of such a key would be accepted. */
function expired(since: string): Problem {
  return new Problem('conflict', { detail: `This key expired at ${since}. Create another one.` })
}

/** Only the first response has the secret: the one that is stored for a repetition does not. */
function issued(told: Told, call: ActionCall, row: Row, { text }: Secret): Outcome {
  const values = rowToValues(told.model.fields, row)
  return {
    row,
    value: { ...values, secret: text },
    kept: { ...values, secret: null },
    committed: afterChange(told, call, row, 'row' in call ? 'rotated' : 'made'),
  }
}

/** The effect when a change of this key is on disk. */
function afterChange(
  { model, forget }: Told,
  { caller, source, log }: ActionCall,
  row: Row,
  change: 'made' | 'rotated' | 'revoked',
): () => void {
  const { id, name, scopes } = rowToValues(model.fields, row)
  const actor = { caller: caller.id, address: canonicalAddress(source.ip) }
  return () => {
    forget(Number(id))
    auditKey(log, change, { id, name, scopes: scopes as readonly string[] }, actor)
  }
}
