// The handler of each kind of operation.

import type { OperationKind, OperationOf } from '../operations/operation.ts'
import { actionHandler } from './action.ts'
import type { Handler } from './call.ts'
import { createHandler } from './create.ts'
import { deleteHandler } from './delete.ts'
import type { Engine } from './engine.ts'
import { listHandler } from './list.ts'
import { performHandler } from './perform.ts'
import { readHandler } from './read.ts'
import { restoreHandler } from './restore.ts'
import { summaryHandler } from './summary.ts'
import { patchHandler, replaceHandler } from './update.ts'
import { viewHandler } from './view.ts'
import { blamingVisible } from './visible.ts'

/** `file`: where the handler is, for `restwell routes`. */
type Handlers = {
  readonly [K in OperationKind]: {
    readonly file: string
    readonly handler: (engine: Engine, operation: OperationOf<K>) => Handler
  }
}

export const handlers: Handlers = {
  list: { file: 'src/handlers/list.ts', handler: listHandler },
  create: { file: 'src/handlers/create.ts', handler: createHandler },
  read: { file: 'src/handlers/read.ts', handler: readHandler },
  replace: { file: 'src/handlers/update.ts', handler: replaceHandler },
  update: { file: 'src/handlers/update.ts', handler: patchHandler },
  delete: { file: 'src/handlers/delete.ts', handler: deleteHandler },
  restore: { file: 'src/handlers/restore.ts', handler: restoreHandler },
  action: { file: 'src/handlers/action.ts', handler: actionHandler },
  perform: { file: 'src/handlers/perform.ts', handler: performHandler },
  summary: { file: 'src/handlers/summary.ts', handler: summaryHandler },
  view: { file: 'src/handlers/view.ts', handler: viewHandler },
}

export function handlerOf<K extends OperationKind>(
  engine: Engine,
  kind: K,
  operation: OperationOf<K>,
): Handler {
  return blamingVisible(engine, operation, handlers[kind].handler(engine, operation))
}
