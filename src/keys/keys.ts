// API keys as a resource: the key, which can be read, the digests of its secrets, which cannot, and the operations on them.

import { Type } from '@sinclair/typebox'
import { scopePattern } from '../access/access.ts'
import { actionOperation } from '../operations/action.ts'
import { Address } from '../operations/address.ts'
import { listOperation } from '../operations/list.ts'
import type { ServedResource } from '../operations/operations.ts'
import { readOperation } from '../operations/read.ts'
import type { Model } from '../resource/model.ts'
import { CreatedAt, Json, Line, resource } from '../resource/resource.ts'
import type { Nameable } from './grant.ts'
import { guarded, issueAction, revokeAction, rotateAction } from './key-actions.ts'
import { keyShapes } from './key-shapes.ts'

const name = Line({
  description: 'Who or what uses it',
  minLength: 1,
  maxLength: 100,
  examples: ['Nightly import'],
})

const scopes = (example: string) =>
  Type.Array(Type.String({ pattern: scopePattern, maxLength: 60 }), {
    description:
      `What it may do: \`${example}:read\`, \`${example}:write\`, \`${example}:admin\` (rows of all owners), ` +
      '`keys:admin`, `*` for everything',
    minItems: 1,
    maxItems: 100,
    examples: [[`${example}:read`, `${example}:write`]],
  })

const claims = Json({
  description: 'What is known of its holder, as by the claims of a token',
  examples: [{ customer_id: 3 }],
  maxBytes: 4096,
  maxDepth: 4,
})

const plan = Type.String({
  description: 'The plan that limits it',
  pattern: '^[a-z][a-z0-9_-]*$',
  minLength: 1,
  maxLength: 40,
  examples: ['free'],
})

const expiry = Type.String({
  description: 'When it stops working; in the future when the key is made',
  format: 'date-time',
  examples: ['2099-01-01T00:00:00.000Z'],
})

const prefix = Type.String({
  description: 'The first characters of its secret',
  maxLength: 20,
  readOnly: true,
  examples: ['rw_live_7Kd02x'],
})

const lastUse = Type.String({
  description: 'When it was last used, to the minute; using a key does not change its `ETag`',
  format: 'date-time',
  readOnly: true,
  examples: ['2026-06-18T14:06:12.480Z'],
})

/** `example`: the resource in the examples. */
export function keysResource(example: string) {
  return resource(
    'keys',
    Type.Object({
      name,
      scopes: scopes(example),
      claims: Type.Optional(claims),
      plan: Type.Optional(plan),
      expires_at: Type.Optional(expiry),
      prefix: Type.Optional(prefix),
      last_used_at: Type.Optional(lastUse),
      created_at: CreatedAt({ examples: ['2026-06-18T14:06:12.480Z'] }),
    }),
    { description: 'The API keys of this service; to revoke a key, delete it', keepDeleted: true },
  )
}

/** A key has one secret, or two during the grace period of a rotation. */
export const keySecrets = resource(
  'key_secrets',
  Type.Object({
    digest: Type.String({ minLength: 43, maxLength: 43, pattern: '^[A-Za-z0-9_-]*$' }),
    key_id: Type.Integer(),
    expires_at: Type.Optional(Type.String({ format: 'date-time' })),
    created_at: CreatedAt(),
  }),
  { description: 'The secrets of API keys', unique: ['digest'], index: ['key_id'] },
)

/** Makes this instance read a changed key again. */
export type ForgetKey = (key: number) => void

/** The keys as a served resource. */
export function servedKeys(
  model: Model,
  nameable: Nameable,
  forget: ForgetKey = () => {},
): ServedResource {
  const shapes = keyShapes(model, nameable)
  const address = new Address(model, shapes)
  const { create, withSecret } = shapes
  const { limited = [] } = nameable
  const options = { model, create, withSecret, forget, limited }
  const operations = [
    { ...listOperation(address), ...guarded },
    actionOperation(address, issueAction(options)),
    { ...readOperation(address), ...guarded },
    actionOperation(address, revokeAction(options)),
    actionOperation(address, rotateAction(options)),
  ]
  return { model, shapes, operations }
}
