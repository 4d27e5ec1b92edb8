// GET of a collection: a page of rows as a bare array, with links to the other pages.

import { hash } from 'node:crypto'
import { requireReadable } from '../access/field-scopes.ts'
import { etag, ifNoneMatchHolds } from '../http/conditional.ts'
import { linkHeader } from '../http/link.ts'
import { maxTargetLength } from '../http/message.ts'
import { pageLinks } from '../http/page-links.ts'
import { Problem } from '../http/problem.ts'
import type { Representation } from '../http/representation.ts'
import { requirePageSize } from '../limits/plan.ts'
import type { OperationOf } from '../operations/operation.ts'
import type { Condition } from '../query/filter.ts'
import {
  countOnPage,
  type ListQuery,
  type Page,
  parseListQuery,
  rowsToPage,
} from '../query/query.ts'
import type { Field } from '../resource/field.ts'
import type { Model } from '../resource/model.ts'
import type { Row } from '../resource/row.ts'
import { selectPage } from '../store/select.ts'
import type { Work } from '../store/store.ts'
import type { Table } from '../store/table.ts'
import { inBestOrder } from './best-order.ts'
import { type Call, type Handler, requireMatch, rowsBelow } from './call.ts'
import { toShown } from './computed.ts'
import { type Engine, tableOf } from './engine.ts'
import {
  canBeLarge,
  type Included,
  type Inclusion,
  inclusionsOf,
  readIncluded,
} from './included.ts'
import { throughSeen } from './through.ts'
import { listFields } from './total.ts'
import { requireParent, visibleTo } from './visible.ts'
import { answerWhole, wholeFormat } from './whole-list.ts'

export function listHandler(engine: Engine, operation: OperationOf<'list'>): Handler {
  const { model, list } = operation
  const table = tableOf(engine, model.name)

  return async call => {
    if (model.hasFieldScopes) requireReadable(call.principal, model, { ...list, ...call })
    const asked = parseListQuery(call.seen, list, call.parameters, rowsBelow(operation, call))
    const filtered =
      model.through.length === 0 ? asked : throughSeen(engine, call, { ...list, asked })
    const matching = limitedTo(visibleTo(engine, call.principal, model), filtered)
    const inclusions = inclusionsOf(engine, call, asked.includes)
    const format = wholeFormat(call)
    const query = await inBestOrder(engine, table, matching, { isWhole: format !== undefined })
    if (format !== undefined) return answerWhole(engine, operation, { call, query, format })
    requirePageSize(call.plan, query.limit)
    if (query.size !== undefined || canBeLarge(inclusions, query.limit)) await call.makeRoom()
    const found = await findRows(engine, table, query, inclusions)
    if (found.rows.length === 0) await requireParent(engine, operation, call)
    const fields = await listFields(engine, operation, call, matching)
    const { text, link, ...page } = writtenPage(call, query, { model, ...found })
    const total = fields['x-total-count']
    const tag = total === undefined ? page.tag : tagOf(`${text}${link}${total}`)
    requireMatch(call, tag)
    const headers: Record<string, string> = { ...fields, etag: tag, link }
    if (!ifNoneMatchHolds(call.conditions.ifNoneMatch, tag))
      return { status: 304, headers, body: '' }
    headers['content-type'] = call.representation.contentType
    return { status: 200, headers, body: text }
  }
}

/** The rows that were found, and what is included with them, in one state of the database. */
interface Found {
  readonly rows: readonly Row[]
  readonly included?: Included
}

async function findRows(
  engine: Engine,
  table: Table,
  query: ListQuery,
  inclusions: readonly Inclusion[],
): Promise<Found> {
  const statement = selectPage(table, query)
  if (inclusions.length === 0) return { rows: await engine.store.query(statement) }
  return engine.store.read(function* (): Work<Found> {
    const found = yield statement
    const rows = found.slice(0, countOnPage(query, found))
    const { columns } = query
    const including = { model: table.model, rows, columns, shown: rows.length }
    return { rows: found, included: yield* readIncluded(inclusions, including) }
  })
}

/** A cursor does not depend on what its caller may see: that may change with time. */
function limitedTo(visible: readonly Condition[], query: ListQuery): ListQuery {
  return visible.length === 0 ? query : { ...query, filters: [...query.filters, ...visible] }
}

/** A page as it is sent. */
interface WrittenPage {
  readonly address: string
  readonly representation: Representation
  readonly fields: readonly Field[]
  readonly text: string
  readonly link: string
  /** The tag of a page without a count. */
  readonly tag: string
}

/**
 * The page that was last written from these rows. Callers who ask for one page in the same turn of the event loop share its
 * rows on SQLite, and so its text. Only what depends on nothing else than the rows and the compared values may be kept here.
 */
const writtenPages = new WeakMap<readonly Row[], WrittenPage>()

function writtenPage(
  call: Call,
  query: ListQuery,
  found: Found & { readonly model: Model },
): WrittenPage {
  const { base, url, representation } = call
  const { fields } = query
  const { rows, included, model } = found
  const address = `${base}${url}`
  const known = writtenPages.get(rows)
  if (
    known?.address === address &&
    known.representation === representation &&
    known.fields === fields
  )
    return known
  const page = rowsToPage(query, rows, included?.covered)
  const link = linksOf(call, page)
  const show = toShown(model, fields)
  const value =
    included === undefined
      ? page.rows.map(show)
      : page.rows.map(row => ({ ...show(row), ...included.membersOf(row) }))
  const text = representation.write(value, fields)
  const written = { address, representation, fields, text, link, tag: tagOf(`${text}${link}`) }
  // Included rows depend on the caller.
  if (included === undefined) writtenPages.set(rows, written)
  return written
}

function tagOf(text: string): string {
  return etag(hash('sha256', text, 'base64url').slice(0, 22))
}

function linksOf({ base, url }: Call, page: Page): string {
  const links = pageLinks(base, url, page)
  if (links === undefined) throw new Problem('uriTooLong', { detail: tooLong })
  return linkHeader(links)
}

const tooLong = `With its cursor the address of the next page would exceed ${maxTargetLength} bytes: use fewer or shorter filters.`
