// The lists of keys that rows have: what they may hold, how they are stored, and what becomes of them when a row that is
// in them is deleted.

import { isDeepStrictEqual } from 'node:util'
import type { Principal } from '../access/access.ts'
import type { Finding } from '../http/problem.ts'
import type { Change } from '../resource/hooks.ts'
import type { Link, Model } from '../resource/model.ts'
import {
  ownMember,
  type Row,
  rowToValues,
  type SqlValue,
  toStored,
  type Values,
} from '../resource/row.ts'
import {
  clearList,
  dropFromDeleted,
  fillList,
  selectListing,
  selectPresent,
  selectPresentForShare,
} from '../store/links.ts'
import { selectForUpdate, selectMember } from '../store/select.ts'
import { StoreError, type Work } from '../store/store.ts'
import type { Table } from '../store/table.ts'
import { type Engine, tableOf } from './engine.ts'
import { type Linker, linkersOf, maxCascade, requireFew } from './referrers.ts'
import { visibleTo } from './visible.ts'
import type { WriteContext } from './writing.ts'

/** The keys of a list as they are stored. */
export function keysOf(
  engine: Engine,
  { field, model }: Link,
  values: Values,
): readonly SqlValue[] {
  const { key } = tableOf(engine, model).model
  const list = ownMember(values, field.name)
  return Array.isArray(list) ? list.map(item => toStored(key, item)) : []
}

/** A list may hold keys of rows that there are for the caller; those that were in it before may stay. */
export function* requireKeys(
  { engine, principal, askedBy }: WriteContext,
  { links }: Model,
  { before, after }: Change<Values>,
): Work<void> {
  if (after === undefined) return
  for (const link of links) {
    const table = tableOf(engine, link.model)
    const former = before === undefined ? [] : keysOf(engine, link, before)
    const added = keysOf(engine, link, after).filter(key => !former.includes(key))
    if (added.length === 0) continue
    const own = askedBy.length > 0 ? [] : visibleTo(engine, principal, table.model)
    const present = yield selectPresentForShare(table, added, own)
    if (present.length < new Set(added).size)
      throw new StoreError('reference', `${link.field.name} has keys of no rows of the caller's`)
  }
}

/** The places in the lists of what a caller wanted to store that have keys of no rows. */
export async function missingKeys(
  engine: Engine,
  { links }: Model,
  values: Values,
  principal: Principal,
): Promise<readonly Finding[]> {
  const missing: Finding[] = []
  for (const link of links) {
    const table = tableOf(engine, link.model)
    const keys = keysOf(engine, link, values)
    if (keys.length === 0) continue
    const found = selectPresent(table, keys, visibleTo(engine, principal, table.model))
    const present = (await engine.store.query(found)).map(([key]) => key)
    for (const [index, key] of keys.entries())
      if (!present.includes(key))
        missing.push({ pointer: `#/${link.field.name}/${index}`, detail: 'does not exist' })
  }
  return missing
}

/** Stores the lists of a row where they are not as they should be; gives the row with them. */
export function* storeLists(engine: Engine, table: Table, row: Row, after: Values): Work<Row> {
  const { links, fields } = table.model
  if (links.length === 0) return row
  const key = row[0] ?? null
  const stored = rowToValues(fields, row)
  for (const link of links) {
    const keys = [...new Set(keysOf(engine, link, after))]
    if (isDeepStrictEqual(keys, keysOf(engine, link, stored))) continue
    yield clearList(table, link, key)
    if (keys.length > 0) yield fillList(table, link, key, keys)
  }
  const [written = row] = yield selectMember(table, key)
  return written
}

/** Before a row is deleted: takes its key from the lists that let go of it, each by a write of its own. */
export function* releaseLists(context: WriteContext, table: Table, current: Row): Work<void> {
  const key = current[0] ?? null
  for (const linker of linkersOf(context.engine, table.model))
    yield* releaseFrom(context, table, key, linker)
}

function* releaseFrom(
  context: WriteContext,
  table: Table,
  key: SqlValue,
  link: Linker,
): Work<void> {
  const { from } = link
  const listing = tableOf(context.engine, from.name)
  if (from.keepDeleted && !table.model.keepDeleted) yield dropFromDeleted(listing, link, key)
  // The database itself holds references to resources that keep no deleted rows.
  if (link.onDelete === 'refuse' && !table.model.keepDeleted) return
  const found = yield selectListing(listing, link, key, maxCascade + 1)
  if (link.onDelete === 'refuse' && found.length > 0)
    throw new StoreError('reference', `${from.name} have it in ${link.field.name}`)
  requireFew(found.length)
  const nested = { ...context, askedBy: [...context.askedBy, from.name] }
  for (const [owner = null] of found) {
    const [current] = yield selectForUpdate(listing, owner)
    if (current === undefined) continue
    const before = rowToValues(from.fields, current)
    const left = keysOf(context.engine, link, before).filter(item => item !== key)
    const values = { ...before, [link.field.name]: [...left] }
    yield* context.write(nested, listing, { operation: 'update', current, values })
  }
}
