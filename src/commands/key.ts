// The command `key`: creates, lists, revokes and rotates API keys. A serving process notices within 2 s.

import { randomBytes } from 'node:crypto'
import { type Config, databaseOptions, readConfig } from '../config.ts'
import { loadModels, type Models, schemasFolder } from '../definitions/load.ts'
import { loadPlugins } from '../definitions/plugins.ts'
import { makeKey } from '../keys/api-key.ts'
import { nameableIn } from '../keys/grant.ts'
import {
  hasExpired,
  insertKey,
  type KeyTables,
  type NewKey,
  revokeKey,
  rotateKey,
  selectAllKeys,
} from '../keys/key-record.ts'
import { keyShapes } from '../keys/key-shapes.ts'
import { plansFile, readPlans } from '../limits/plans-file.ts'
import type { JsonSchema } from '../resource/field.ts'
import { type Row, rowToValues } from '../resource/row.ts'
import { lookedAt, openStore } from '../store/open.ts'
import { selectForUpdate } from '../store/select.ts'
import type { Store, Work } from '../store/store.ts'
import { modelToTable } from '../store/table.ts'
import { bodyFindings, compile, createAjv, findingToText } from '../validation/validator.ts'
import { readClaims } from './claims.ts'
import { type CommandCall, refuseOptions, UsageError } from './command.ts'
import { prepareData } from './prepare.ts'
import { planModels, type Target } from './tables.ts'

/** The operands and options of each action. */
const actions = {
  create: {
    operands: 0,
    options: ['name', 'scope', 'claim', 'plan', 'expires'],
    begins: true,
    run: create,
  },
  list: { operands: 0, options: [], looks: true, run: list },
  revoke: { operands: 1, options: [], run: revoke },
  rotate: { operands: 1, options: ['grace'], run: rotate },
} as const satisfies Record<string, KeyCommand>

interface KeyCommand {
  readonly operands: number
  readonly options: readonly string[]
  /** Whether it makes the database where there is none. */
  readonly begins?: true
  /** Whether it changes nothing. */
  readonly looks?: true
  run(context: Context): Promise<void>
}

interface Context {
  readonly call: CommandCall
  readonly config: Config
  readonly models: Models
  readonly store: Store
  readonly tables: KeyTables
}

export async function key(call: CommandCall): Promise<void> {
  const [name = '', ...operands] = call.operands
  if (!Object.hasOwn(actions, name))
    throw new UsageError(`key needs one of: ${Object.keys(actions).join(', ')}.`)
  const action: KeyCommand = actions[name as keyof typeof actions]
  if (operands.length !== action.operands)
    throw new UsageError(
      action.operands === 0
        ? `key ${name} takes options only.`
        : `key ${name} needs the id of one key.`,
    )
  refuseOptions(`key ${name}`, call, action.options)
  await withStore(call, action)
}

async function withStore(call: CommandCall, action: KeyCommand): Promise<void> {
  const config = readConfig(call.environment, true)
  const models = await loadModels(schemasFolder)
  const url = action.begins ? config.DATABASE_URL : lookedAt(config.DATABASE_URL)
  const store = openStore(url, {
    exclusive: false,
    ...databaseOptions(config, call.environment),
  })
  try {
    const [keys, secrets] = [models.keyModel, models.keySecretModel].map(model =>
      modelToTable(store.dialect, model),
    )
    const tables = { keys, secrets } as KeyTables
    const { version } = call
    if (!action.begins) await requireTables(store, { models, version })
    if (!action.looks) await prepareData({ config, models, store, version })
    await action.run({ call, config, models, store, tables })
  } finally {
    await store.close()
  }
}

/** A wrong `DATABASE_URL` makes no database. */
async function requireTables(store: Store, target: Target): Promise<void> {
  const { fresh } = await planModels(store, target)
  if (fresh)
    throw new Error('There is no database of this service where DATABASE_URL says, so no key.')
}

async function create({ call, config, models, store, tables }: Context): Promise<void> {
  const { name, scope, claim, plan, expires } = call.options
  const now = new Date()
  const wanted = {
    ...(name === undefined ? {} : { name }),
    ...(scope === undefined ? {} : { scopes: scope }),
    ...(claim === undefined ? {} : { claims: readClaims(claim as readonly string[]) }),
    ...(plan === undefined ? {} : { plan }),
    ...(expires === undefined ? {} : { expires_at: readTime('expires', String(expires), now) }),
  } as unknown as NewKey
  const plugins = await loadPlugins()
  const ofPlugins = plugins.flatMap(({ scopes = [] }) => scopes)
  const { byName } = await readPlans(plansFile(config.PLANS))
  const nameable = { ...nameableIn(models.models, ofPlugins), plans: [...byName.keys()] }
  requireGood(keyShapes(models.keyModel, nameable).create, wanted)
  if (hasExpired(wanted.expires_at, now))
    throw new UsageError(`--expires is in the past: ${wanted.expires_at}`)
  const text = makeKey(randomBytes(32))
  const [id] = await store.transact(() => insertKey(tables, wanted, { text, now }))
  printNote(`Key ${id} in ${store.location}. It is shown only once:`)
  console.log(text)
}

/** Throws a `UsageError` that names every invalid option. */
function requireGood(shape: JsonSchema, wanted: NewKey): void {
  const mistakes = bodyFindings(compile(createAjv(), shape)(wanted))
  if (mistakes.length > 0)
    throw new UsageError(mistakes.map(findingToText).map(toOption).join('\n'))
}

/** `scopes/0 must …` is about `--scope`. */
function toOption(mistake: string): string {
  return `--${mistake
    .replace(/^scopes(?:\/\d+)?/, 'scope')
    .replace(/^claims/, 'claim')
    .replace(/^expires_at/, 'expires')}`
}

async function list({ store }: Context): Promise<void> {
  const rows = await store.query(selectAllKeys)
  const titles = ['id', 'name', 'secret', 'scopes', 'plan', 'last used', 'state']
  const lines = [titles, ...rows.map(row => toLine(row, new Date()))]
  const widths = titles.map((_, column) =>
    Math.max(...lines.map(line => Number(line[column]?.length))),
  )
  for (const line of lines)
    console.log(
      line
        .map((text, column) => text.padEnd(Number(widths[column])))
        .join('  ')
        .trimEnd(),
    )
}

function toLine(
  [id, name, prefix, scopes, plan, lastUsed, expires, revoked]: Row,
  now: Date,
): string[] {
  const live =
    expires === null ? 'live' : `${hasExpired(expires, now) ? 'expired' : 'live until'} ${expires}`
  const state = revoked === null ? live : `revoked ${revoked}`
  return [
    id,
    name,
    `${prefix}…`,
    JSON.parse(String(scopes)).join(' '),
    plan ?? '-',
    lastUsed ?? 'never',
    state,
  ].map(String)
}

async function revoke({ call, store, tables }: Context): Promise<void> {
  const now = new Date()
  await change(store, tables, call, function* (row) {
    yield* revokeKey(tables, row, now)
  })
  printNote(`Key ${call.operands[1]} is revoked: every instance refuses it within 2 seconds.`)
}

async function rotate({ call, store, tables }: Context): Promise<void> {
  const now = new Date()
  const until = readTime('grace', String(call.options.grace ?? '24h'), now)
  if (until < now.toISOString()) throw new UsageError(`--grace is in the past: ${until}`)
  const text = makeKey(randomBytes(32))
  let end = until
  await change(store, tables, call, function* (row) {
    const { expires_at } = rowToValues(tables.keys.model.fields, row)
    if (hasExpired(expires_at, now))
      throw new Error(`This key expired at ${expires_at}. Create another one.`)
    if (hasExpired(expires_at, new Date(until))) end = String(expires_at)
    yield* rotateKey(tables, row, { text, now }, Date.parse(until) - now.getTime())
  })
  printNote(`The old secret works until ${end}. The new one is shown only once:`)
  console.log(text)
}

async function change(
  store: Store,
  { keys }: KeyTables,
  call: CommandCall,
  work: (row: Row) => Work<void>,
): Promise<void> {
  const [, id = ''] = call.operands
  await store.transact(function* () {
    const [row] = /^\d{1,15}$/.test(id) ? yield selectForUpdate(keys, Number(id)) : []
    if (row === undefined)
      throw new Error(`There is no key ${id}, or it is revoked: see 'key list'.`)
    yield* work(row)
  })
}

const units: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** `90d`, `12h`, `30m`, `0s` from now, or a time of RFC 3339. */
function readTime(option: string, text: string, now: Date): string {
  const [, count, unit = ''] = /^(\d{1,6})([smhd])$/.exec(text) ?? []
  const time =
    count === undefined ? Date.parse(text) : now.getTime() + Number(count) * (units[unit] ?? 0)
  if (Number.isNaN(time))
    throw new UsageError(`--${option} must be like 90d, 12h or 2027-01-01T00:00:00Z.`)
  return new Date(time).toISOString()
}

/** Prints for the person. Only the secret goes to stdout, so that it can be piped. */
function printNote(message: string): void {
  console.error(message)
}
