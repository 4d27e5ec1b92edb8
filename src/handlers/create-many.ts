// POST of rows to a collection, each on a line: all of them are stored in one transaction, or none.

import { setImmediate } from 'node:timers/promises'
import type { RowFormat } from '../formats/format.ts'
import { rowFormats } from '../formats/formats.ts'
import { ndjson } from '../formats/ndjson.ts'
import { type ReadRow, rowsIn } from '../formats/row-reader.ts'
import { countsType } from '../http/media-types.ts'
import type { Operation } from '../operations/operation.ts'
import { ownMember, type Row, type Values } from '../resource/row.ts'
import type { Work } from '../store/store.ts'
import { type Call, type Handler, parentKey, representationFields, shownRow } from './call.ts'
import { writeContext } from './change.ts'
import type { OnDuplicate } from './duplicates.ts'
import { type Engine, tableOf } from './engine.ts'
import { afterCommit } from './hooks.ts'
import { type Effect, idempotentHandler } from './idempotent.ts'
import { atLine, RefusedLine } from './refused-line.ts'
import { checkRows, readerOf } from './row-check.ts'
import { type SentRow, type Storing, storeRows } from './store-rows.ts'
import { requireSame } from './written.ts'

export function createManyHandler(engine: Engine, operation: Operation): Handler {
  const isOutrun = (error: unknown) => error instanceof RefusedLine && error.isOutrun
  const store = idempotentHandler(
    engine,
    operation,
    call => storeAll(engine, operation, call),
    isOutrun,
  )
  return async call => {
    const count = await checkRows(operation, call)
    await call.countRows(count)
    // The transaction has a turn of the event loop of its own.
    await setImmediate()
    return store(call)
  }
}

function* storeAll(engine: Engine, operation: Operation, call: Call): Work<Effect> {
  const table = tableOf(engine, operation.model.name)
  const context = writeContext(engine, call.principal)
  const answer = new RowsAnswer(operation, call)
  const storing: Storing = {
    context,
    table,
    onDuplicate: call.parameters.on_duplicate as OnDuplicate,
    counts: { created: 0, replaced: 0, skipped: 0 },
    written: answer.isOfRows ? row => answer.add(row) : undefined,
  }
  for (const lines of rowsIn(readerOf(operation, call.bodyType), call.body as Buffer))
    yield* storeRows(
      storing,
      lines.map(line => toSent(operation, call, line as ReadRow)),
    )
  return { answer: answer.finish(storing), committed: () => afterCommit(context, call) }
}

/** Below a parent a row may leave out the reference, because the address has it. */
export function toSent(
  { parent }: Operation,
  call: Pick<Call, 'keys'>,
  { line, values }: ReadRow,
): SentRow {
  if (parent === undefined) return { line, values: values as Values }
  const { field } = parent
  try {
    requireSame(field, parentKey(parent, call), ownMember(values as Values, field.name))
  } catch (error) {
    throw atLine(line, error)
  }
  return { line, values: { ...(values as Values), [field.name]: parentKey(parent, call) } }
}

/** The response: how many rows were stored, or the rows in the format in which they were sent. */
class RowsAnswer {
  readonly #operation: Operation
  readonly #call: Call
  readonly #format: RowFormat
  readonly #toLine: ReturnType<RowFormat['lineOf']>
  #text: string

  constructor(operation: Operation, call: Call) {
    this.#operation = operation
    this.#call = call
    this.#format = rowFormats.get(call.bodyType) ?? ndjson
    this.#toLine = this.#format.lineOf(call.seen.shown)
    this.#text = this.#format.head(call.seen.shown)
  }

  get isOfRows(): boolean {
    return this.#call.preferences.return === 'representation'
  }

  add(row: Row): void {
    const { seen } = this.#call
    const values = shownRow(seen, row)
    this.#text += this.#toLine(seen.shown.map(({ name }) => values[name] ?? null))
  }

  finish({ counts: { created, replaced, skipped }, onDuplicate }: Storing) {
    const [operation, call] = [this.#operation, this.#call]
    const status = created > 0 ? 201 : 200
    const fields = representationFields(operation, call)
    if (call.preferences.return === 'minimal') return { status, headers: fields, body: '' }
    if (this.isOfRows)
      return {
        status,
        headers: { ...fields, 'content-type': this.#format.contentType },
        body: this.#text,
      }
    const counts = {
      created,
      ...(onDuplicate === 'replace' && { replaced }),
      ...(onDuplicate === 'skip' && { skipped }),
    }
    const headers = { ...fields, 'content-type': `${countsType}; charset=utf-8` }
    return { status, headers, body: JSON.stringify(counts) }
  }
}
