// The rows of an import on their way through a stage: nobody else waits while they are made, and only shortly while all of
// them are moved to their table.

import { ownerOf, ownRows } from '../access/ownership.ts'
import type { ReadRow } from '../formats/row-reader.ts'
import { isRefusal, mayHide, writeContext } from '../handlers/change.ts'
import { toSent } from '../handlers/create-many.ts'
import { tableOf } from '../handlers/engine.ts'
import { newValues } from '../handlers/made.ts'
import { RefusedWrite } from '../handlers/refusal.ts'
import { RefusedLine } from '../handlers/refused-line.ts'
import { isPlain } from '../handlers/store-rows.ts'
import { visibleTo } from '../handlers/visible.ts'
import type { WriteContext } from '../handlers/writing.ts'
import type { Condition } from '../query/filter.ts'
import { columnOf, type Field } from '../resource/field.ts'
import { columnFields, type Model } from '../resource/model.ts'
import { ownerFieldOf } from '../resource/owner.ts'
import { type Row, rowToValues, valuesToRow } from '../resource/row.ts'
import {
  createStage,
  firstMissing,
  firstRepeated,
  firstTaken,
  selectStaged,
  stagedAtOnce,
  stageRows,
} from '../store/stage.ts'
import { type Session, type Statement, StoreError, type Work } from '../store/store.ts'
import { Portion } from '../store/streams.ts'
import type { Table } from '../store/table.ts'
import { Transfer } from '../store/transfer.ts'
import type { Run } from './job.ts'

/** How many rows are moved at once: it takes about a second. */
export const maxGathered = 1_000_000

/** Whether its rows need nothing but to be stored, so that they can be written by one statement. */
export function canBeGathered({ engine, operation: { model }, job }: Run): boolean {
  const isSeen = !mayHide(model) || visibleTo(engine, job.principal, model).length === 0
  return job.onDuplicate === 'refuse' && isPlain(model) && isSeen
}

export class Gathering {
  readonly #session: Session
  readonly #run: Run
  readonly #context: WriteContext
  readonly #table: Table
  readonly #portion = new Portion(stagedAtOnce)
  #sent: Promise<unknown> | undefined
  #withKeys = 0
  #withoutKeys = 0

  constructor(session: Session, run: Run) {
    this.#session = session
    this.#run = run
    this.#context = writeContext(run.engine, run.job.principal)
    this.#table = tableOf(run.engine, run.operation.model.name)
  }

  /** Whether they can be moved: a deleted row that is kept may have the key of one. */
  get isWhole(): boolean {
    return !this.#table.model.keepDeleted || this.#withKeys === 0
  }

  async add(row: ReadRow): Promise<void> {
    const { operation, job } = this.#run
    const { line, values } = toSent(operation, job, row)
    const { model } = this.#table
    const made = newValues(this.#context, model.fields, values)
    const stored = valuesToRow(columnFields(model), made)
    if (stored[0] === null) this.#withoutKeys++
    else this.#withKeys++
    if (this.#portion.add([line, ...stored])) await this.#send()
  }

  /** Moves the rows to their table, and does what else belongs to that in the same transaction. */
  async store(finish: (created: number) => Work<void>): Promise<WriteContext> {
    await this.#send()
    await this.#sent
    try {
      const transfer = new Transfer(this.#session, this.#table)
      await transfer.prepare({
        withKeys: this.#withKeys,
        withoutKeys: this.#withoutKeys,
        owner: ownerOf(this.#context.principal),
      })
      await this.#session.transact(() => this.#move(transfer, finish))
    } catch (error) {
      throw isRefusal(error) ? await this.#explained(error) : error
    }
    return this.#context
  }

  /** The rows before are on their way while these are made. */
  async #send(): Promise<void> {
    const first = this.#sent === undefined
    await this.#sent
    if (first) await this.#session.run(createStage(this.#table))
    const lines = this.#portion.take()
    if (lines.length === 0) return
    this.#sent = this.#session.run(stageRows(this.#table, lines))
    // It may fail before anybody waits for it.
    this.#sent.catch(() => {})
  }

  *#move(transfer: Transfer, finish: (created: number) => Work<void>): Work<void> {
    for (const { statement } of this.#references().filter(({ isLimited }) => isLimited)) {
      const [[place = null] = []] = yield statement
      if (place !== null) throw new StoreError('reference', 'A row is missing.')
    }
    yield* transfer.move()
    yield* finish(this.#withKeys + this.#withoutKeys)
  }

  /** The first row that is refused, and why. A database says which constraint it is, and not which row. */
  async #explained(error: StoreError): Promise<unknown> {
    let first: { readonly place: number; readonly cause: StoreError } | undefined
    for (const { statement, cause } of [...this.#uniques(), ...this.#references()]) {
      const [[place = null] = []] = await this.#session.run(statement)
      if (place !== null && Number(place) < (first?.place ?? Number.POSITIVE_INFINITY))
        first = { place: Number(place), cause }
    }
    if (first === undefined) return error
    const [[line = null, ...columns] = []] = await this.#session.run(
      selectStaged(this.#table, first.place),
    )
    return new RefusedLine(Number(line), this.#refused(columns, first.cause))
  }

  #refused(columns: Row, cause: StoreError): RefusedWrite {
    const { now, principal: caller } = this.#context
    const { model } = this.#table
    const after = rowToValues(columnFields(model), columns)
    return new RefusedWrite(model, { operation: 'create', now, caller, after }, cause, false)
  }

  #uniques(): readonly Check[] {
    const { model } = this.#table
    const { key, unique } = model
    const owner = ownerFieldOf(model)
    const among = owner === undefined ? ownRows(this.#context.principal, model) : []
    const sets = [
      { names: [key.name], among: [] },
      ...unique.map(names => ({
        names: owner === undefined ? names : [...names, owner.name],
        among,
      })),
    ]
    return sets.flatMap(({ names, among }) => toChecks(this.#table, names, among))
  }

  #references(): readonly (Check & { readonly isLimited: boolean })[] {
    const { engine } = this.#run
    return this.#table.model.references.map(({ field, model }) => {
      const target = tableOf(engine, model)
      const visible = visibleTo(engine, this.#context.principal, target.model)
      return {
        statement: firstMissing(field, target, visible),
        cause: new StoreError('reference', `${field.name} is missing`),
        // The database itself holds that there is a row.
        isLimited: visible.length > 0 || target.model.keepDeleted,
      }
    })
  }
}

/** Finds the place of a row that is refused. */
interface Check {
  readonly statement: Statement
  readonly cause: StoreError
}

function toChecks(
  table: Table,
  names: readonly string[],
  among: readonly Condition[],
): readonly Check[] {
  const columns = namedIn(table.model, names).map(columnOf)
  const cause = new StoreError('unique', `${names.join()} taken`, { columns })
  return [firstTaken(table, names, among), firstRepeated(table, names)].map(statement => ({
    statement,
    cause,
  }))
}

function namedIn({ fields }: Model, names: readonly string[]): readonly Field[] {
  return fields.filter(({ name }) => names.includes(name))
}
