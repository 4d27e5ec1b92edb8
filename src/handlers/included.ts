// The rows that are included with others: one statement for each name reads those of all rows.

import { seenBy } from '../access/field-scopes.ts'
import { requireRelated, type Sought } from '../access/included.ts'
import type { Condition } from '../query/filter.ts'
import { linkingFields } from '../query/include.ts'
import {
  countFitting,
  maxPageBytes,
  type PageSize,
  pageSize,
  rowBytes,
} from '../query/page-size.ts'
import { ParameterError } from '../query/parameter.ts'
import { columnsOf, computedOf } from '../query/query.ts'
import type { Field, Json } from '../resource/field.ts'
import type { Include } from '../resource/include.ts'
import { maxIncludedRows } from '../resource/included-shape.ts'
import type { Model } from '../resource/model.ts'
import { fromStored, type Row, type SqlValue, toStored, type Values } from '../resource/row.ts'
import { selectRelated } from '../store/related.ts'
import type { Work } from '../store/store.ts'
import type { Table } from '../store/table.ts'
import type { Call } from './call.ts'
import { toShown } from './computed.ts'
import { type Engine, tableOf } from './engine.ts'
import { visibleTo } from './visible.ts'

/** A name of `include`, and what the caller may see of its rows. */
export interface Inclusion {
  readonly include: Include
  readonly table: Table
  readonly visible: readonly Condition[]
  readonly columns: readonly Field[]
  /** The members that are computed. */
  readonly computed: readonly Field[]
  readonly show: (row: Row) => Values
  /** In bytes, how much its rows may take together, with what is included with them. */
  readonly most: number
  readonly nested: readonly Inclusion[]
}

/** The include that each name stands for. Throws a `Problem` for rows that the caller may not read. */
export function inclusionsOf(
  engine: Engine,
  { principal, representation }: Call,
  includes: readonly Include[],
): readonly Inclusion[] {
  if (includes.length === 0) return []
  if (representation.rows !== undefined)
    throw new ParameterError('include', `is for JSON; ${representation.type} has rows alone`)
  requireRelated(engine.policy, principal, includes.flatMap(soughtBy))
  const share = maxPageBytes / includes.flatMap(soughtBy).length
  const resolve = (include: Include): Inclusion => {
    const table = tableOf(engine, include.model)
    const seen = seenBy(principal, table.model).model
    const fields = isMany(include) ? seen.listed : seen.shown
    const linking = [seen.key, ...linkingFields(include.nested)]
    return {
      include,
      table,
      visible: visibleTo(engine, principal, table.model),
      columns: [...new Set([...columnsOf(seen, fields), ...linking])],
      computed: computedOf(seen, fields),
      show: toShown(seen, fields),
      most: Math.floor(share * (1 + include.nested.length)),
      nested: include.nested.map(resolve),
    }
  }
  return includes.map(resolve)
}

function soughtBy({ name, model, field, nested }: Include): readonly Sought[] {
  return [
    { parameter: 'include', name, model: { name: model }, fields: [field] },
    ...nested.flatMap(soughtBy).map(next => ({ ...next, name: `${name}.${next.name}` })),
  ]
}

function isMany({ by }: Include): boolean {
  return by !== 'reference'
}

/** Whether what is included with so many rows can be large. */
export function canBeLarge(inclusions: readonly Inclusion[], rows: number): boolean {
  return inclusions.some(inclusion => {
    const count = rows * limitOf(inclusion)
    return sizeOf(inclusion, count) !== undefined || canBeLarge(inclusion.nested, count)
  })
}

function limitOf({ include }: Inclusion): number {
  return isMany(include) ? maxIncludedRows + 1 : 1
}

function sizeOf({ columns, computed, most }: Inclusion, rows: number): PageSize | undefined {
  return pageSize(columns, rows, { computed, most })
}

/** Rows with which others are included, and what the columns of these are. */
interface Including {
  readonly model: Model
  readonly rows: readonly Row[]
  readonly columns: readonly Field[]
  /** How many rows are shown, as one may be included with several. */
  readonly shown: number
}

export interface Included {
  /** How many of the first rows have all that belongs to them: at least one, whose lists may have been cut. */
  readonly covered: number
  /** The members that are added to a row. */
  readonly membersOf: (row: Row) => Values
  /** In bytes, what they take, where they can be large. */
  readonly bytesOf: (row: Row) => number
}

/** Reads what is included with these rows. */
export function* readIncluded(
  inclusions: readonly Inclusion[],
  including: Including,
): Work<Included> {
  const all: [name: string, one: IncludedByName][] = []
  for (const inclusion of inclusions)
    all.push([inclusion.include.name, yield* readByName(inclusion, including)])
  return {
    covered: Math.min(including.rows.length, ...all.map(([, { covered }]) => covered)),
    membersOf: row => Object.fromEntries(all.map(([name, { valueIn }]) => [name, valueIn(row)])),
    bytesOf: row => all.reduce((sum, [, { bytesOf }]) => sum + bytesOf(row), 0),
  }
}

interface IncludedByName extends Pick<Included, 'covered' | 'bytesOf'> {
  readonly valueIn: (row: Row) => Json
}

function* readByName(inclusion: Inclusion, including: Including): Work<IncludedByName> {
  const { include, columns, nested, show, most, table } = inclusion
  const { listOf, bytesOf } = yield* readRelated(inclusion, including)
  const lists = including.rows.map(listOf)
  const shown = lists.flatMap(({ rows }) => rows.slice(0, maxIncludedRows))
  const rows = [...new Set(shown)]
  const { model } = table
  const below = yield* readIncluded(nested, { model, rows, columns, shown: shown.length })
  const covered = new Set(rows.slice(0, below.covered))
  const costOf = (row: Row) =>
    covered.has(row) ? bytesOf(row) + below.bytesOf(row) : Number.POSITIVE_INFINITY
  const fitted = lists.map(list => fit(list, costOf, most))
  const byRow = new Map(including.rows.map((row, index) => [row, fitted[index] ?? nothing]))
  const toMember = (row: Row) => ({ ...show(row), ...below.membersOf(row) })
  return {
    covered: countCovered(fitted, most),
    bytesOf: row => (byRow.get(row) ?? nothing).bytes,
    valueIn: row => {
      const { items, more } = byRow.get(row) ?? nothing
      if (!isMany(include)) return items[0] === undefined ? null : toMember(items[0])
      return { items: items.map(toMember), more }
    },
  }
}

/** The rows that belong to a row. */
interface List {
  readonly rows: readonly Row[]
  /** Whether all of them have been read, or more than are included. */
  readonly isWhole: boolean
}

/** Those of them that are included. */
interface Fitted {
  readonly items: readonly Row[]
  readonly more: boolean
  /** Whether they are as many as there would be, were they small. */
  readonly isWhole: boolean
  readonly bytes: number
}

const nothing: Fitted = { items: [], more: false, isWhole: true, bytes: 0 }

/** The first one fits in any case. */
function fit({ rows, isWhole }: List, costOf: (row: Row) => number, most: number): Fitted {
  const first = rows.slice(0, maxIncludedRows)
  const items: Row[] = []
  let bytes = 0
  for (const row of first) {
    const next = bytes + costOf(row)
    if (next > most && items.length > 0) return { items, more: true, isWhole: false, bytes }
    items.push(row)
    bytes = next
  }
  return { items, more: !isWhole || rows.length > first.length, isWhole, bytes }
}

function countCovered(fitted: readonly Fitted[], most: number): number {
  let sum = 0
  for (const [index, { isWhole, bytes }] of fitted.entries()) {
    sum += bytes
    if (index > 0 && (sum > most || !isWhole)) return index
    if (!isWhole) return 1
  }
  return fitted.length
}

interface Related {
  readonly listOf: (row: Row) => List
  /** In bytes, what one of the rows that were read takes, where they can be large. */
  readonly bytesOf: (row: Row) => number
}

function* readRelated(inclusion: Inclusion, including: Including): Work<Related> {
  const { include, table, visible, columns } = inclusion
  const keysOf = (row: Row) => keysIn(inclusion, including, row)
  const keys = [...new Set(including.rows.flatMap(keysOf))]
  const places = new Map(keys.map((key, place) => [key, place]))
  const limit = limitOf(inclusion)
  const size = sizeOf(inclusion, including.shown * limit)
  const field = include.by === 'referrer' ? include.field : table.model.key
  const wanted = { field, keys, limit, visible, columns, size }
  const found = keys.length === 0 ? [] : yield selectRelated(table, wanted)
  const fitting = size === undefined ? found.length : countFitting(size, found)
  const placeIn = (row: Row) => Number(row[columns.length])
  const [beyond] = found.slice(fitting, fitting + 1)
  // The rows that did not fit belong to the key at this place, or to those behind it.
  const end = beyond === undefined ? keys.length : placeIn(beyond)
  const byPlace = Map.groupBy(found.slice(0, fitting), placeIn)
  return {
    listOf: row => {
      const own = keysOf(row).map(key => places.get(key) ?? end)
      const rows = own.flatMap(place => byPlace.get(place) ?? [])
      return { rows, isWhole: own.every(place => place < end) }
    },
    bytesOf: row => (size === undefined ? 0 : rowBytes(size, row)),
  }
}

/** The keys by which the rows that belong to a row are found. */
function keysIn(
  { include, table }: Inclusion,
  { model, columns }: Including,
  row: Row,
): readonly SqlValue[] {
  const { by, field } = include
  const value = row[columns.indexOf(by === 'referrer' ? model.key : field)] ?? null
  if (value === null) return []
  if (by !== 'list') return [value]
  return (fromStored(field, value) as Json[]).map(key => toStored(table.model.key, key))
}
