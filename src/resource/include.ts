// The rows that can be included with a row, and their names there.

import type { Field } from './field.ts'

export interface Include {
  /** Of the member that it adds, and in the parameter `include`. */
  readonly name: string
  /** The model whose rows they are. */
  readonly model: string
  /** The row to which the field refers, those in the list of the field, or those of the other model whose field refers to this row. */
  readonly by: 'reference' | 'list' | 'referrer'
  readonly field: Field
  /** The rows that can be included with those in turn: the ones they refer to. */
  readonly nested: readonly Include[]
}

/** Its names in the parameter: `lines`, `lines.product`. */
export function includeNames(includes: readonly Include[]): readonly string[] {
  return includes.flatMap(({ name, nested }) => [
    name,
    ...nested.map(next => `${name}.${next.name}`),
  ])
}
