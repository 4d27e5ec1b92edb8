// The body of an operation, as the document has it.

import { json, jsonPatchType } from '../http/actions.ts'
import { bodyShape } from '../http/body-shape.ts'
import type { Operation } from '../http/operations.ts'
import { createExample, type Example, patchExample, replacementExample } from '../resource/example.ts'
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
  return { schema: schemaRef(bodyShape(operation, shapes, type)), example: bodyExample(operation, type) }
}

function bodyExample({ action, model, below }: Operation, type: string): unknown {
  if (type === jsonPatchType) return toJsonPatch(patchExample(model))
  if (action === 'update') return patchExample(model)
  return action === 'replace' ? replacementExample(model, below) : createExample(model, below)
}

function toJsonPatch(changes: Example): object[] {
  return Object.entries(changes).map(([name, value]) => ({ op: 'replace', path: `/${name}`, value }))
}
