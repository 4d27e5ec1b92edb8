// The JSON Schemas of API keys: those of any resource, but that the server alone makes their ids, and shows a secret once.

import type { JsonSchema } from '../resource/field.ts'
import type { Model } from '../resource/model.ts'
import { modelToShapes, type Shapes } from '../resource/shapes.ts'

export function keyShapes(model: Model): Shapes {
  const shapes = modelToShapes(model, [])
  return { ...shapes, create: without(shapes.create, model.key.name), issued: withSecret(shapes.representation) }
}

/** Rows belong to the id of a key: who could choose one would choose whose rows it sees. */
function without({ properties, ...shape }: JsonSchema, name: string): JsonSchema {
  const { [name]: _, ...others } = properties as Readonly<Record<string, JsonSchema>>
  return { ...shape, properties: others }
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
