// DELETE of a member.

import type { ProblemKind } from '../http/problem.ts'
import type { Address } from './address.ts'
import { changeProblems, describe, type Own, withoutBody } from './describe.ts'
import type { Operation } from './operation.ts'

export function deleteOperation(address: Address): Operation {
  const { model } = address
  const wording = {
    id: 'delete',
    verb: 'Delete',
    does: 'Deletes',
    more: model.keepDeleted ? 'Its row is kept, but no caller sees it again.' : '',
  }
  const own = deletion(address)
  // Others may refer to the row, and a rule of the database's own, which the definitions do not know, may forbid it.
  const problems: readonly ProblemKind[] = [
    ...own.problems,
    'conflict',
    ...(model.hooks.beforeWrite === undefined ? [] : (['invalidBody'] as const)),
  ]
  return { kind: 'delete', ...describe(address, wording, { ...own, problems }) }
}

export function deletion(address: Address): Own {
  return {
    method: 'DELETE',
    path: address.member,
    pathParameters: address.memberParameters(),
    requestHeaders: ['If-Match', 'If-None-Match', 'Prefer'],
    preferences: ['handling'],
    bodies: [],
    offers: [],
    successes: [withoutBody('Deleted', [])],
    problems: ['invalidParameter', 'notFound', 'insufficientStorage', ...changeProblems(address)],
    reads: false,
  }
}
