// Imports as a resource: they are made by POST of rows to a collection, read, and cancelled. Only who made one sees it.

import { actionOperation } from '../operations/action.ts'
import { Address } from '../operations/address.ts'
import { listOperation } from '../operations/list.ts'
import type { Operation } from '../operations/operation.ts'
import type { ServedResource } from '../operations/operations.ts'
import { readOperation } from '../operations/read.ts'
import type { MemberCall, Outcome } from '../operations/run.ts'
import type { Model } from '../resource/model.ts'
import { ownMember, type Row, rowToValues } from '../resource/row.ts'
import { modelToShapes } from '../resource/shapes.ts'
import type { Work } from '../store/store.ts'
import { deleteRow } from '../store/write.ts'
import { ImportTables } from './import-tables.ts'

/** Callers who may send rows may ask what became of them: any caller with credentials, about its own imports. */
const ofCaller = { scope: undefined } as const

/** `cancelled`: called when one has been cancelled. */
export function servedImports(model: Model, cancelled = () => {}): ServedResource {
  const shapes = modelToShapes(model)
  const address = new Address(model, shapes)
  const read = readOperation(address)
  const operations: readonly Operation[] = [
    { ...listOperation(address), ...ofCaller },
    { ...read, ...ofCaller, successes: read.successes.map(withRetryAfter), retryAfter },
    { ...cancelOperation(address, cancelled), ...ofCaller },
  ]
  return { model, shapes, operations }
}

function withRetryAfter(success: Operation['successes'][number]): Operation['successes'][number] {
  if (success.status !== 200) return success
  return { ...success, headers: [...success.headers, 'Progress-Retry-After'] }
}

/** In seconds, when to ask again what became of an import; nothing once it has ended. */
function retryAfter(model: Model, row: Row): number | undefined {
  return ownMember(rowToValues(model.fields, row), 'ended_at') === null ? 1 : undefined
}

function cancelOperation(address: Address, committed: () => void): Operation {
  return actionOperation(address, {
    on: 'member',
    method: 'DELETE',
    wording: {
      id: 'delete',
      verb: 'Cancel',
      does: 'Cancels',
      more: 'Nothing of it is stored then. Of one that has ended, the record is deleted; its rows stay.',
    },
    *run(call: MemberCall): Work<Outcome> {
      const tables = new ImportTables(call.tableOf)
      const [id = null] = call.row
      const [cancelled] = yield tables.cancel(id)
      if (cancelled !== undefined) return { committed }
      yield deleteRow(tables.imports, id, call.row.at(-1) ?? null, call.now)
      return {}
    },
  })
}
