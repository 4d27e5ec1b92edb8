// `routes`: every method and path, with the file that handles it.

import { loadModels, schemasFolder } from '../definitions/load.ts'
import { handlers } from '../handlers/handlers.ts'
import { servedKeys } from '../keys/keys.ts'
import type { Operation } from '../operations/operation.ts'
import { modelsToOperations } from '../operations/operations.ts'
import { type CommandCall, refuseOperands } from './command.ts'

export async function routes({ operands }: CommandCall): Promise<void> {
  refuseOperands(operands)
  const { models, keyModel } = await loadModels(schemasFolder)
  const operations = [
    ...modelsToOperations(models),
    ...servedKeys(keyModel, { resources: [] }).operations,
  ]
  const width = Math.max(...operations.map(({ path }) => path.length))
  for (const operation of operations)
    console.log(
      `${operation.method.padEnd(6)} ${operation.path.padEnd(width)}  ${fileOf(operation)}`,
    )
}

/** The file of the handler, or the definition that has its code. */
function fileOf({ kind, file }: Operation): string {
  return file ?? handlers[kind].file
}
