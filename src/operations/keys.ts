// What can be done over HTTP to the API keys of a service that asks for credentials.

import { keysAdmin } from '../access/access.ts'
import { json } from '../http/media-types.ts'
import type { Parameter } from '../query/parameter.ts'
import { createdExample, createExample, rowExample } from '../resource/example.ts'
import { schemaRef } from '../resource/shapes.ts'
import type { Address } from './address.ts'
import { deletion } from './delete.ts'
import { describe, type Own, writeProblems } from './describe.ts'
import { listOperation } from './list.ts'
import type { Operation, Success } from './operation.ts'
import { readOperation } from './read.ts'

/** No browser may keep what is said of keys, and reading them needs the scope too. */
const guarded = { scope: keysAdmin, cacheable: false } as const

export function keyOperations(address: Address): readonly Operation[] {
  return [
    { ...listOperation(address), ...guarded },
    issueOperation(address),
    { ...readOperation(address), ...guarded },
    { kind: 'revoke', ...describe(address, revoking, { ...deletion(address), ...guarded }) },
    rotateOperation(address),
  ]
}

const revoking = {
  id: 'delete',
  verb: 'Revoke',
  does: 'Revokes',
  more: 'Every instance refuses it within two seconds.',
}

const issuing = {
  id: 'create',
  verb: 'Create',
  does: 'Creates',
  more: 'The response shows its secret, which is stored nowhere, this once. A key can have no scope that its creator lacks. If the request is repeated with the same `Idempotency-Key`, the response has no secret; rotate the key to get another.',
}

function issueOperation(address: Address): Operation {
  const { model, shapes } = address
  const own: Own = {
    method: 'POST',
    path: address.collection,
    pathParameters: [],
    requestHeaders: ['Idempotency-Key', 'Prefer'],
    preferences: ['handling'],
    bodies: [{ type: json, shape: shapes.create, example: createExample(model) }],
    offers: [json],
    successes: [
      {
        ...withSecret(address, createdExample(model)),
        status: 201,
        description: 'Created',
        headers: ['ETag', 'Location', 'Idempotent-Replayed'],
      },
    ],
    problems: [...writeProblems, 'idempotencyKeyInUse', 'idempotencyKeyReused'],
    reads: false,
    ...guarded,
  }
  return { kind: 'issue', ...describe(address, issuing, own) }
}

const rotating = {
  id: 'rotate',
  verb: 'Rotate',
  does: 'Issues a new secret for',
  more: 'It is shown only in this response. The old one keeps working for `grace` seconds. The caller needs every scope of the key. If you send it again with the same `Idempotency-Key`, the response is without the secret.',
}

/** How long the old secret keeps working when a key is rotated. */
const grace: Parameter = {
  name: 'grace',
  description: 'The number of seconds for which the old secret keeps working; 0 if others may know it',
  schema: { type: 'integer', minimum: 0, maximum: 2_592_000, default: 86_400 },
}

function rotateOperation(address: Address): Operation {
  const own: Own = {
    method: 'POST',
    path: `${address.member}/rotate`,
    pathParameters: address.memberParameters(),
    queryParameters: [grace],
    requestHeaders: ['Idempotency-Key', 'Prefer'],
    preferences: ['handling'],
    bodies: [],
    offers: [json],
    successes: [withSecret(address, rowExample(address.model))],
    problems: [
      'invalidParameter',
      'notFound',
      'notAcceptable',
      'insufficientStorage',
      'idempotencyKeyInUse',
      'idempotencyKeyReused',
    ],
    reads: false,
    ...guarded,
  }
  return { kind: 'rotate', ...describe(address, rotating, own) }
}

/** No text that a scanner of leaked secrets would take for one. */
function withSecret({ model, shapes }: Address, key: object): Success {
  return {
    status: 200,
    description: `The ${model.singular}`,
    headers: ['ETag', 'Idempotent-Replayed'],
    content: { schema: schemaRef(shapes.issued ?? shapes.representation), example: { ...key, secret: 'rw_live_…' } },
  }
}
