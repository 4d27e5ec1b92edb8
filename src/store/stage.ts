// Rows that are to be written all at once are gathered in a file of their own first, where whoever writes to the database keeps
// all others from writing (`transfer.ts`). Each has its place among them, from 1.

import type { Condition } from '../query/filter.ts'
import { columnOf, type Field } from '../resource/field.ts'
import { columnFields, type Model } from '../resource/model.ts'
import type { SqlValue } from '../resource/row.ts'
import { conditionsOf } from './condition.ts'
import { binder } from './select.ts'
import { plain, quote, type Statement } from './store.ts'
import { notDeleted, type Table, where } from './table.ts'

/** The name of the file in statements. */
export const stageName = '_stage'
/** Where they are; no resource has such a name. */
export const gathered = `${stageName}."_rows"`

/** How many rows one statement gathers at most; fewer of large ones. */
export const stagedAtOnce = 128

export function createStage({ dialect, model }: Table): Statement {
  const columns = columnFields(model).map(
    field => `${quote(columnOf(field))} ${dialect.columnTypes[field.kind.name]}`,
  )
  return plain(
    `create table ${gathered} ("_nth" integer primary key, "_line" integer, ${columns.join(', ')})`,
  )
}

/** Each row is its line, then a value for each column. */
export function stageRows({ dialect }: Table, lines: readonly (readonly SqlValue[])[]): Statement {
  const { values, bind } = binder(dialect)
  const tuples = lines.map(line => `(null, ${line.map(bind).join(', ')})`)
  return { text: `insert into ${gathered} values ${tuples.join(', ')}`, values }
}

/** The place of the first that refers to no row among the visible ones; null if there is none, as of those that follow. */
export function firstMissing(
  field: Field,
  target: Table,
  visible: readonly Condition[],
): Statement {
  const { dialect, model } = target
  const { values, bind } = binder(dialect)
  const conditions = [...notDeleted(model), ...conditionsOf(visible, { dialect, model, bind })]
  const column = quote(columnOf(field))
  const keys = `select ${quote(columnOf(model.key))} from ${quote(model.table)}${where(conditions)}`
  return {
    text: `select min("_nth") from ${gathered} where ${column} is not null and ${column} not in (${keys})`,
    values,
  }
}

/** Of the first that has the values of a row, among those which fulfil the conditions. */
export function firstTaken(
  { dialect, model }: Table,
  names: readonly string[],
  among: readonly Condition[],
): Statement {
  const { values, bind } = binder(dialect)
  const table = quote(model.table)
  const conditions = [
    ...columnsOf(model, names).map(column => `${table}.${column} = "_new".${column}`),
    ...notDeleted(model),
    ...conditionsOf(among, { dialect, model, bind }),
  ]
  const text =
    `select min("_new"."_nth") from ${gathered} as "_new" ` +
    `where exists (select 1 from ${table}${where(conditions)})`
  return { text, values }
}

/** Of the first that has the values of one before it. */
export function firstRepeated({ model }: Table, names: readonly string[]): Statement {
  const columns = columnsOf(model, names)
  const given = columns.map(column => `${column} is not null`).join(' and ')
  const time = `row_number() over (partition by ${columns.join(', ')} order by "_nth")`
  return plain(
    `select min("_nth") from (select "_nth", ${time} as "_time" from ${gathered} where ${given}) where "_time" > 1`,
  )
}

/** The line and the columns of one. */
export function selectStaged({ dialect, model }: Table, place: SqlValue): Statement {
  const columns = columnFields(model).map(field => quote(columnOf(field)))
  return {
    text: `select "_line", ${columns.join(', ')} from ${gathered} where "_nth" = ${dialect.placeholder(1)}`,
    values: [place],
  }
}

function columnsOf({ fields }: Model, names: readonly string[]): readonly string[] {
  return fields.filter(({ name }) => names.includes(name)).map(field => quote(columnOf(field)))
}
