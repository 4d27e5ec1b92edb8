// POST to a collection: creates a row.

import { jsonType } from '../http/media-types.ts'
import { json } from '../http/representation.ts'
import { createExample } from '../resource/example.ts'
import type { JsonSchema } from '../resource/field.ts'
import { schemaRef } from '../resource/shapes.ts'
import type { Address } from './address.ts'
import { describe, writeProblems } from './describe.ts'
import type { Operation } from './operation.ts'

const wording = {
  id: 'create',
  verb: 'Create',
  does: 'Creates',
  more: '',
}

export function createOperation(address: Address): Operation {
  const { model, below, shapes } = address
  return {
    kind: 'create',
    ...describe(address, wording, {
      method: 'POST',
      on: 'collection',
      requestHeaders: ['Idempotency-Key', 'Prefer'],
      preferences: ['return', 'handling'],
      bodies: [
        { type: jsonType, shape: createShape(address), example: createExample(model, below) },
      ],
      offers: [json],
      successes: [
        {
          status: 201,
          description: 'Created',
          headers: ['ETag', 'Location', 'Content-Location'],
          content: { schema: schemaRef(shapes.representation) },
          component: `${model.component}Created`,
        },
      ],
      problems: [...writeProblems, 'idempotencyKeyInUse', 'idempotencyKeyReused'],
      reads: false,
    }),
  }
}

/** Below a parent the body may leave out the reference, because the address has it. */
function createShape({ parent, shapes }: Address): JsonSchema {
  return (parent && shapes.createBelow[parent.model]) ?? shapes.create
}
