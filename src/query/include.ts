// `include=customer,lines.product`: the related rows that come with each row of a list, or with one row.

import type { Field } from '../resource/field.ts'
import { type Include, includeNames } from '../resource/include.ts'
import type { Model } from '../resource/model.ts'
import type { Parameter } from './parameter.ts'

/** How many names one request may include; each is read by at most two statements. */
export const maxIncludes = 5

/** None where nothing can be included. */
export function includeParameters({ includes }: Pick<Model, 'includes'>): readonly Parameter[] {
  if (includes.length === 0) return []
  return [
    {
      name: 'include',
      description: 'Related rows to return as members of each row, in JSON',
      schema: {
        type: 'array',
        maxItems: maxIncludes,
        items: { type: 'string', enum: includeNames(includes) },
      },
      commas: true,
    },
  ]
}

/** The names in a checked `include`: `lines.product` stands for `lines`, with the product of each. */
export function chosenIncludes(
  { includes }: Pick<Model, 'includes'>,
  chosen: unknown,
): readonly Include[] {
  if (!Array.isArray(chosen)) return []
  return chosenOf(
    includes,
    chosen.map(name => String(name).split('.')),
  )
}

function chosenOf(
  includes: readonly Include[],
  paths: readonly (readonly string[])[],
): readonly Include[] {
  return includes.flatMap(include => {
    const below = paths.filter(([first]) => first === include.name).map(path => path.slice(1))
    return below.length === 0 ? [] : [{ ...include, nested: chosenOf(include.nested, below) }]
  })
}

/** The fields of a row by which rows are found that are included with it; the others are found by its key. */
export function linkingFields(includes: readonly Include[]): readonly Field[] {
  return includes.flatMap(({ by, field }) => (by === 'referrer' ? [] : [field]))
}
