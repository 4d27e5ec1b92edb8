// PUT of a row: every member that may be written.

import { jsonType } from '../http/media-types.ts'
import type { ProblemKind } from '../http/problem.ts'
import { json } from '../http/representation.ts'
import { replacementExample } from '../resource/example.ts'
import type { JsonSchema } from '../resource/field.ts'
import { schemaRef } from '../resource/shapes.ts'
import type { Address } from './address.ts'
import { changeProblems, describe, saved, withoutBody, writeProblems } from './describe.ts'
import type { Operation, Success } from './operation.ts'

export function replaceOperation(address: Address): Operation {
  const { model, below } = address
  const creates = model.keyMadeBy === 'client'
  const missing: readonly ProblemKind[] = creates ? [] : ['notFound']
  const wording = {
    id: 'replace',
    verb: 'Replace',
    does: 'Replaces',
    more: creates
      ? 'What does not exist is created; with `If-None-Match: *` it is only created.'
      : '',
  }
  return {
    kind: 'replace',
    ...describe(address, wording, {
      method: 'PUT',
      on: 'member',
      requestHeaders: ['If-Match', 'If-None-Match', 'Prefer'],
      preferences: ['return', 'handling'],
      bodies: [
        {
          type: jsonType,
          shape: replacementShape(address),
          example: replacementExample(model, below),
        },
      ],
      offers: [json],
      successes: successes(address, creates),
      problems: [...writeProblems, ...changeProblems(address), ...missing],
      reads: false,
    }),
  }
}

function successes(address: Address, creates: boolean): readonly Success[] {
  const content = { schema: schemaRef(address.shapes.representation) }
  return [saved(address), withoutBody('Replaced', []), ...(creates ? [creation(content)] : [])]
}

function creation(content: Success['content']): Success {
  return {
    status: 201,
    description: 'Created',
    headers: ['Returned-ETag', 'Location', 'Content-Location'],
    ...(content && { content }),
  }
}

/** Below a parent the body may leave out the reference, because the address has it. */
function replacementShape({ parent, shapes }: Address): JsonSchema {
  return (parent && shapes.replacementBelow[parent.model]) ?? shapes.replacement
}
