// GET of a definition's own view: its code reads in a transaction in which the database refuses to write.

import { Problem } from '../http/problem.ts'
import type { OperationOf } from '../operations/operation.ts'
import { rowToValues, type Values } from '../resource/row.ts'
import { selectMember } from '../store/select.ts'
import type { Work } from '../store/store.ts'
import { type Call, type Handler, keyOf, represent, representationFields } from './call.ts'
import { readingDb } from './db.ts'
import { type Engine, tableOf } from './engine.ts'
import { checkedAnswer, ownFault } from './own-code.ts'
import { Questions } from './questions.ts'
import { missingRow } from './refusal.ts'
import { visibleRows } from './visible.ts'

type ViewOperation = OperationOf<'view'>

export function viewHandler(engine: Engine, operation: ViewOperation): Handler {
  return async call => {
    const value = await engine.store.read(() => compute(engine, operation, call))
    return represent(call, { status: 200, headers: representationFields(operation, call), value })
  }
}

function* compute(engine: Engine, operation: ViewOperation, call: Call): Work<unknown> {
  const { model, view } = operation
  const { parameters, principal: caller, log } = call
  const questions = new Questions()
  const db = readingDb({ engine, questions, missing: missingRow })
  const given = { parameters, caller, now: engine.clock(), log, db }
  const row = operation.on === 'member' ? { row: yield* requireRow(engine, operation, call) } : {}
  const where = `the view '${view.name}'`
  const code = { where, file: model.file, code: view.run }
  const value = yield* questions.answer(code, { ...given, ...row })
  try {
    return checkedAnswer(view.response, value)
  } catch (error) {
    throw ownFault(where, model.file, error)
  }
}

function* requireRow(engine: Engine, operation: ViewOperation, call: Call): Work<Values> {
  const { model } = operation
  const table = tableOf(engine, model.name)
  const [row] = yield selectMember(
    table,
    keyOf(operation, call),
    visibleRows(engine, operation, call),
  )
  if (row === undefined) throw new Problem('notFound')
  return rowToValues(model.fields, row)
}
