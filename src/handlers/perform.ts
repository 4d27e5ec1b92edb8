// POST of a definition's own action: its code runs in a transaction, and may change the row that the address names.

import type { Answer } from '../http/answer.ts'
import type { OperationOf } from '../operations/operation.ts'
import { type Row, rowToValues } from '../resource/row.ts'
import { selectForUpdate } from '../store/select.ts'
import type { Work } from '../store/store.ts'
import { requireMember } from './action.ts'
import { type Call, type Handler, represent, representationFields } from './call.ts'
import { writeContext } from './change.ts'
import { writingDb } from './db.ts'
import { type Engine, tableOf } from './engine.ts'
import { afterCommit } from './hooks.ts'
import { type Effect, idempotentHandler } from './idempotent.ts'
import { checkedAnswer, ownFault } from './own-code.ts'
import { toChangedValues, toMembers } from './own-values.ts'
import { Questions } from './questions.ts'
import { missingRow } from './refusal.ts'
import type { WriteContext } from './writing.ts'
import { writtenAnswer } from './written.ts'

type Perform = OperationOf<'perform'>

export function performHandler(engine: Engine, operation: Perform): Handler {
  return idempotentHandler(engine, operation, function* (call: Call): Work<Effect> {
    const context = writeContext(engine, call.principal)
    const isOfRow = operation.on === 'member'
    const row = isOfRow ? yield* requireMember(engine, operation, call) : undefined
    const value = yield* run(context, operation, call, row)
    const changed = row && (yield* changeRow(context, operation, row, value))
    return {
      answer: toAnswer(operation, call, changed, value),
      committed: () => afterCommit(context, call),
    }
  })
}

function run(
  context: WriteContext,
  { model, action }: Perform,
  { body, principal: caller, log }: Call,
  row: Row | undefined,
): Work<unknown> {
  const { engine, now } = context
  const questions = new Questions()
  const db = writingDb({ engine, questions, missing: missingRow }, context, model)
  const given = { ...(row && { row: rowToValues(model.fields, row) }), body, caller, now, log, db }
  return questions.answer({ where: whereOf(action), file: model.file, code: action.run }, given)
}

const whereOf = ({ name }: Perform['action']) => `the action '${name}'`

/** The row after what the action has written, and with what it returns. */
function* changeRow(
  context: WriteContext,
  { model, action }: Perform,
  row: Row,
  value: unknown,
): Work<Row> {
  const table = tableOf(context.engine, model.name)
  const hasWritten = context.journal.length > 0
  const [current] = hasWritten ? yield selectForUpdate(table, row[0] ?? null) : [row]
  const members = action.response === undefined ? membersOf(value, action, model.file) : {}
  if (current === undefined || Object.keys(members).length === 0) return current ?? row
  const values = own(action, model.file, () =>
    toChangedValues(model, rowToValues(model.fields, current), members),
  )
  const nested = { ...context, askedBy: [model.name] }
  const written = yield* context.write(nested, table, { operation: 'update', current, values })
  return written.row
}

function membersOf(value: unknown, action: Perform['action'], file: string): object {
  return own(action, file, () => {
    if (value === undefined || value === null) return {}
    if (typeof value !== 'object' || Array.isArray(value))
      throw new Error(
        `it returned ${JSON.stringify(value)}; return what changes of the row, or nothing`,
      )
    return toMembers(value)
  })
}

/** A mistake in the values that the action returned is a fault of its code. */
function own<T>(action: Perform['action'], file: string, check: () => T): T {
  try {
    return check()
  } catch (error) {
    throw ownFault(whereOf(action), file, error)
  }
}

function toAnswer(operation: Perform, call: Call, row: Row | undefined, value: unknown): Answer {
  const { action, model } = operation
  if (action.response !== undefined) {
    const { response } = action
    const checked = own(action, model.file, () => checkedAnswer(response, value))
    return represent(call, {
      status: 200,
      headers: representationFields(operation, call),
      value: checked,
    })
  }
  if (row !== undefined) return writtenAnswer(operation, call, { row })
  if (value !== undefined)
    throw ownFault(
      whereOf(action),
      model.file,
      new Error('it returned something, but has no response'),
    )
  return { status: 204, headers: representationFields(operation, call), body: '' }
}
