// `routes`: every method and path, with the file that handles it.

import { loadModels, schemasFolder } from '../definitions/load.ts'
import { handlers } from '../handlers/handlers.ts'
import { keysToOperations, modelsToOperations } from '../operations/operations.ts'
import { type Call, refuseOperands } from './command.ts'

export async function routes({ operands }: Call): Promise<void> {
  refuseOperands(operands)
  const { models, keyModel } = await loadModels(schemasFolder)
  const operations = [...modelsToOperations(models), ...keysToOperations(keyModel)]
  const width = Math.max(...operations.map(({ path }) => path.length))
  for (const { method, path, kind, model } of operations)
    console.log(`${method.padEnd(6)} ${path.padEnd(width)}  ${kind === 'compute' ? model.file : handlers[kind].file}`)
}
