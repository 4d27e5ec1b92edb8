// POST of an action that a definition brings: a change with a name.

import { jsonType } from '../http/media-types.ts'
import { json } from '../http/representation.ts'
import type { OwnAction } from '../resource/actions.ts'
import { fieldExample } from '../resource/field-example.ts'
import type { Address } from './address.ts'
import { bodyProblems, changeProblems, describe, saved, withoutBody } from './describe.ts'
import type { Operation, Success } from './operation.ts'
import { bodyShape, contentOf, noWords, placeOf, wordsOf } from './own.ts'

export function performOperation(address: Address, action: OwnAction): Operation {
  const { on, body, response, scope } = action
  const isOfRow = on === 'member'
  const returns = isOfRow || response !== undefined
  const described = describe(address, noWords, {
    method: 'POST',
    ...placeOf(address, action),
    requestHeaders: [
      'Idempotency-Key',
      ...(isOfRow ? (['If-Match', 'If-None-Match'] as const) : []),
      'Prefer',
    ],
    preferences: returns && response === undefined ? ['return', 'handling'] : ['handling'],
    bodies: body === undefined ? [] : [bodyOf(action)],
    offers: returns ? [json] : [],
    successes: successesOf(address, action),
    problems: [
      ...(body === undefined ? [] : bodyProblems),
      'refusedByRule',
      'invalidParameter',
      'conflict',
      'insufficientStorage',
      'idempotencyKeyInUse',
      'idempotencyKeyReused',
      ...(returns ? (['notAcceptable'] as const) : []),
      ...(isOfRow ? (['notFound', ...changeProblems(address)] as const) : []),
    ],
    reads: false,
    ...(scope === undefined ? {} : { scope }),
  })
  return { kind: 'perform', action, ...described, ...wordsOf(address.model, action) }
}

function bodyOf(action: OwnAction) {
  const example = (action.body ?? []).map(field => [field.name, fieldExample(field)])
  return { type: jsonType, shape: bodyShape(action), example: Object.fromEntries(example) }
}

function successesOf(address: Address, action: OwnAction): readonly Success[] {
  const { on, response, summary } = action
  if (response === undefined)
    return on === 'member'
      ? [saved(address), withoutBody('Saved', ['ETag'])]
      : [withoutBody('Done', [])]
  return [{ status: 200, description: summary, headers: [], content: contentOf(action) }]
}
