// The SQL side of a model: its columns and indexes, and the statements that never change.

import { columnOf, type Field } from '../resource/field.ts'
import { positionColumn } from '../resource/links.ts'
import { columnFields, type Model } from '../resource/model.ts'
import { hiddenOwner, hidesOwner, ownerFieldOf } from '../resource/owner.ts'
import { toStoredModel } from '../resource/stored-model.ts'
import {
  type Column,
  type Constraint,
  fieldToColumn,
  hiddenColumn,
  nameOf,
  withoutSome,
} from './column.ts'
import { searchesOf } from './search.ts'
import { type Dialect, quote } from './store.ts'

export interface Index {
  readonly name: string
  readonly unique: boolean
  readonly fields: readonly string[]
  /** The statements that make it, in order. */
  readonly statements: readonly string[]
  /** Whether it is of words, in no order of its fields. */
  readonly isSearch?: boolean
}

export interface Table {
  readonly name: string
  /** The model that it is made from; its fields may have other names than their columns. */
  readonly model: Model
  readonly dialect: Dialect
  readonly columns: readonly Column[]
  readonly indexes: readonly Index[]
  readonly create: string
  /** Statements without their values, made once. */
  readonly text: TableText
}

interface TableText {
  /** The columns of a row in results: its fields, then its revision. */
  readonly returned: string
  readonly read: string
  readonly insert: string
  readonly insertWithKey: string
  readonly update: string
  /** For rows that are marked as deleted, where there are any. */
  readonly readDeleted: string
  readonly restore: string
  readonly remove: string
}

/** Hidden columns start with `_`, which no field may: the revision, who owns the row, when it was marked as deleted. */
const revisionColumn = quote('_rev')
const deletedColumn = quote('_deleted_at')

const made = new WeakMap<Dialect, WeakMap<Model, Table>>()

/** A table is made once for each database, for the engine and the migration alike. */
export function modelToTable(dialect: Dialect, model: Model): Table {
  const ofDialect = made.get(dialect) ?? new WeakMap<Model, Table>()
  const table = ofDialect.get(model) ?? makeTable(dialect, model)
  made.set(dialect, ofDialect.set(model, table))
  return table
}

function makeTable(dialect: Dialect, model: Model): Table {
  const stored = toStoredModel(model)
  const { name } = stored
  const columns = [
    ...columnFields(stored).map(field => fieldToColumn(dialect, stored, field)),
    hiddenColumn('_rev', dialect.columnTypes.integer, { nullable: false }),
    // Rows from before `owner` was set get the owner of an open service.
    ...(hidesOwner(model)
      ? [hiddenColumn(hiddenOwner, dialect.columnTypes.string, { nullable: false, default: "''" })]
      : []),
    ...(model.keepDeleted
      ? [hiddenColumn('_deleted_at', dialect.columnTypes.string, { nullable: true })]
      : []),
  ]
  return Object.freeze({
    name,
    model,
    dialect,
    columns,
    indexes: modelToIndexes(dialect, stored),
    create: createStatement({ dialect, name, columns }),
    text: tableText(dialect, stored),
  })
}

/** `later`: constraints that are added afterwards. */
export function createStatement(
  { dialect, name, columns }: Pick<Table, 'dialect' | 'name' | 'columns'>,
  later: readonly Constraint[] = [],
): string {
  const lines = columns
    .map(column => withoutSome(column, later))
    .map(({ name, definition }) => `  ${quote(name)} ${definition}`)
  return `create table ${quote(name)} (\n${lines.join(',\n')}\n) ${dialect.tableOptions}`.trim()
}

/** The conditions that leave out rows marked as deleted; none where there are no such rows. */
export function notDeleted({ keepDeleted }: Model): readonly string[] {
  return keepDeleted ? [`${deletedColumn} is null`] : []
}

/** ` where …` with the conditions; empty without conditions, because a field may be called `true`. */
export function where(conditions: readonly string[]): string {
  return conditions.length === 0 ? '' : ` where ${conditions.join(' and ')}`
}

/** The indexes of a model. Each ends with the key, as the order of every list does. */
function modelToIndexes(dialect: Dialect, model: Model): readonly Index[] {
  const { key, unique, indexes, references } = model
  const wanted = [
    ...indexes,
    ...references.map(({ field }) => [field.name]),
    ...ownerOf(model).map(name => [name]),
  ]
  const ordered = wanted.map(set => (set.includes(key.name) ? set : [...set, key.name]))
  const plain = [...new Map(ordered.map(set => [set.join(), set])).values()]
  return [
    ...unique.map(set => toIndex(dialect, model, set, true)),
    ...plain.map(set => toIndex(dialect, model, set, false)),
    ...(model.keepFor === undefined
      ? []
      : [toIndex(dialect, model, ['_deleted_at', key.name], false)]),
    ...searchIndexes(dialect, model),
  ]
}

function searchIndexes(dialect: Dialect, model: Model): readonly Index[] {
  return searchesOf(model).map(searched => {
    const fields = searched.columns.map(({ name }) => name)
    return { ...dialect.search.index(searched), unique: false, fields, isSearch: true }
  })
}

/** The column that says whose a row is, where there is one. */
function ownerOf(model: Model): readonly string[] {
  return model.owner ? [ownerFieldOf(model)?.name ?? hiddenOwner] : []
}

function toIndex(
  dialect: Dialect,
  model: Model,
  fields: readonly string[],
  unique: boolean,
): Index {
  const condition = unique ? where(notDeleted(model)) : ''
  const nullable = (name: string) =>
    model.fields.some(field => field.name === name && field.nullable)
  // Uniqueness counts among the rows of one owner, because the rows of others do not exist for that owner.
  const all = unique ? [...new Set([...ownerOf(model), ...fields])] : fields
  const columns = all.map(name => dialect.indexTerm(quote(name), nullable(name))).join(', ')
  const definition = `on ${quote(model.name)} (${columns})${condition}`
  const name = nameOf(`${model.name}_${fields.join('_')}`, definition, unique ? 'key' : 'idx')
  return {
    name,
    unique,
    fields: all,
    statements: [`create ${unique ? 'unique ' : ''}index ${quote(name)} ${definition}`],
  }
}

/** The value of a field that is no list of keys: its column, or that of the row from which it is borrowed. */
export function valueTerm(
  model: Pick<Model, 'table' | 'borrowed'>,
  field: Pick<Field, 'name' | 'column'>,
): string {
  const source = model.borrowed.find(borrowed => borrowed.field.name === field.name)
  if (source === undefined) return quote(columnOf(field))
  const { table, key, column, through } = source
  // The other row has a name of its own, because it may be of the same table.
  return (
    `(select "_from".${quote(column)} from ${quote(table)} as "_from" ` +
    `where "_from".${quote(key)} = ${quote(model.table)}.${quote(through)})`
  )
}

/** The term that reads a field: its value, or the list of keys that another table has. */
export function readTerm(
  { dialect, model }: Pick<Table, 'dialect' | 'model'>,
  field: Pick<Field, 'name' | 'column'>,
): string {
  const link = model.links.find(link => link.field.name === field.name)
  if (link === undefined) {
    const term = valueTerm(model, field)
    return term === quote(columnOf(field)) ? term : `${term} as ${quote(field.name)}`
  }
  const from =
    `from ${quote(link.table)} where ${quote(link.table)}.${quote(link.own)} = ` +
    `${quote(model.table)}.${quote(columnOf(model.key))} order by ${quote(positionColumn)}`
  return `${dialect.listOf(quote(link.other), from)} as ${quote(field.name)}`
}

function tableText(dialect: Dialect, model: Model): TableText {
  const table = quote(model.name)
  const key = quote(model.key.name)
  const names = columnFields(model).map(({ name }) => quote(name))
  const read = model.fields.map(field => readTerm({ dialect, model }, field))
  const returned = [...read, revisionColumn].join(', ')
  const others = names.slice(1)
  const owner = hidesOwner(model) ? [quote(hiddenOwner)] : []
  const placeholders = (count: number) =>
    Array.from({ length: count }, (_, i) => dialect.placeholder(i + 1))
  const insert = (columns: readonly string[]) =>
    `insert into ${table} (${[...columns, revisionColumn].join(', ')}) ` +
    `values (${[...placeholders(columns.length), dialect.nextRevision].join(', ')}) returning ${returned}`
  const assignments = others.map((name, i) => `${name} = ${dialect.placeholder(i + 1)}`)
  const [atKey, atRevision] = [
    dialect.placeholder(others.length + 1),
    dialect.placeholder(others.length + 2),
  ]
  const [first, second] = [dialect.placeholder(1), dialect.placeholder(2)]
  const select = `select ${returned} from ${table}`
  const update = (more: readonly string[]) =>
    `update ${table} set ${[...more, ...assignments, `${revisionColumn} = ${dialect.nextRevision}`].join(', ')} ` +
    `where ${key} = ${atKey} and ${revisionColumn} = ${atRevision} returning ${returned}`
  return {
    returned,
    read: `${select}${where([`${key} = ${first}`, ...notDeleted(model)])}`,
    readDeleted: `${select}${where([`${key} = ${first}`, `${deletedColumn} is not null`])}`,
    insert: insert([...others, ...owner]),
    insertWithKey: insert([...names, ...owner]),
    update: update([]),
    restore: update([`${deletedColumn} = null`]),
    remove: model.keepDeleted
      ? `update ${table} set ${deletedColumn} = ${dialect.placeholder(3)}, ${revisionColumn} = ${dialect.nextRevision} ` +
        `where ${key} = ${first} and ${revisionColumn} = ${second}`
      : `delete from ${table} where ${key} = ${first} and ${revisionColumn} = ${second}`,
  }
}
