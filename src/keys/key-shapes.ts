// The JSON Schemas of API keys: like those of any resource, except that only the server makes ids, and a secret is shown once.

import type { JsonSchema } from '../resource/field.ts'
import type { Model } from '../resource/model.ts'
import { modelToShapes, type Shapes } from '../resource/shapes.ts'
import { grantable, type Nameable } from './grant.ts'

export interface KeyShapes extends Shapes {
  /** The response when a secret is made. */
  readonly withSecret: JsonSchema
}

export function keyShapes(model: Model, nameable: Nameable): KeyShapes {
  const shapes = modelToShapes(model)
  const { create, representation } = shapes
  const withSecret = addSecret(representation)
  return {
    ...shapes,
    create: creation(create, model.key.name, nameable),
    withSecret,
    returned: [withSecret],
  }
}

/**
 * Rows belong to the id of a key, so a caller who could choose the id could choose whose rows to see. Old keys may have
 * names that no longer exist.
 */
function creation(
  { properties, ...shape }: JsonSchema,
  key: string,
  nameable: Nameable,
): JsonSchema {
  const { [key]: _, ...others } = properties as Readonly<Record<string, JsonSchema>>
  const known = {
    scopes: { ...others.scopes, items: { type: 'string', enum: grantable(nameable) } },
    claims: { ...others.claims, ...claimed },
    ...(nameable.plans && { plan: { ...others.plan, enum: [...nameable.plans, null] } }),
  }
  return { ...shape, properties: { ...others, ...known } }
}

/** Any JSON value but for its names, of which there are few. */
const claimed: JsonSchema = {
  type: ['object', 'null'],
  maxProperties: 20,
  propertyNames: { maxLength: 100 },
}

function addSecret({ $id, required, properties, examples, ...shape }: JsonSchema): JsonSchema {
  return {
    ...shape,
    $id: `${$id}WithSecret`,
    description: 'An API key with its secret, which is shown once',
    required: [...(required as readonly string[]), 'secret'],
    properties: { ...(properties as object), secret },
    // No text that a scanner of leaked secrets would take for one.
    examples: (examples as readonly object[]).map(example => ({ ...example, secret: 'rw_live_…' })),
  }
}

const secret: JsonSchema = {
  type: ['string', 'null'],
  description: 'The value for `Authorization: Bearer …`; null in a replayed response',
}
