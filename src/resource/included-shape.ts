// The schemas of the members that `include` adds to a row.

import type { JsonSchema } from './field.ts'
import type { Include } from './include.ts'

/** How many rows are included with one that they refer to. */
export const maxIncludedRows = 100

/** The rows of a model: what one is called, and its schema. */
export type RowsOf = (model: string) => { readonly singular: string; readonly view: JsonSchema }

/** By the names of the members. */
export function includedShapes(
  includes: readonly Include[],
  rowsOf: RowsOf,
): Record<string, JsonSchema> {
  return Object.fromEntries(includes.map(include => [include.name, shapeOf(include, rowsOf)]))
}

function shapeOf({ name, by, model }: Include, rowsOf: RowsOf): JsonSchema {
  const { singular, view } = rowsOf(model)
  const when = `with \`include=${name}\``
  if (by === 'reference')
    return { description: `The ${singular}, ${when}`, oneOf: [view, { type: 'null' }] }
  return {
    description: `The first ${maxIncludedRows}, ${when}`,
    type: 'object',
    required: ['items', 'more'],
    properties: {
      items: { type: 'array', maxItems: maxIncludedRows, items: view },
      more: { type: 'boolean', description: 'Whether there are more' },
    },
  }
}
