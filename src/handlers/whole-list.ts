// A whole list: in a representation of rows, every row that the filters let through is sent, as the database gives it.

import { ifMatchHolds } from '../http/conditional.ts'
import { Problem } from '../http/problem.ts'
import type { Plan } from '../limits/plan.ts'
import type { OperationOf } from '../operations/operation.ts'
import { ParameterError } from '../query/parameter.ts'
import type { ListQuery } from '../query/query.ts'
import type { Row } from '../resource/row.ts'
import { selectList } from '../store/select.ts'
import type { Call } from './call.ts'
import { toShown } from './computed.ts'
import { type Engine, tableOf } from './engine.ts'
import { listFields } from './total.ts'
import { requireParent } from './visible.ts'

/** Whether the caller asks for rows, and for no page of them. */
export function isWhole({ representation, parameters: { limit, cursor } }: Call): boolean {
  return representation.rows !== undefined && limit === undefined && cursor === undefined
}

/** It has no tag: its state is known only when it has been read. */
export async function answerWhole(
  engine: Engine,
  operation: OperationOf<'list'>,
  call: Call,
  query: ListQuery,
) {
  const { model } = operation
  requireNoPages(call.plan)
  if (!ifMatchHolds(call.conditions.ifMatch, undefined)) throw new Problem('preconditionFailed')
  await call.makeRoom()
  const headers = {
    ...(await listFields(engine, operation, call, query)),
    'content-type': call.representation.contentType,
    'content-disposition': `attachment; filename="${model.name}.${call.representation.rows?.ending}"`,
  }
  if (call.method === 'HEAD') {
    await requireParent(engine, operation, call)
    return { status: 200, headers, body: '' }
  }
  const portions = engine.store.stream(selectList(tableOf(engine, model.name), query))
  const parts = new Parts(
    portions,
    call.representation.rows?.head(query.fields) ?? '',
    toText(call, query),
  )
  // What can be refused is refused before the head of the response is sent.
  const hasRows = await parts.begin()
  if (!hasRows) await requireParent(engine, operation, call)
  return { status: 200, headers, body: '', parts }
}

type ToText = (rows: readonly Row[]) => string

function toText({ representation: { rows: format }, seen }: Call, { fields }: ListQuery): ToText {
  const toValues = toShown(seen, fields)
  return rows => {
    let text = ''
    for (const row of rows) text += format?.line(fields, toValues(row))
    return text
  }
}

/** The text of a list, portion by portion. It is no generator, as one that was never begun would leave the rows open. */
class Parts implements AsyncIterableIterator<string> {
  readonly #portions: AsyncGenerator<readonly Row[]>
  readonly #toText: ToText
  /** What is to be sent before anything else. */
  #first: string | undefined

  constructor(portions: AsyncGenerator<readonly Row[]>, head: string, toText: ToText) {
    this.#portions = portions
    this.#toText = toText
    this.#first = head
  }

  /** Reads the first rows. Returns whether there are any. */
  async begin(): Promise<boolean> {
    const { done, value: rows = [] } = await this.#portions.next()
    this.#first += this.#toText(rows)
    return done !== true && rows.length > 0
  }

  async next(): Promise<IteratorResult<string>> {
    const first = this.#first
    this.#first = undefined
    if (first) return { done: false, value: first }
    const { done, value } = await this.#portions.next()
    return done === true ? { done, value: undefined } : { done: false, value: this.#toText(value) }
  }

  async return(): Promise<IteratorResult<string>> {
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
