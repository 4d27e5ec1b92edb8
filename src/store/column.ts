// A column of a table: its type, its constraints and its limits. The name of each constraint is made from what it says.

import { hash } from 'node:crypto'
import type { Field, JsonSchema } from '../resource/field.ts'
import type { KindName } from '../resource/kinds.ts'
import { isCounted, type Model } from '../resource/model.ts'
import { toStored } from '../resource/row.ts'
import { schemaToRules } from './schema-rules.ts'
import { type Dialect, literal, quote } from './store.ts'

export interface Column {
  readonly name: string
  readonly type: string
  /** The kind of its field; kinds may share a type. */
  readonly kind: KindName | undefined
  readonly isKey: boolean
  /** Whether the database makes its values, never twice. */
  readonly isIdentity: boolean
  readonly nullable: boolean
  /** As SQL. */
  readonly default: string | undefined
  /** Everything after the name in `create table`. */
  readonly definition: string
  readonly constraints: readonly Constraint[]
  readonly limits: ColumnLimits
  /** How its values are coded, where they are not those of the field. */
  readonly coding: string | undefined
  /** The rules for its values that no check holds. */
  readonly rules: JsonSchema
}

/** A rule for one column that the database holds. `definition`: the SQL after the name in `add constraint`. */
export type Constraint = { readonly name: string; readonly definition: string } & (
  | { readonly kind: 'check'; readonly condition: string }
  | { readonly kind: 'reference'; readonly target: string }
)

/** The meaning of a check, as keywords of the field's schema. */
export type ColumnLimits = JsonSchema

const lowerLimits = ['minimum', 'exclusiveMinimum', 'minLength'] as const
const upperLimits = ['maximum', 'exclusiveMaximum', 'maxLength'] as const

/** Whether `later` allows every value that `earlier` allows. */
export function isWider(later: ColumnLimits, earlier: ColumnLimits): boolean {
  const words = earlier.enum as readonly string[] | undefined
  if (words !== undefined) return words.every(word => letsThrough(later, word))
  const unchanged = (limit: string) => later[limit] === undefined || later[limit] === earlier[limit]
  return (
    later.enum === undefined &&
    lowerLimits.every(
      limit => unchanged(limit) || Number(later[limit]) <= Number(earlier[limit]),
    ) &&
    upperLimits.every(limit => unchanged(limit) || Number(later[limit]) >= Number(earlier[limit]))
  )
}

function letsThrough(
  { enum: words, minLength = 0, maxLength = Infinity }: ColumnLimits,
  word: string,
): boolean {
  if (words !== undefined) return (words as readonly string[]).includes(word)
  return word.length >= Number(minLength) && word.length <= Number(maxLength)
}

/** The column of a field. */
export function fieldToColumn(dialect: Dialect, model: Model, field: Field): Column {
  const { name, nullable, kind } = field
  const isKey = field === model.key
  const isIdentity = isKey && isCounted(model)
  const limits = fieldToLimits(field)
  const column = {
    name,
    kind: kind.name,
    isKey,
    isIdentity,
    nullable,
    limits,
    coding: kind.coding?.(field).name,
    type: dialect.columnTypes[kind.name],
  }
  if (isIdentity)
    return {
      ...column,
      rules: {},
      default: undefined,
      definition: dialect.serverMadeKey,
      constraints: [],
    }
  return withDefinition({
    ...column,
    rules: fieldToRules(field, limits),
    default: field.default === undefined ? undefined : defaultLiteral(dialect, field),
    constraints: [
      ...toCheck(field, conditions(dialect, field, limits)),
      ...model.references
        .filter(reference => reference.field === field)
        .map(({ model: target, onDelete }) =>
          toReference(name, target, model.joins && onDelete === 'cascade'),
        ),
    ],
  })
}

/** A column without a field. */
export function hiddenColumn(
  name: string,
  type: string,
  options: { nullable: boolean; default?: string },
): Column {
  const rest = {
    kind: undefined,
    isKey: false,
    isIdentity: false,
    constraints: [],
    limits: {},
    coding: undefined,
    rules: {},
  }
  return withDefinition({
    name,
    type,
    ...rest,
    nullable: options.nullable,
    default: options.default,
  })
}

/** The same column for rows that have no value in it yet, without the checks that need one. */
export function asNullable(column: Column): Column {
  const constraints = column.constraints.filter(({ kind }) => kind === 'reference')
  return withDefinition({ ...column, nullable: true, constraints })
}

/** The same column without a rule that the rows must keep. */
export function withoutConstraints(column: Column): Column {
  return withDefinition({ ...column, constraints: [] })
}

/** The same column without these rules, which it is given later. */
export function withoutSome(column: Column, later: readonly Constraint[]): Column {
  if (!column.constraints.some(constraint => later.includes(constraint))) return column
  return withDefinition({
    ...column,
    constraints: column.constraints.filter(constraint => !later.includes(constraint)),
  })
}

function withDefinition(column: Omit<Column, 'definition'>): Column {
  const parts = [
    column.type,
    column.nullable ? '' : 'not null',
    column.isKey ? 'primary key' : '',
    column.default === undefined ? '' : `default ${column.default}`,
    ...column.constraints.map(inColumn),
  ]
  return { ...column, definition: parts.filter(part => part !== '').join(' ') }
}

/**
 * A name that tells one definition from another: what is there by the right name is right. Within the 63 bytes after
 * which PostgreSQL cuts; distinct subjects stay distinct by the digest.
 */
export function nameOf(subject: string, definition: string, kind: string): string {
  return `${subject.slice(0, 48)}_${hash('sha256', `${subject} ${definition}`, 'hex').slice(0, 8)}_${kind}`
}

/** Whether a constraint or an index bears a name of ours; others are somebody else's, and stay. */
export function isOwnName(name: string): boolean {
  return /_[0-9a-f]{8}_(?:check|ref|idx|key)$/.test(name)
}

function fieldToLimits(field: Field): ColumnLimits {
  const { schema, format, kind } = field
  if (kind.coding !== undefined) return kind.coding(field).limits
  const keywords = [...lowerLimits, ...upperLimits, 'enum']
  // The form of a format is checked before a value comes here, and with it the length.
  const left = format === undefined ? keywords : keywords.filter(keyword => keyword !== 'maxLength')
  return Object.fromEntries(
    left.flatMap(keyword => (schema[keyword] === undefined ? [] : [[keyword, schema[keyword]]])),
  )
}

/** The type of a column says the type of its values, but for lists and objects. */
function fieldToRules({ schema, kind }: Field, limits: ColumnLimits): JsonSchema {
  if (kind.coding !== undefined) return {}
  return schemaToRules(schema, [...Object.keys(limits), ...(kind.isScalar ? ['type'] : [])])
}

/** The limits of a field as conditions on its column. */
function conditions(dialect: Dialect, { name, kind }: Field, limits: ColumnLimits): string[] {
  const column = quote(name)
  const words = limits.enum as readonly string[] | undefined
  const bound = (subject: string, operator: string, limit: unknown) =>
    limit === undefined ? [] : [`${subject} ${operator} ${limit}`]
  const kindCheck = dialect.columnChecks[kind.name]?.(column)
  return [
    ...(kindCheck === undefined ? [] : [kindCheck]),
    ...(words === undefined ? [] : [`${column} in (${words.map(literal).join(', ')})`]),
    ...bound(column, '>=', limits.minimum),
    ...bound(column, '>', limits.exclusiveMinimum),
    ...bound(column, '<=', limits.maximum),
    ...bound(column, '<', limits.exclusiveMaximum),
    ...bound(`length(${column})`, '>=', limits.minLength),
    ...bound(`length(${column})`, '<=', limits.maxLength),
  ]
}

/** SQLite takes null for a breach when a check is added later, so null is named. */
function toCheck({ name: column, nullable }: Field, conditions: readonly string[]): Constraint[] {
  if (conditions.length === 0) return []
  const condition = `${nullable ? `${quote(column)} is null or ` : ''}${conditions.join(' and ')}`
  const definition = `check (${condition})`
  return [{ kind: 'check', name: nameOf(column, definition, 'check'), definition, condition }]
}

/** Without a column list a reference is to the primary key. `follows`: whether the database deletes the row, too. */
function toReference(column: string, target: string, follows: boolean): Constraint {
  const definition = `foreign key (${quote(column)}) references ${quote(target)}${follows ? ' on delete cascade' : ''}`
  return { kind: 'reference', name: nameOf(column, definition, 'ref'), definition, target }
}

/** As it stands behind a column, which then need not be named. */
function inColumn(constraint: Constraint): string {
  const { name, definition } = constraint
  return `constraint ${quote(name)} ${definition.replace(/^foreign key \(.*?\) (?=references )/, '')}`
}

function defaultLiteral(dialect: Dialect, field: Field): string {
  const value = toStored(field, field.default)
  return typeof value === 'boolean' ? dialect.booleanLiteral(value) : literal(value)
}
