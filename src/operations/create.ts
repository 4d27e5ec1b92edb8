// POST to a collection: creates a row.

import { jsonType } from '../http/media-types.ts'
import { json } from '../http/representation.ts'
import { createExample } from '../resource/example.ts'
import type { JsonSchema } from '../resource/field.ts'
import type { Model } from '../resource/model.ts'
import { schemaRef } from '../resource/shapes.ts'
import type { Address } from './address.ts'
import { describe, writeProblems } from './describe.ts'
import type { Operation } from './operation.ts'
import {
  importAccepted,
  onDuplicate,
  rowBodies,
  rowsReturned,
  rowsWords,
  takesImports,
} from './rows.ts'

const wording = (model: Model) => ({
  id: 'create',
  verb: 'Create',
  does: 'Creates',
  more: rowsWords(model),
})

export function createOperation(address: Address): Operation {
  const { model, below, shapes } = address
  const children = Object.entries(shapes.children)
  const example = {
    ...createExample(model, below),
    ...Object.fromEntries(children.map(([name, { examples }]) => [name, examples])),
  }
  return {
    kind: 'create',
    ...describe(address, wording(model), {
      method: 'POST',
      on: 'collection',
      requestHeaders: ['Idempotency-Key', 'Prefer'],
      preferences: takesImports(model)
        ? ['return', 'handling', 'respond-async']
        : ['return', 'handling'],
      queryParameters: [onDuplicate(model)],
      bodies: [{ type: jsonType, shape: createShape(address), example }, ...rowBodies(address)],
      components: children.map(([, shape]) => shape),
      offers: [json],
      successes: [
        {
          status: 201,
          description: 'Created',
          headers: ['Created-ETag', 'Created-Location', 'Content-Location'],
          content: { schema: schemaRef(shapes.representation) },
          others: rowsReturned,
          component: `${model.component}Created`,
        },
        {
          status: 200,
          description: 'No row is new, because of `on_duplicate`',
          headers: ['Created-ETag', 'Content-Location'],
          content: { schema: schemaRef(shapes.representation) },
          others: rowsReturned,
          component: `${model.component}NotCreated`,
        },
        ...(takesImports(model) ? [importAccepted] : []),
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
