// Filters of a list: flat, typed, listed parameters such as `area_gte=1000` and `region=Europe&region=Asia`.

import type { Field, JsonSchema } from '../resource/field.ts'
import { type Comparison, textSchema } from '../resource/kinds.ts'
import type { Model } from '../resource/model.ts'
import { ownMember, type SqlValue, toStored } from '../resource/row.ts'
import type { Parameter } from './parameter.ts'

export type FilterOperator = 'eq' | 'gt' | 'gte' | 'lt' | 'lte' | 'contains' | 'starts_with' | 'is_null'

export interface Filter {
  readonly field: Field
  readonly operator: FilterOperator
  /** One value, or several of which one must be equal. */
  readonly values: readonly SqlValue[]
}

export interface FilterParameter extends Parameter {
  readonly field: Field
  readonly operator: FilterOperator
}

/** As many values as one filter takes. */
const maxValues = 100

const descriptions: Record<FilterOperator, (name: string) => string> = {
  eq: name => `\`${name}\` equals this; repeat the parameter for one of several values`,
  gt: name => `\`${name}\` is greater than this`,
  gte: name => `\`${name}\` is at least this`,
  lt: name => `\`${name}\` is less than this`,
  lte: name => `\`${name}\` is at most this`,
  contains: name => `\`${name}\` contains this text, which has no wildcards`,
  starts_with: name => `\`${name}\` starts with this text, which has no wildcards`,
  is_null: name => `\`${name}\` is null (\`true\`) or is not (\`false\`)`,
}

export function filterParameters({ filterable }: Pick<Model, 'filterable'>): readonly FilterParameter[] {
  return filterable.flatMap(field => operatorsOf(field).map(operator => filterParameter(field, operator)))
}

const operators: Record<Comparison, readonly FilterOperator[]> = {
  ordered: ['eq', 'gt', 'gte', 'lt', 'lte'],
  textual: ['eq', 'contains', 'starts_with'],
  equal: ['eq'],
}

function operatorsOf(field: Field): readonly FilterOperator[] {
  const own = operators[field.kind.comparison(field)]
  return field.nullable ? [...own, 'is_null'] : own
}

function filterParameter(field: Field, operator: FilterOperator): FilterParameter {
  return {
    name: operator === 'eq' ? field.name : `${field.name}_${operator}`,
    description: descriptions[operator](field.name),
    schema: operatorSchema(field, operator),
    field,
    operator,
  }
}

function operatorSchema(field: Field, operator: FilterOperator): JsonSchema {
  if (operator === 'is_null') return { type: 'boolean' }
  if (operator === 'contains' || operator === 'starts_with') return textSchema
  const value = field.kind.valueSchema(field)
  return operator === 'eq' ? { type: 'array', minItems: 1, maxItems: maxValues, items: value } : value
}

/** The filters that checked parameters ask for. */
export function parseFilters(
  parameters: readonly FilterParameter[],
  query: Readonly<Record<string, unknown>>,
): readonly Filter[] {
  const asked = parameters.filter(({ name }) => ownMember(query, name) !== undefined)
  return asked.map(({ name, field, operator }) => {
    const value = query[name]
    const values = operator === 'is_null' ? [value as boolean] : [value].flat().map(item => toStored(field, item))
    return { field, operator, values }
  })
}
