// The JSON Schema of a row that comes from the operator or from code of the service, rather than from a caller.

import type { JsonSchema } from './field.ts'
import { inputShape } from './field-shape.ts'
import type { Model } from './model.ts'

/** It may have members that only the server may set. */
export function recordShape({ key, keyMadeBy, ...model }: Model): JsonSchema {
  const fields = model.fields.filter(({ borrowed }) => !borrowed)
  const required = fields.filter(
    field => field.required && (field !== key || keyMadeBy === 'client'),
  )
  return {
    type: 'object',
    additionalProperties: false,
    required: required.map(({ name }) => name),
    properties: Object.fromEntries(fields.map(field => [field.name, inputShape(field)])),
  }
}
