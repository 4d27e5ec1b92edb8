// GET of figures of a collection: the rows that the caller sees, grouped and added up by the database.

import { hash } from 'node:crypto'
import { requireReadable } from '../access/field-scopes.ts'
import type { RowFormat } from '../formats/format.ts'
import type { Answer } from '../http/answer.ts'
import { etag, ifNoneMatchHolds } from '../http/conditional.ts'
import { Problem } from '../http/problem.ts'
import type { OperationOf } from '../operations/operation.ts'
import { type SummaryColumn, SumTooLarge } from '../query/figures.ts'
import { maxGroups, parseSummary, type SummaryQuery, summaryColumns } from '../query/summary.ts'
import type { Json } from '../resource/field.ts'
import type { Row } from '../resource/row.ts'
import { selectSummary } from '../store/summary.ts'
import { type Call, type Handler, representationFields, requireMatch, rowsBelow } from './call.ts'
import { type Engine, tableOf } from './engine.ts'
import { throughSeen } from './through.ts'
import { requireParent, visibleTo } from './visible.ts'
import { answerRows, textOf } from './whole-list.ts'

export function summaryHandler(engine: Engine, operation: OperationOf<'summary'>): Handler {
  const { model, offered } = operation
  return async call => {
    const parsed = parseSummary(call.seen, offered, { ...call, scope: rowsBelow(operation, call) })
    const named = mentionsIn(parsed)
    if (model.hasFieldScopes) requireReadable(call.principal, model, { ...offered, ...call, named })
    const asked = throughSeen(engine, call, { ...offered, asked: parsed })
    const filters = [...asked.filters, ...visibleTo(engine, call.principal, model)]
    const query = { ...asked, filters }
    const { rows } = call.representation
    return rows === undefined
      ? answerGroups(engine, operation, call, query)
      : answerAll(engine, operation, call, { query, format: rows })
  }
}

/** The fields that it is about, each with its parameter. */
function mentionsIn({ groups, figures }: SummaryQuery) {
  return [
    ...groups.map(({ field }) => ({ field, parameter: 'group_by' })),
    ...figures.flatMap(({ field, figure }) =>
      field === undefined ? [] : [{ field, parameter: figure }],
    ),
  ]
}

async function answerGroups(
  engine: Engine,
  operation: OperationOf<'summary'>,
  call: Call,
  query: SummaryQuery,
): Promise<Answer> {
  const table = tableOf(engine, operation.model.name)
  const most = Math.min(maxGroups, call.plan?.largestPage ?? maxGroups)
  await call.makeRoom()
  await requireParent(engine, operation, call)
  const found = await engine.store.query(selectSummary(table, query, most + 1))
  if (found.length > most) throw tooManyGroups(most)
  const columns = summaryColumns(query)
  const names = columns.map(({ name }) => name)
  const rows = found.map(row => {
    const values = read(columns, row)
    return Object.fromEntries(names.map((name, index) => [name, values[index]]))
  })
  const text = JSON.stringify(rows)
  const tag = etag(hash('sha256', text, 'base64url').slice(0, 22))
  requireMatch(call, tag)
  const headers = { ...representationFields(operation, call), etag: tag }
  if (!ifNoneMatchHolds(call.conditions.ifNoneMatch, tag)) return { status: 304, headers, body: '' }
  const { contentType } = call.representation
  return { status: 200, headers: { ...headers, 'content-type': contentType }, body: text }
}

function answerAll(
  engine: Engine,
  operation: OperationOf<'summary'>,
  call: Call,
  { query, format }: { readonly query: SummaryQuery; readonly format: RowFormat },
): Promise<Answer> {
  const columns = summaryColumns(query)
  const fields = columns.map(({ shown }) => shown)
  const toLine = format.lineOf(fields)
  const statement = selectSummary(tableOf(engine, operation.model.name), query)
  return answerRows(engine, operation, {
    call,
    format,
    fields,
    headers: async () => representationFields(operation, call),
    portions: () => textOf(engine.store.stream(statement), row => toLine(read(columns, row))),
  })
}

/** Throws a `Problem` (409) for a sum without an exact number. */
function read(columns: readonly SummaryColumn[], row: Row): readonly Json[] {
  try {
    return columns.map((column, index) => column.read(row[index] ?? null))
  } catch (error) {
    if (!(error instanceof SumTooLarge)) throw error
    throw new Problem('conflict', {
      detail: `The sum of ${error.field} is larger than JSON has exact numbers for: use filters, or smaller groups.`,
    })
  }
}

function tooManyGroups(most: number): Problem {
  return new Problem('conflict', {
    detail: `There are more than ${most} groups: use filters, or ask for text/csv or application/x-ndjson, which have all of them.`,
  })
}
