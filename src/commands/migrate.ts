// `migrate`: brings the tables of the database to the definitions, or shows what that would take.

import { databaseOptions, readConfig } from '../config.ts'
import { loadModels, schemasFolder } from '../definitions/load.ts'
import { openStore } from '../store/open.ts'
import { type CommandCall, refuseOperands, refuseOptions } from './command.ts'
import { prepareData } from './prepare.ts'
import { leftToText, planModels } from './tables.ts'

export async function runMigrate(call: CommandCall): Promise<number> {
  const [action, ...operands] = call.operands
  if (action !== 'new') return bring(call)
  refuseOptions('migrate new', call, ['rename', 'fill'])
  const { migrateNew } = await import('./migrate-new.ts')
  return migrateNew({ ...call, operands })
}

/** Brings the tables to the definitions. */
async function bring(call: CommandCall): Promise<number> {
  const { operands, options, version, environment } = call
  refuseOperands(operands)
  refuseOptions('migrate', call, ['check', 'drop', 'yes'])
  const config = readConfig(environment, true)
  const models = await loadModels(schemasFolder)
  // Only one process may serve a file, so its tables do not change while it is served.
  const exclusive = options.check !== true
  const store = openStore(config.DATABASE_URL, {
    exclusive,
    ...databaseOptions(config, environment),
  })
  const drop = {
    names: listOf(options.drop),
    confirmed: options.yes === true || options.check === true,
  }
  try {
    const target = { models, version, drop }
    const done = options.check
      ? await planModels(store, target)
      : await prepareData({ config, store, ...target }, 'full')
    for (const statement of done.statements) console.log(`${statement.replace(/;?$/, ';')}\n`)
    for (const loss of done.losses) console.error(`Lost with it: ${loss}`)
    if (done.left.length > 0) console.error(leftToText(done.left))
    return options.check && done.statements.length > 0 ? 1 : 0
  } finally {
    await store.close()
  }
}

function listOf(option: unknown): readonly string[] {
  return Array.isArray(option) ? option.map(String) : []
}
