// What can be included with a row, and by which name.

import type { Field } from './field.ts'

export interface Include {
  /** Of the member that it adds, and in the parameter `include`. */
  readonly name: string
  /** The model whose rows they are. */
  readonly model: string
  /** The row to which the field refers, those in the list of the field, or those of the other model whose field refers to this row. */
  readonly by: 'reference' | 'list' | 'referrer'
  readonly field: Field
  /** What can be included with those rows in turn: that to which they refer. */
  readonly nested: readonly Include[]
}

/** Its names in the parameter: `lines`, `lines.product`. */
export function includeNames(includes: readonly Include[]): readonly string[] {
  return includes.flatMap(({ name, nested }) => [
    name,
    ...nested.map(next => `${name}.${next.name}`),
  ])
}
