// The statement that reads the rows to be included with others, for all of them at once.

import type { Condition } from '../query/filter.ts'
import type { PageSize } from '../query/page-size.ts'
import { columnOf, type Field } from '../resource/field.ts'
import type { SqlValue } from '../resource/row.ts'
import { conditionsOf } from './condition.ts'
import { binder } from './select.ts'
import { quote, type Statement } from './store.ts'
import { notDeleted, readTerm, type Table, where } from './table.ts'

export interface Related {
  /** The field that has one of the keys. */
  readonly field: Field
  readonly keys: readonly SqlValue[]
  /** How many rows to read for each key. */
  readonly limit: number
  readonly visible: readonly Condition[]
  readonly columns: readonly Field[]
  readonly size: PageSize | undefined
}

/**
 * Selects the first rows for each key, in the order of the keys and then of their own; fewer keys have theirs if they would be
 * too large together. Columns: those that are asked for, and then the place of the key, from 0.
 */
export function selectRelated({ dialect, model }: Table, related: Related): Statement {
  const { field, keys, limit, visible, columns, size } = related
  const { values, bind } = binder(dialect)
  const key = quote(columnOf(model.key))
  const wanted = dialect.inOrder(keys, field.kind.isText, bind)
  const conditions = [
    ...(dialect.inTime === undefined ? [] : [dialect.inTime]),
    `${quote(columnOf(field))} = "_wanted"."_key"`,
    ...notDeleted(model),
    ...conditionsOf(visible, { dialect, model, bind }),
  ]
  const first = `select ${key} from ${quote(model.table)}${where(conditions)} order by ${key} limit ${bind(limit)}`
  const read = columns.map(column => readTerm({ dialect, model }, column))
  const text =
    `select ${[...read, '"_wanted"."_of"'].join(', ')} from ${wanted} as "_wanted" ` +
    `${dialect.joinEach(quote(model.table), key, first)} ` +
    `order by "_wanted"."_of", ${quote(model.table)}.${key}`
  const texts = (size?.texts ?? []).map(index => quote(columnOf(columns[index] ?? model.key)))
  if (size === undefined || texts.length === 0) return { text, values, ...(size && { size }) }
  return { text: dialect.fitting(text, texts, () => bind(size.most)), values, size }
}
