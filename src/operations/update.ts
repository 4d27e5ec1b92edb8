// PATCH of a row: the members that change, or operations on them.

import { jsonPatchShape } from '../http/json-patch.ts'
import { jsonPatchType, jsonType, mergePatchType } from '../http/media-types.ts'
import { json } from '../http/representation.ts'
import { type Example, patchExample } from '../resource/example.ts'
import type { Address } from './address.ts'
import { changeProblems, describe, saved, withoutBody, writeProblems } from './describe.ts'
import type { Body, Operation } from './operation.ts'

const wording = {
  id: 'update',
  verb: 'Change',
  does: 'Changes members of',
  more: '',
}

export function updateOperation(address: Address): Operation {
  const { model } = address
  return {
    kind: 'update',
    ...describe(address, wording, {
      method: 'PATCH',
      on: 'member',
      requestHeaders: ['If-Match', 'If-None-Match', 'Prefer'],
      preferences: ['return', 'handling'],
      bodies: bodies(address, patchExample(model)),
      offers: [json],
      successes: [saved(address), withoutBody('Saved', ['ETag'])],
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
  return Object.entries(changes).map(([name, value]) => ({
    op: 'replace',
    path: `/${name}`,
    value,
  }))
}
