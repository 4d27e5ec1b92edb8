// A whole list: in a representation of rows, every row that the filters let through is sent, as the database gives it.

import type { RowFormat } from '../formats/format.ts'
import { toWriting } from '../formats/stored-rows.ts'
import type { Answer } from '../http/answer.ts'
import { ifMatchHolds } from '../http/conditional.ts'
import { Problem } from '../http/problem.ts'
import type { Plan } from '../limits/plan.ts'
import type { Operation, OperationOf } from '../operations/operation.ts'
import { ParameterError } from '../query/parameter.ts'
import type { ListQuery } from '../query/query.ts'
import type { Field } from '../resource/field.ts'
import { isComputed, type Model } from '../resource/model.ts'
import type { Row } from '../resource/row.ts'
import { selectList } from '../store/select.ts'
import type { Call } from './call.ts'
import { toShown } from './computed.ts'
import { type Engine, tableOf } from './engine.ts'
import { listFields } from './total.ts'
import { requireParent } from './visible.ts'

/** The format in which the caller asks for rows, and for no page of them. */
export function wholeFormat({ representation, parameters }: Call): RowFormat | undefined {
  const { limit, cursor } = parameters
  return limit === undefined && cursor === undefined ? representation.rows : undefined
}

interface WholeList {
  readonly call: Call
  readonly query: ListQuery
  readonly format: RowFormat
}

export async function answerWhole(
  engine: Engine,
  operation: OperationOf<'list'>,
  list: WholeList,
): Promise<Answer> {
  const { call, query, format } = list
  return answerRows(engine, operation, {
    call,
    format,
    fields: query.fields,
    headers: () => listFields(engine, operation, call, query),
    portions: () => portionsOf(engine, list),
  })
}

/** Any number of rows. */
export interface Rows {
  readonly call: Call
  readonly format: RowFormat
  readonly fields: readonly Field[]
  readonly headers: () => Promise<Readonly<Record<string, string>>>
  readonly portions: () => AsyncGenerator<Uint8Array>
}

/** Has no tag: the state of the rows is known only when they have been read. */
export async function answerRows(
  engine: Engine,
  operation: Operation,
  { call, format, fields, headers: ofRows, portions }: Rows,
): Promise<Answer> {
  requireNoPages(call.plan)
  if (!ifMatchHolds(call.conditions.ifMatch, undefined)) throw new Problem('preconditionFailed')
  await call.makeRoom()
  await requireParent(engine, operation, call)
  const headers = {
    ...(await ofRows()),
    'content-type': format.contentType,
    'content-disposition': `attachment; filename="${operation.model.name}.${format.ending}"`,
  }
  if (call.method === 'HEAD') return { status: 200, headers, body: '' }
  const parts = new Parts(format.head(fields), portions())
  await parts.begin()
  return { status: 200, headers, body: '', parts }
}

/** Computed members are computed here; all others are written where they are read. */
function portionsOf(
  engine: Engine,
  { call: { seen }, query, format }: WholeList,
): AsyncGenerator<Uint8Array> {
  const { store } = engine
  const { fields } = query
  const statement = selectList(tableOf(engine, seen.name), query)
  return fields.some(field => isComputed(seen, field))
    ? textOf(store.stream(statement), lineOf(seen, fields, format))
    : store.streamText(statement, toWriting(format, fields))
}

function lineOf(model: Model, fields: readonly Field[], format: RowFormat): (row: Row) => string {
  const toValues = toShown(model, fields)
  const toLine = format.lineOf(fields)
  return row => {
    const values = toValues(row)
    return toLine(fields.map(({ name }) => values[name] ?? null))
  }
}

const encoder = new TextEncoder()

/** Rows as lines that are made here. */
export async function* textOf(
  portions: AsyncGenerator<readonly Row[]>,
  toLine: (row: Row) => string,
): AsyncGenerator<Uint8Array> {
  for await (const rows of portions) yield encoder.encode(rows.map(toLine).join(''))
}

/** The parts of a body. It is no generator, because one that was never begun would leave the rows open. */
class Parts implements AsyncIterableIterator<Uint8Array> {
  readonly #portions: AsyncGenerator<Uint8Array>
  /** The text to send first. */
  readonly #first: Uint8Array[]

  constructor(head: string, portions: AsyncGenerator<Uint8Array>) {
    this.#portions = portions
    this.#first = [encoder.encode(head)]
  }

  /** Reads the first rows, so that what can be refused is refused before the head of the response is sent. */
  async begin(): Promise<void> {
    const { done, value } = await this.#portions.next()
    if (!done) this.#first.push(value)
  }

  async next(): Promise<IteratorResult<Uint8Array>> {
    const first = this.#first.shift()
    if (first !== undefined) return { done: false, value: first }
    return this.#portions.next()
  }

  async return(): Promise<IteratorResult<Uint8Array>> {
    await this.#portions.return(undefined)
    return { done: true, value: undefined }
  }

  [Symbol.asyncIterator]() {
    return this
  }
}

/** A plan that bounds pages would be no bound if there were lists without pages. */
function requireNoPages(plan: Plan | undefined): void {
  if (plan?.largestPage === undefined) return
  throw new ParameterError(
    'limit',
    `is needed: the plan ${plan.name} allows pages of up to ${plan.largestPage}`,
  )
}
