// The shape of an operation's body: what validates it, and what the document says of it.

import type { JsonSchema } from '../resource/field.ts'
import type { Shapes } from '../resource/shapes.ts'
import { jsonPatchType } from './actions.ts'
import { jsonPatchShape } from './json-patch.ts'
import type { Operation } from './operations.ts'

/** `shapes`: of the operation's model; `type`: the media type of the body. */
export function bodyShape({ action, parent }: Operation, shapes: Shapes, type: string): JsonSchema {
  if (type === jsonPatchType) return jsonPatchShape
  if (action === 'update') return shapes.patch
  const [shape, below] =
    action === 'replace' ? [shapes.replacement, shapes.replacementBelow] : [shapes.create, shapes.createBelow]
  return (parent === undefined ? undefined : below[parent.model]) ?? shape
}
