// The body of an operation, as the document has it.

import type { Operation } from '../operations/operation.ts'
import { schemaRef } from '../resource/shapes.ts'

export function operationRequestBody({ bodies }: Operation): object | undefined {
  if (bodies.length === 0) return undefined
  const content = bodies
    .filter(({ isAlias }) => !isAlias)
    .map(({ type, shape, example }) => [type, { schema: schemaRef(shape), example }])
  return { required: true, content: Object.fromEntries(content) }
}
