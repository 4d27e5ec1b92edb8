// `migrate`: brings the tables of the database to the definitions, or shows what that would take.

import { databaseOptions, readConfig } from '../config.ts'
import { loadModels, schemasFolder } from '../definitions/load.ts'
import { lookedAt, openStore } from '../store/open.ts'
import { type CommandCall, refuseOperands, refuseOptions } from './command.ts'
import { prepareData } from './prepare.ts'
import { leftToText, planModels } from './tables.ts'

/** What follows `migrate`, with the options that it takes. */
const actions = {
  new: {
    options: ['rename', 'fill'],
    load: async () => (await import('./migrate-new.ts')).migrateNew,
  },
  status: { options: [], load: async () => (await import('./migrate-status.ts')).migrateStatus },
  history: {
    options: ['json'],
    load: async () => (await import('./migrate-history.ts')).migrateHistory,
  },
} as const satisfies Record<string, MigrateAction>

interface MigrateAction {
  readonly options: readonly string[]
  load(): Promise<(call: CommandCall) => Promise<number | void>>
}

export async function runMigrate(call: CommandCall): Promise<number | void> {
  const [name = '', ...operands] = call.operands
  if (!Object.hasOwn(actions, name)) return bring(call)
  const action: MigrateAction = actions[name as keyof typeof actions]
  refuseOptions(`migrate ${name}`, call, action.options)
  const run = await action.load()
  return run({ ...call, operands })
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
  const url = exclusive ? config.DATABASE_URL : lookedAt(config.DATABASE_URL)
  const store = openStore(url, { exclusive, ...databaseOptions(config, environment) })
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
    const isDone = !options.check || done.statements.length === 0
    console.error(
      isDone ? 'The tables are as they are defined.' : "Nothing was changed; 'migrate' does this.",
    )
    return isDone ? 0 : 1
  } finally {
    await store.close()
  }
}

function listOf(option: unknown): readonly string[] {
  return Array.isArray(option) ? option.map(String) : []
}
