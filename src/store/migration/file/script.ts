// The SQL of a numbered file for one kind of database, each statement under a comment that says what it does.

import type { Field, Json } from '../../../resource/field.ts'
import { kinds } from '../../../resource/kinds.ts'
import { hashPasswordSync } from '../../../resource/password.ts'
import { toStored } from '../../../resource/row.ts'
import { type Dialect, literal, quote } from '../../store.ts'
import type { Definition } from '../definition.ts'
import type { Addition, Conversion, Moves } from './moves.ts'
import { inTurn, type Renaming, renamingsOf, temporary } from './renames.ts'

export interface Section {
  readonly comment: string
  readonly statements: readonly string[]
}

/** Lists the values that nothing can be made from. */
export class ValuesLost extends Error {
  readonly reasons: readonly string[]

  constructor(reasons: readonly string[]) {
    super(reasons.join('\n'))
    this.reasons = reasons
  }
}

/** In the order in which they are run. Throws `ValuesLost`. */
export function movesToSections(dialect: Dialect, moves: Moves): readonly Section[] {
  const { before, renames, conversions, additions } = moves
  const lost = conversions.flatMap(conversion => lossOf(dialect, conversion))
  if (lost.length > 0) throw new ValuesLost(lost)
  const names = before.resources.map(({ name }) => renames.get(name) ?? name)
  return [
    ...conversions.flatMap(conversion => convert(dialect, conversion)),
    ...inTurn(renamingsOf(renames)).map(renaming => renameTable(before, renaming)),
    ...names.flatMap(name =>
      inTurn(renamingsOf(renames, name)).map(renaming => renameColumn(name, renaming)),
    ),
    ...additions.map(addition => add(dialect, addition)),
  ]
}

export function sectionsToText(sections: readonly Section[]): string {
  return sections
    .map(({ comment, statements }) => {
      const lines = comment.split('\n').map(line => `-- ${line}`)
      return [...lines, ...statements.map(statement => `${statement};`)].join('\n')
    })
    .join('\n\n')
}

function renameTable({ resources }: Definition, { from, to }: Renaming): Section {
  const rename = `alter table ${quote(from)} rename to ${quote(to)}`
  if (resources.some(({ name, joins }) => joins === true && [from, to].includes(name)))
    return { comment: `The table of the list ${from} is called ${to}.`, statements: [rename] }
  return {
    comment: `${from} are called ${to}. Rows and what refers to them stay; scopes of API keys keep the old name.`,
    statements: [
      rename,
      `update "_deleted_rows" set "table" = ${literal(to)} where "table" = ${literal(from)}`,
    ],
  }
}

function renameColumn(table: string, { from, to }: Renaming): Section {
  return {
    comment: `${table}.${from} is called ${to}. Its values stay.`,
    statements: [`alter table ${quote(table)} rename column ${quote(from)} to ${quote(to)}`],
  }
}

function add(dialect: Dialect, addition: Addition): Section {
  const { nextRevision, columnTypes } = dialect
  const { table, field, value, isThere } = addition
  const [name, column] = [quote(table.name), quote(field.name)]
  const written = valueToSql(dialect, field, value)
  const update = `update ${name} set ${column} = ${written}, "_rev" = ${nextRevision}`
  const at = `${table.name}.${field.name}`
  if (isThere)
    return {
      comment: `${at}: rows that have no value get one.`,
      statements: [`${update} where ${column} is null`],
    }
  return {
    comment: `${at} is new, and every row gets this value.`,
    statements: [
      `alter table ${name} add column ${column} ${columnTypes[field.kind.name]}`,
      update,
    ],
  }
}

/** Drops the additions, with their values. */
export function dropAdditions({ additions }: Moves): readonly Section[] {
  return additions
    .filter(({ isThere }) => !isThere)
    .map(({ table, field }) => ({
      comment: `${table.name}.${field.name} goes, with its values.`,
      statements: [`alter table ${quote(table.name)} drop column ${quote(field.name)}`],
    }))
}

/** A column beside the old one takes the values, and then its name. */
function convert(dialect: Dialect, conversion: Conversion): Section[] {
  const { resource, before, field, value } = conversion
  const expression = expressionOf(dialect, conversion)
  if (expression === undefined) return []
  const [table, column, beside] = [
    quote(resource.name),
    quote(before.name),
    quote(temporary(before.name)),
  ]
  const made =
    value === undefined
      ? 'Its values are converted, and one that cannot be is refused.'
      : 'Its values are lost.'
  const which = value === undefined ? ` where ${column} is not null` : ''
  const statements = [
    `alter table ${table} add column ${beside} ${dialect.columnTypes[field.kind.name]}`,
    `update ${table} set ${beside} = ${expression}, "_rev" = ${dialect.nextRevision}${which}`,
    `alter table ${table} drop column ${column}`,
    `alter table ${table} rename column ${beside} to ${column}`,
  ]
  return [
    {
      comment: `${resource.name}.${before.name} was ${before.kind} and is ${field.kind.name}. ${made}`,
      statements,
    },
  ]
}

function expressionOf(dialect: Dialect, { before, field, value }: Conversion): string | undefined {
  if (value !== undefined) return valueToSql(dialect, field, value)
  if (field.schema.type === 'object') return undefined
  return dialect.conversions[`${before.kind} to ${field.kind.name}`]?.(quote(before.name))
}

/** Why a file cannot convert a field, in words; nothing where it can. */
function lossOf(dialect: Dialect, conversion: Conversion): readonly string[] {
  const { resource, before, field } = conversion
  const at = `${resource.name}.${before.name}`
  if (resource.key === before.name)
    return [`${at} is the key: add a field with the new values and make that one the key`]
  if (resource.references.some(reference => reference.field === before.name))
    return [
      `${at} refers to rows: first take away the reference and run 'migrate', then convert the field`,
    ]
  if (expressionOf(dialect, conversion) !== undefined) return []
  const isSame = dialect.columnTypes[before.kind] === dialect.columnTypes[field.kind.name]
  if (
    isSame &&
    field.schema.type !== before.schema.type &&
    field.schema.type !== 'object' &&
    field.kind.isScalar
  )
    return []
  return [
    `${at} was ${before.schema.type} and is ${field.schema.type}: say the value that every row gets, by --fill`,
  ]
}

/** A value as SQL; the hash of a password. */
export function valueToSql({ booleanLiteral }: Dialect, field: Field, value: Json): string {
  const isPassword = field.kind === kinds.password
  const stored = toStored(field, isPassword ? hashPasswordSync(String(value)) : value)
  return typeof stored === 'boolean' ? booleanLiteral(stored) : literal(stored)
}
