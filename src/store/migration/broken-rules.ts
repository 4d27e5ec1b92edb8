// The rows that break rules which no check of their table holds, found by looking at each.

import type { Field } from '../../resource/field.ts'
import { fromStored, type Row, type SqlValue, toStored } from '../../resource/row.ts'
import { quote, type Work } from '../store.ts'
import { notDeleted, type Table, where } from '../table.ts'

/** Finds what is wrong with a value of the field. */
export type FindMistake = (field: Field) => (value: unknown) => string | undefined

export interface Breaches {
  /** The keys of the first rows. */
  readonly keys: readonly Row[]
  /** The mistake in the first of them. */
  readonly mistake: string
}

export interface Search {
  readonly table: Table
  readonly field: Field
  /** Whether rows are marked as deleted in the table as it is. */
  readonly marksDeleted: boolean
  /** How many rows are enough. */
  readonly limit: number
}

/** How many rows are looked at with one statement. */
const portion = 1000

/** Looks for rows that break the rules of a field. */
export function* findBreaches(search: Search, findMistake: FindMistake): Work<Breaches> {
  const { field, limit } = search
  const mistakeIn = findMistake(field)
  const keys: Row[] = []
  let mistake = ''
  let last: SqlValue | undefined
  for (;;) {
    const rows = yield selectPortion(search, last)
    for (const [key = null, stored = null] of rows) {
      const found = keys.length < limit ? storedMistake(field, stored, mistakeIn) : undefined
      mistake ||= found ?? ''
      if (found !== undefined) keys.push([key])
    }
    last = rows.at(-1)?.[0]
    if (keys.length >= limit || rows.length < portion) return { keys, mistake }
  }
}

function selectPortion({ table, field, marksDeleted }: Search, after: SqlValue | undefined) {
  const key = quote(table.model.key.name)
  const conditions = [
    ...(after === undefined ? [] : [`${key} > ${table.dialect.placeholder(1)}`]),
    ...(marksDeleted ? notDeleted(table.model) : []),
  ]
  const text =
    `select ${key}, ${quote(field.name)} from ${quote(table.name)}${where(conditions)} ` +
    `order by ${key} limit ${portion}`
  return { text, values: after === undefined ? [] : [after] }
}

/** A valid text may still not be in the one form in which its format is stored. */
function storedMistake(
  field: Field,
  stored: SqlValue,
  mistakeIn: (value: unknown) => string | undefined,
) {
  if (stored === null) return undefined
  const value = readStored(field, stored)
  const mistake = mistakeIn(value)
  if (mistake !== undefined || !field.kind.isText || toStored(field, value) === stored)
    return mistake
  return `must be stored as ${toStored(field, value)}`
}

/** A value that was stored as one of another kind is taken as what it is. */
function readStored(field: Field, stored: SqlValue): unknown {
  try {
    return field.kind.canRead(stored) ? fromStored(field, stored) : stored
  } catch (error) {
    if (error instanceof SyntaxError) return stored
    throw error
  }
}
