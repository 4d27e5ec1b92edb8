// `migrate`: brings the tables of the database to the definitions, or shows what that would take. With `--to`, to an earlier one.

import { type Config, databaseOptions, readConfig } from '../config.ts'
import { loadModels, schemasFolder } from '../definitions/load.ts'
import { migrate, planMigration } from '../store/migration/migrate.ts'
import type { Drop, Migration } from '../store/migration/migration.ts'
import { lookedAt, openStore } from '../store/open.ts'
import type { Store } from '../store/store.ts'
import { type CommandCall, refuseOptions, UsageError } from './command.ts'
import { prepareData } from './prepare.ts'
import { leftToText, planModels } from './tables.ts'

/** The subcommands of `migrate`, with the options that each takes. */
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
  if (name === '') return bring(call)
  if (!Object.hasOwn(actions, name)) throw new UsageError(await unknownAction(name))
  const action: MigrateAction = actions[name as keyof typeof actions]
  refuseOptions(`migrate ${name}`, call, action.options)
  const run = await action.load()
  return run({ ...call, operands })
}

async function unknownAction(name: string): Promise<string> {
  const known = Object.keys(actions)
  const { didYouMean } = await import('../resource/did-you-mean.ts')
  const suggestion = didYouMean(name, known) || `; it has ${known.join(', ')}.`
  return `migrate has no action '${name}'${suggestion}`
}

/** Brings the tables to the definitions, or to an earlier one. */
async function bring(call: CommandCall): Promise<number> {
  const { options, version, environment } = call
  const isBack = options.to !== undefined
  const taken = ['check', 'drop', 'yes']
  refuseOptions('migrate', call, isBack ? ['to', 'fill', ...taken] : taken)
  const config = readConfig(environment, true)
  // Only one process may serve a file, so its tables do not change while it is served.
  const exclusive = options.check !== true
  const url = exclusive && !isBack ? config.DATABASE_URL : lookedAt(config.DATABASE_URL)
  const store = openStore(url, { exclusive, ...databaseOptions(config, environment) })
  const drop = {
    names: Array.isArray(options.drop) ? options.drop.map(String) : [],
    confirmed: options.yes === true || options.check === true,
  }
  try {
    if (isBack) return await goBack({ config, store, options, drop })
    const target = { models: await loadModels(schemasFolder), version, drop }
    const done = options.check
      ? await planModels(store, target)
      : await prepareData({ config, store, ...target }, 'full')
    const left = done.left.length === 0 ? [] : [leftToText(done.left)]
    const end = 'The tables are as they are defined.'
    return report(done, { isTried: options.check === true, notes: left, end, call: 'migrate' })
  } finally {
    await store.close()
  }
}

interface Way {
  readonly config: Config
  readonly store: Store
  readonly options: CommandCall['options']
  readonly drop: Drop
}

/** Brings the tables to a definition that the database remembers. */
async function goBack({ config, store, options, drop }: Way): Promise<number> {
  const { earlierDefinition } = await import('./migrate-back.ts')
  const isTried = options.check === true
  const patience = config.MIGRATION_WAIT_SECONDS * 1000
  const wanted = { ...(await earlierDefinition(store, options)), drop, patience }
  const done = isTried ? await planMigration(store, wanted) : await migrate(store, wanted, 'full')
  const end = `The tables are as definition ${options.to} has them: start version ${wanted.version}.`
  return report(done, { isTried, notes: done.notes, end, call: `migrate --to ${options.to}` })
}

interface Told {
  readonly isTried: boolean
  readonly notes: readonly string[]
  /** When all is done. */
  readonly end: string
  /** The command line that carries out the plan. */
  readonly call: string
}

/** Says what was done, or what would be, and returns the exit code. */
function report(done: Migration, { isTried, notes, end, call }: Told): number {
  for (const statement of done.statements) console.log(`${statement.replace(/;?$/, ';')}\n`)
  for (const loss of done.losses) console.error(`Lost with it: ${loss}`)
  for (const note of notes) console.error(note)
  const isDone = !isTried || done.statements.length === 0
  console.error(isDone ? end : `Nothing was changed; '${call}' does this.`)
  return isDone ? 0 : 1
}
