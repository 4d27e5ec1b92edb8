// PATCH of a member: the members that change, or operations on them.

import { jsonPatchShape } from '../http/json-patch.ts'
import { jsonPatchType, jsonType, mergePatchType } from '../http/media-types.ts'
import { json } from '../http/representation.ts'
import { changedRowExample, type Example, patchExample } from '../resource/example.ts'
import { schemaRef } from '../resource/shapes.ts'
import type { Address } from './address.ts'
import { changeProblems, describe, withoutBody, writeProblems } from './describe.ts'
import type { Body, Operation } from './operation.ts'

const wording = {
  id: 'update',
  verb: 'Change',
  does: 'Changes members of',
  more: 'A merge patch (RFC 7396) has the members to change; a JSON Patch (RFC 6902) has operations, which are done in order. A body of `application/json` is a merge patch.',
}

export function updateOperation(address: Address): Operation {
  const { model, below, shapes } = address
  const example = patchExample(model)
  const content = { schema: schemaRef(shapes.representation), example: changedRowExample(model, example, below) }
  return {
    kind: 'update',
    ...describe(address, wording, {
      method: 'PATCH',
      path: address.member,
      pathParameters: address.memberParameters(),
      requestHeaders: ['If-Match', 'If-None-Match', 'Prefer'],
      preferences: ['return', 'handling'],
      bodies: bodies(address, example),
      offers: [json],
      successes: [
        { status: 200, description: `The ${model.singular}`, headers: ['ETag', 'Content-Location'], content },
        withoutBody('Saved', ['ETag']),
      ],
      problems: [...writeProblems, 'notFound', ...changeProblems(address)],
      reads: false,
    }),
  }
}

function bodies({ shapes }: Address, example: Example): readonly Body[] {
  return [
    { type: mergePatchType, shape: shapes.patch, example },
    { type: jsonType, shape: shapes.patch, example, isAlias: true },
    { type: jsonPatchType, shape: jsonPatchShape, example: toJsonPatch(example) },
  ]
}

function toJsonPatch(changes: Example): object[] {
  return Object.entries(changes).map(([name, value]) => ({ op: 'replace', path: `/${name}`, value }))
}
