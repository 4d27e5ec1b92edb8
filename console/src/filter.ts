// The filters of a list, by the field that they are about and what they ask of it.

import type { Operation } from './document.ts'
import type { Field } from './schema.ts'

export interface Filter {
  readonly parameter: string
  readonly field: string
  /** `eq`, or the ending that the parameter adds to the field's name: `gte`, `contains`. */
  readonly operator: string
  readonly value: Field
}

const notFilters = ['limit', 'cursor', 'sort', 'fields', 'include', 'or', 'q']

export function toFilters({ parameters, returned }: Operation): readonly Filter[] {
  return parameters
    .filter(({ name }) => !notFilters.includes(name))
    .map(value => {
      const isOf = ({ name }: Field) => value.name === name || value.name.startsWith(`${name}_`)
      const owner = returned
        .filter(isOf)
        .sort((one, other) => other.name.length - one.name.length)[0]
      // `customer.country`, whose filters follow it, is no field of these rows.
      const field = (owner ?? parameters.find(isOf) ?? value).name
      const operator = value.name === field ? 'eq' : value.name.slice(field.length + 1)
      const type = owner !== undefined && operator === 'eq' ? { words: owner.words } : {}
      return {
        parameter: value.name,
        field,
        operator,
        value: { ...value, ...type, refersTo: owner?.refersTo },
      }
    })
}
