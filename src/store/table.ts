// The SQL side of a model: its columns, constraints and indexes, and the statements that never change.

import { hash } from 'node:crypto'
import type { Field } from '../resource/field.ts'
import type { Model } from '../resource/model.ts'
import { type Dialect, quote } from './store.ts'

export interface Column {
  readonly name: string
  /** Everything after the name in `create table`. */
  readonly definition: string
  /** Whether it can be added to a table that has rows. */
  readonly addable: boolean
}

export interface Index {
  readonly name: string
  readonly statement: string
}

export interface Table {
  readonly name: string
  readonly model: Model
  readonly dialect: Dialect
  readonly columns: readonly Column[]
  readonly indexes: readonly Index[]
  readonly create: string
  /** Statements without their values, made once. */
  readonly text: TableText
}

interface TableText {
  readonly read: string
  readonly insert: string
  readonly insertWithKey: string
  readonly insertIfAbsent: string
  readonly update: string
  readonly remove: string
}

/** Hidden columns start with `_`, which no field may: the revision, and when the row was marked as deleted. */
const revisionColumn = quote('_rev')
const deletedColumn = quote('_deleted_at')

export function modelToTable(dialect: Dialect, model: Model): Table {
  const columns = [
    ...model.fields.map(field => fieldColumn(dialect, model, field)),
    { name: '_rev', definition: `${dialect.columnTypes.integer} not null`, addable: false },
    ...(model.keepDeleted ? [{ name: '_deleted_at', definition: dialect.columnTypes.string, addable: true }] : []),
  ]
  const lines = columns.map(({ name, definition }) => `  ${quote(name)} ${definition}`)
  return Object.freeze({
    name: model.name,
    model,
    dialect,
    columns,
    indexes: modelToIndexes(dialect, model),
    create: `create table ${quote(model.name)} (\n${lines.join(',\n')}\n) ${dialect.tableOptions}`.trim(),
    text: tableText(dialect, model),
  })
}

/** A condition that leaves out what was marked as deleted. */
export function isPresent({ keepDeleted }: Model): string {
  return keepDeleted ? `${deletedColumn} is null` : 'true'
}

function fieldColumn(dialect: Dialect, model: Model, field: Field): Column {
  const { name, nullable } = field
  if (field === model.key && model.keyMadeBy === 'server')
    return { name, definition: dialect.serverMadeKey(model.name, name), addable: false }
  const parts = [
    dialect.columnTypes[field.kind],
    nullable ? '' : 'not null',
    field === model.key ? 'primary key' : '',
    field.default === undefined ? '' : `default ${defaultLiteral(dialect, field)}`,
    ...checks(dialect, field).map(check => `check (${check})`),
    ...model.references.filter(reference => reference.field === field).map(({ model: target }) => referenceTo(target)),
  ]
  return {
    name,
    definition: parts.filter(part => part !== '').join(' '),
    addable: nullable || field.default !== undefined,
  }
}

function referenceTo(target: string): string {
  // The target's key is its first column; without a column list the reference is to the primary key.
  return `references ${quote(target)}`
}

function defaultLiteral(dialect: Dialect, { kind, default: value }: Field): string {
  if (kind === 'boolean') return dialect.booleanLiteral(value === true)
  if (kind === 'integer' || kind === 'number') return String(value)
  return literal(kind === 'json' ? JSON.stringify(value) : String(value))
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}

/** The limits of a field's schema as conditions on its column. */
function checks(dialect: Dialect, { name, kind, schema, format }: Field): string[] {
  const column = quote(name)
  const words = schema.enum as readonly string[] | undefined
  const bound = (subject: string, operator: string, limit: unknown) =>
    limit === undefined ? [] : [`${subject} ${operator} ${limit}`]
  const kindCheck = dialect.kindCheck(kind, column)
  return [
    ...(kindCheck === undefined ? [] : [kindCheck]),
    ...(words === undefined ? [] : [`${column} in (${words.map(literal).join(', ')})`]),
    ...bound(column, '>=', schema.minimum),
    ...bound(column, '>', schema.exclusiveMinimum),
    ...bound(column, '<=', schema.maximum),
    ...bound(column, '<', schema.exclusiveMaximum),
    ...bound(`length(${column})`, '>=', schema.minLength),
    ...(format === undefined ? bound(`length(${column})`, '<=', schema.maxLength) : []),
  ]
}

/** An index ends with the key, as the order of every list does. */
function modelToIndexes(dialect: Dialect, model: Model): readonly Index[] {
  const { key, unique, indexes, references } = model
  const wanted = [...indexes, ...references.map(({ field }) => [field.name])]
  const ordered = wanted.map(set => (set.includes(key.name) ? set : [...set, key.name]))
  const plain = [...new Map(ordered.map(set => [set.join(), set])).values()]
  return [
    ...unique.map(set => toIndex(dialect, model, set, true)),
    ...plain.map(set => toIndex(dialect, model, set, false)),
  ]
}

function toIndex(dialect: Dialect, model: Model, fields: readonly string[], unique: boolean): Index {
  const name = indexName(`${model.name}_${fields.join('_')}`, unique ? 'key' : 'idx')
  const where = unique && model.keepDeleted ? ` where ${isPresent(model)}` : ''
  const nullable = (name: string) => model.fields.some(field => field.name === name && field.nullable)
  const columns = fields.map(name => dialect.indexTerm(quote(name), nullable(name))).join(', ')
  return {
    name,
    statement: `create ${unique ? 'unique ' : ''}index ${quote(name)} on ${quote(model.name)} (${columns})${where}`,
  }
}

/** PostgreSQL cuts identifiers after 63 bytes; a digest keeps long ones apart. */
function indexName(name: string, ending: string): string {
  return `${name.length <= 55 ? name : `${name.slice(0, 45)}_${hash('sha256', name, 'hex').slice(0, 9)}`}_${ending}`
}

function tableText(dialect: Dialect, model: Model): TableText {
  const table = quote(model.name)
  const key = quote(model.key.name)
  const names = model.fields.map(({ name }) => quote(name))
  const returned = [...names, revisionColumn].join(', ')
  const others = names.slice(1)
  const placeholders = (count: number) => Array.from({ length: count }, (_, i) => dialect.placeholder(i + 1))
  const insert = (columns: readonly string[], onConflict = '') =>
    `insert into ${table} (${[...columns, revisionColumn].join(', ')}) ` +
    `values (${[...placeholders(columns.length), dialect.nextRevision].join(', ')})${onConflict} returning ${returned}`
  const assignments = others.map((name, i) => `${name} = ${dialect.placeholder(i + 1)}`)
  const [atKey, atRevision] = [dialect.placeholder(others.length + 1), dialect.placeholder(others.length + 2)]
  const [first, second] = [dialect.placeholder(1), dialect.placeholder(2)]
  return {
    read: `select ${returned} from ${table} where ${key} = ${first} and ${isPresent(model)}`,
    insert: insert(others),
    insertWithKey: insert(names),
    insertIfAbsent: insert(names, ' on conflict do nothing'),
    update:
      `update ${table} set ${[...assignments, `${revisionColumn} = ${dialect.nextRevision}`].join(', ')} ` +
      `where ${key} = ${atKey} and ${revisionColumn} = ${atRevision} returning ${returned}`,
    remove: model.keepDeleted
      ? `update ${table} set ${deletedColumn} = ${dialect.placeholder(3)}, ${revisionColumn} = ${dialect.nextRevision} ` +
        `where ${key} = ${first} and ${revisionColumn} = ${second}`
      : `delete from ${table} where ${key} = ${first} and ${revisionColumn} = ${second}`,
  }
}
