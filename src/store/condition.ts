// Conditions as SQL, for a row of the table that the statement reads.

import type {
  Alternatives,
  Condition,
  Filter,
  FilterOperator,
  OwnCondition,
  ReferredCondition,
} from '../query/filter.ts'
import { columnOf } from '../resource/field.ts'
import type { Model } from '../resource/model.ts'
import type { SqlValue } from '../resource/row.ts'
import { searchToSql } from './search.ts'
import { type Bind, type Dialect, quote } from './store.ts'
import { notDeleted, valueTerm, where } from './table.ts'

interface Writing {
  readonly dialect: Dialect
  readonly model: Model
  readonly bind: Bind
}

type OperatorSql = (
  column: string,
  values: readonly SqlValue[],
  writing: Pick<Writing, 'dialect' | 'bind'>,
) => string

const comparison =
  (sign: string): OperatorSql =>
  (column, [value = null], { bind }) =>
    `${column} ${sign} ${bind(value)}`

const equal: OperatorSql = (column, values, { dialect, bind }) =>
  values.length === 1
    ? `${column} = ${bind(values[0] ?? null)}`
    : dialect.oneOf(column, values, bind)

const includes: OperatorSql = (column, values, { dialect, bind }) =>
  dialect.includes(column, values, bind)

const contains =
  (inCapitals: boolean): OperatorSql =>
  (column, [text = null], { dialect, bind }) =>
    dialect.contains(column, bind(text), inCapitals)

/** The rows that the other operator does not find, those without a value among them. */
const not =
  (operator: OperatorSql): OperatorSql =>
  (column, values, writing) =>
    `(${column} is null or not (${operator(column, values, writing)}))`

const operators: Readonly<Record<FilterOperator, OperatorSql>> = {
  eq: equal,
  ne: not(equal),
  gt: comparison('>'),
  gte: comparison('>='),
  lt: comparison('<'),
  lte: comparison('<='),
  includes,
  excludes: not(includes),
  contains: contains(false),
  icontains: contains(true),
  starts_with: (column, [text], { bind }) => startsWith(column, String(text), bind),
  is_null: (column, [isNull]) => `${column} is ${isNull === true ? '' : 'not '}null`,
}

export function conditionsOf(
  conditions: readonly Condition[],
  writing: Writing,
): readonly string[] {
  return conditions.map(condition => {
    if ('either' in condition) return alternativesToSql(condition, writing)
    if ('search' in condition) return searchToSql(condition, writing)
    if ('sql' in condition) return ownToSql(condition, writing)
    if ('reference' in condition) return referredToSql(condition, writing)
    return filterToSql(condition, writing)
  })
}

function alternativesToSql({ either }: Alternatives, writing: Writing): string {
  const choices = either.map(all => `(${conditionsOf(all, writing).join(' and ')})`)
  return `(${choices.join(' or ')})`
}

/** In brackets, so that an `or` in it ends there. */
function ownToSql({ sql: { text, values } }: OwnCondition, { bind }: Writing): string {
  const pieces = text.map((piece, index) =>
    index === 0 ? piece : bind(values[index - 1] as SqlValue) + piece,
  )
  return `(${pieces.join('')})`
}

function referredToSql(
  { reference, target, fulfils }: ReferredCondition,
  writing: Writing,
): string {
  const { inTime } = writing.dialect
  const conditions = [
    ...(inTime === undefined ? [] : [inTime]),
    ...notDeleted(target),
    ...conditionsOf(fulfils, { ...writing, model: target }),
  ]
  const { key, table } = target
  return `${quote(columnOf(reference))} in (select ${quote(columnOf(key))} from ${quote(table)}${where(conditions)})`
}

function filterToSql({ field, operator, values }: Filter, writing: Writing): string {
  const { model } = writing
  const link = model.links.find(link => link.field.name === field.name)
  if (link === undefined) return valueCondition({ field, operator, values }, writing)
  const condition = equal(quote(link.other), values, writing)
  const isIn = operator === 'excludes' ? 'not in' : 'in'
  return `${quote(columnOf(model.key))} ${isIn} (select ${quote(link.own)} from ${quote(link.table)} where ${condition})`
}

/** Those that also find rows without the row from which a value is borrowed. */
const findsNull: readonly FilterOperator[] = ['ne', 'is_null']

/** A borrowed value is looked for where it is, so that an index there finds it. */
function valueCondition({ field, operator, values }: Filter, writing: Writing): string {
  const { model } = writing
  const test = (column: string) => operators[operator](column, values, writing)
  const source = model.borrowed.find(each => each.field.name === field.name)
  if (source === undefined) return test(columnTerm(model.table, columnOf(field), operator))
  if (findsNull.includes(operator)) return test(valueTerm(model, field))
  const { table, key, column, through } = source
  const condition = test(columnTerm(table, column, operator))
  return `${quote(through)} in (select ${quote(key)} from ${quote(table)} where ${condition})`
}

/** SQLite looks into a list by a table with columns of its own, which could have the same name. */
function columnTerm(table: string, column: string, operator: FilterOperator): string {
  return operator === 'includes' || operator === 'excludes'
    ? `${quote(table)}.${quote(column)}`
    : quote(column)
}

/** Texts are ordered by their code points, so those that begin with another are all between two bounds, as in an index. */
function startsWith(column: string, prefix: string, bind: Bind): string {
  const from = `${column} >= ${bind(prefix)}`
  const end = endOfPrefix(prefix)
  return end === undefined ? from : `${from} and ${column} < ${bind(end)}`
}

/** The first text after all that begin with the prefix; undefined if there is none. */
export function endOfPrefix(prefix: string): string | undefined {
  const points = Array.from(prefix, character => character.codePointAt(0) ?? 0)
  const last = points.findLastIndex(point => point < 0x10ffff)
  if (last < 0) return undefined
  const next = (points[last] ?? 0) + 1
  // The surrogates are no characters.
  return String.fromCodePoint(...points.slice(0, last), next === 0xd800 ? 0xe000 : next)
}
