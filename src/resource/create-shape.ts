// The schema of a row to create.

import type { Field, JsonSchema } from './field.ts'
import { inputShape, properties, withoutExamples } from './field-shape.ts'
import { isLimited, type Model } from './model.ts'
import { maxProposedKey } from './server-key.ts'

export const requiredNames = (fields: readonly Field[]) =>
  fields.filter(field => field.required).map(({ name }) => name)

/** `implied`: the reference that is known from elsewhere. */
export function createShape(model: Model, implied?: Field): JsonSchema {
  const { key, keyMadeBy, fields } = model
  const others = fields.filter(field => field !== key && !field.readOnly)
  const proposed: JsonSchema =
    keyMadeBy === 'client'
      ? key.schema
      : {
          ...key.schema,
          ...(key.made === undefined ? { maximum: maxProposedKey } : {}),
          description: 'Made by the server unless you choose one',
        }
  return {
    type: 'object',
    additionalProperties: false,
    required: [
      ...(keyMadeBy === 'client' ? [key.name] : []),
      ...requiredNames(others.filter(field => field !== implied)),
    ],
    // A key that is taken would tell of another's row.
    properties: {
      ...(keyMadeBy === 'server' && isLimited(model)
        ? {}
        : { [key.name]: withoutExamples(proposed) }),
      ...properties(others, inputShape),
    },
  }
}
