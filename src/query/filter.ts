// Filters of a list: flat, typed, listed parameters such as `area_gte=1000` and `region=Europe&region=Asia`.

import type { Field, JsonSchema } from '../resource/field.ts'
import { type Comparison, textSchema } from '../resource/kinds.ts'
import { type Model, pascalCase, type Through } from '../resource/model.ts'
import { ownMember, type SqlValue, toStored } from '../resource/row.ts'
import type { Sql } from '../resource/sql.ts'
import type { Parameter } from './parameter.ts'
import type { SearchCondition } from './search.ts'

export type FilterOperator =
  | 'eq'
  | 'ne'
  | 'includes'
  | 'excludes'
  | 'gt'
  | 'gte'
  | 'lt'
  | 'lte'
  | 'contains'
  | 'icontains'
  | 'starts_with'
  | 'is_null'

export interface Filter {
  readonly field: Pick<Field, 'name' | 'column'>
  readonly operator: FilterOperator
  /** One value, or several of which one must be equal, or none. */
  readonly values: readonly SqlValue[]
}

/** A condition on rows: a filter, a definition's own, one on the row that they refer to, one of several, or a search for words. */
export type Condition = Filter | OwnCondition | ReferredCondition | Alternatives | SearchCondition

export interface OwnCondition {
  readonly sql: Sql
}

export interface ReferredCondition {
  readonly reference: Pick<Field, 'name' | 'column'>
  readonly target: Model
  readonly fulfils: readonly Condition[]
}

/** Lists of conditions: all of at least one list. */
export interface Alternatives {
  readonly either: readonly (readonly Condition[])[]
}

export interface FilterParameter extends Parameter {
  readonly field: Field
  readonly operator: FilterOperator
  /** The name of what is compared: that of the field, or `customer.country`. */
  readonly of: string
  /** Where the field is one of another row. */
  readonly through?: Through
}

/** How many values one filter may have. */
const maxValues = 100

export function filterParameters({
  filterable,
  through = [],
}: Pick<Model, 'filterable'> & Partial<Pick<Model, 'through'>>): readonly FilterParameter[] {
  return [
    ...filterable.flatMap(field => parametersOf(field, { of: field.name })),
    ...through.flatMap(one => parametersOf(one.field, { of: one.name, through: one })),
  ]
}

/** `or=region,area`: the fields of whose filters one is enough. None where there is no choice. */
export function orParameters(filters: readonly FilterParameter[]): readonly Parameter[] {
  const names = [...new Set(filters.map(({ of }) => of))]
  if (names.length < 2) return []
  const items = { type: 'string', enum: names }
  return [{ name: 'or', schema: { type: 'array', maxItems: 100, items }, commas: true }]
}

const operators: Record<Comparison, readonly FilterOperator[]> = {
  ordered: ['eq', 'ne', 'gt', 'gte', 'lt', 'lte'],
  textual: ['eq', 'ne', 'contains', 'icontains', 'starts_with'],
  equal: ['eq', 'ne'],
  items: ['includes', 'excludes'],
  none: [],
}

function operatorsOf(field: Field): readonly FilterOperator[] {
  const own = operators[field.kind.comparison(field)]
  return field.nullable ? [...own, 'is_null'] : own
}

type Compared = Pick<FilterParameter, 'of' | 'through'>

function parametersOf(field: Field, compared: Compared): readonly FilterParameter[] {
  const value = field.kind.valueSchema(field)
  const forms = { value: formOf(value), values: formOf(valuesSchema(value)) }
  return operatorsOf(field).map(operator => ({
    name: `${compared.of}${suffixOf(operator)}`,
    ...operatorForms[operator](forms),
    field,
    operator,
    ...compared,
  }))
}

/** What the parameters of several operators have in common. */
type Form = Pick<Parameter, 'schema' | 'shape'>

function formOf(schema: JsonSchema): Form {
  const shape = shapeName(schema)
  return shape === undefined ? { schema } : { schema, shape }
}

/** The part after the name of the field. The values of a list are its items. */
export function suffixOf(operator: FilterOperator): string {
  if (operator === 'eq' || operator === 'includes') return ''
  return operator === 'excludes' ? '_ne' : `_${operator}`
}

function valuesSchema(items: JsonSchema): JsonSchema {
  return { type: 'array', minItems: 1, maxItems: maxValues, items }
}

interface Forms {
  readonly value: Form
  readonly values: Form
}

const oneOf = ({ value }: Forms) => value
const someOf = ({ values }: Forms) => values
const text = formOf(textSchema)
const choice = formOf({ type: 'boolean' })

/** The form of each operator's parameter, by those of the values of the field. */
const operatorForms: Readonly<Record<FilterOperator, (forms: Forms) => Form>> = {
  eq: someOf,
  ne: someOf,
  includes: someOf,
  excludes: someOf,
  gt: oneOf,
  gte: oneOf,
  lt: oneOf,
  lte: oneOf,
  contains: () => text,
  icontains: () => text,
  starts_with: () => text,
  is_null: () => choice,
}

/** `IntegerFilter`, `DateListFilter`; nothing for what its type and format say already, and for the words of one field. */
function shapeName({ type, format, items, ...limits }: JsonSchema): string | undefined {
  if (items !== undefined) return listName(items as JsonSchema)
  if (isOwn(limits)) return undefined
  const isPlain = Object.keys(limits).length === 0
  return isPlain ? undefined : `${valueName({ type, format })}Filter`
}

function listName(items: JsonSchema): string | undefined {
  return items.enum === undefined && !isOwn(items) ? `${valueName(items)}ListFilter` : undefined
}

/** Whether the values are those of one field, such as its decimals. */
function isOwn({ pattern }: JsonSchema): boolean {
  return pattern !== undefined && pattern !== textSchema.pattern
}

function valueName({ type, format }: JsonSchema): string {
  return pascalCase(String(format ?? (type === 'string' ? 'text' : type)))
}

function toCompared(field: Field, value: unknown): SqlValue {
  return field.kind.toCompared?.(value, field) ?? toStored(field, value)
}

/** Those that a query has. */
export function askedFilters(
  parameters: readonly FilterParameter[],
  query: Readonly<Record<string, unknown>>,
): readonly FilterParameter[] {
  return parameters.filter(({ name }) => ownMember(query, name) !== undefined)
}

/** The conditions that checked parameters ask for. */
export function parseFilters(
  parameters: readonly FilterParameter[],
  query: Readonly<Record<string, unknown>>,
): readonly Condition[] {
  const either = (query.or ?? []) as readonly string[]
  const asked = askedFilters(parameters, query)
  const conditions = (filters: readonly FilterParameter[]) =>
    filters.map(filter => toCondition(filter, query[filter.name]))
  const choice = asked.filter(({ of }) => either.includes(of))
  const all = conditions(asked.filter(filter => !choice.includes(filter)))
  const groups = [...Map.groupBy(choice, ({ of }) => of).values()].map(conditions)
  return groups.length === 0 ? all : [...all, { either: groups }]
}

function toCondition({ field, operator, through }: FilterParameter, value: unknown): Condition {
  const values =
    operator === 'is_null'
      ? [value as boolean]
      : [value].flat().map(item => toCompared(field, item))
  const filter = { field, operator, values }
  if (through === undefined) return filter
  const { reference, target } = through
  return { reference, target, fulfils: [filter] }
}

/** A condition as a value that is the same for the same condition. */
export function conditionKey(condition: Condition): unknown {
  if ('either' in condition) return condition.either.map(each => each.map(conditionKey))
  if ('search' in condition)
    return [condition.search.words, condition.search.fields.map(({ name }) => name)]
  if ('sql' in condition) return condition.sql
  if ('reference' in condition)
    return [condition.reference.name, condition.fulfils.map(conditionKey)]
  return [condition.field.name, condition.operator, condition.values]
}
