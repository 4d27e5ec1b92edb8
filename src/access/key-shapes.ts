// The JSON Schemas of API keys: those of any resource, but that the server alone makes their ids, and shows a secret once.

import type { JsonSchema } from '../resource/field.ts'
import type { Model } from '../resource/model.ts'
import { modelToShapes, type Shapes } from '../resource/shapes.ts'
import { grantable } from './grant.ts'

/** `resources`: the names of what is served, which scopes are for. */
export function keyShapes(model: Model, resources: readonly string[]): Shapes {
  const shapes = modelToShapes(model, [])
  const { create, representation } = shapes
  return { ...shapes, create: creation(create, model.key.name, resources), issued: withSecret(representation) }
}

/** Rows belong to the id of a key: who could choose one would choose whose rows it sees. Old keys may have scopes of old. */
function creation({ properties, ...shape }: JsonSchema, key: string, resources: readonly string[]): JsonSchema {
  const { [key]: _, scopes, ...others } = properties as Readonly<Record<string, JsonSchema>>
  const known = { ...scopes, items: { type: 'string', enum: grantable(resources) } }
  return { ...shape, properties: { ...others, scopes: known } }
}

function withSecret({ $id, required, properties, ...shape }: JsonSchema): JsonSchema {
  return {
    ...shape,
    $id: `${$id}WithSecret`,
    description: 'An API key as it is answered once',
    required: [...(required as readonly string[]), 'secret'],
    properties: { ...(properties as object), secret },
  }
}

const secret: JsonSchema = {
  type: ['string', 'null'],
  readOnly: true,
  description: 'What to send as `Authorization: Bearer …`; null where the answer is a repeated one',
  examples: ['rw_live_…'],
}
