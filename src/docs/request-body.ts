// The body of an operation, as the document has it.

import { json, jsonPatchType } from '../http/actions.ts'
import { jsonPatchShape } from '../http/json-patch.ts'
import type { Operation } from '../http/operations.ts'
import { createExample, type Example, patchExample, replacementExample } from '../resource/example.ts'
import type { JsonSchema } from '../resource/field.ts'
import type { Shapes } from '../resource/shapes.ts'
import { schemaRef } from './components.ts'

export function operationRequestBody(operation: Operation, shapes: Shapes): object | undefined {
  if (operation.accepts.length === 0) return undefined
  const content = documented(operation).map(type => [type, mediaType(operation, shapes, type)])
  return { required: true, content: Object.fromEntries(content) }
}

/** A patch of `application/json` is a merge patch: the description says so, and a third body would say it again. */
function documented({ action, accepts }: Operation): readonly string[] {
  return action === 'update' ? accepts.filter(type => type !== json) : accepts
}

function mediaType(operation: Operation, shapes: Shapes, type: string): object {
  const { shape, example } = bodyOf(operation, shapes, type)
  return { schema: schemaRef(shape), example }
}

function bodyOf(
  { action, model, parent, below }: Operation,
  shapes: Shapes,
  type: string,
): { shape: JsonSchema; example: unknown } {
  if (type === jsonPatchType) return { shape: jsonPatchShape, example: toJsonPatch(patchExample(model)) }
  if (action === 'update') return { shape: shapes.patch, example: patchExample(model) }
  if (action === 'replace') return { shape: shapes.replacement, example: replacementExample(model, below) }
  const shape = parent === undefined ? shapes.create : (shapes.createBelow[parent.model] as JsonSchema)
  return { shape, example: createExample(model, below) }
}

function toJsonPatch(changes: Example): object[] {
  return Object.entries(changes).map(([name, value]) => ({ op: 'replace', path: `/${name}`, value }))
}
