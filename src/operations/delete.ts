// DELETE of a row.

import type { ProblemKind } from '../http/problem.ts'
import type { Address } from './address.ts'
import { changeProblems, describe, withoutBody } from './describe.ts'
import type { Operation } from './operation.ts'

export function deleteOperation(address: Address): Operation {
  const { model } = address
  const wording = {
    id: 'delete',
    verb: 'Delete',
    does: 'Deletes',
    more: keptWords(model),
  }
  return {
    kind: 'delete',
    ...describe(address, wording, {
      method: 'DELETE',
      on: 'member',
      requestHeaders: ['If-Match', 'If-None-Match', 'Prefer'],
      preferences: ['handling'],
      bodies: [],
      offers: [],
      successes: [withoutBody('Deleted', [])],
      problems: [...problems, ...changeProblems(address), ...hookProblems(address)],
      reads: false,
    }),
  }
}

function keptWords({ keepDeleted, restores }: Address['model']): string {
  if (!keepDeleted) return ''
  return restores
    ? 'Its row is kept, and can be restored.'
    : 'Its row is kept, but no caller sees it again.'
}

/** Others may refer to the row, and a rule of the database's own, which the definitions do not know, may forbid it. */
const problems: readonly ProblemKind[] = [
  'invalidParameter',
  'notFound',
  'insufficientStorage',
  'conflict',
]

function hookProblems({ model }: Address): readonly ProblemKind[] {
  return model.hooks.beforeWrite === undefined ? [] : ['refusedByRule']
}
