// `migrate status`: how the tables stand to the definitions, and what it takes to bring them there.

import { databaseOptions, readConfig } from '../config.ts'
import { loadModels, schemasFolder } from '../definitions/load.ts'
import { actionToSql, type Change } from '../store/migration/change.ts'
import type { State } from '../store/migration/state.ts'
import { lookedAt, openStore } from '../store/open.ts'
import { type CommandCall, refuseOperands } from './command.ts'
import { leftToText, readModelsState } from './tables.ts'

/** Returns 1 where something is to be done. */
export async function migrateStatus({
  operands,
  version,
  environment,
}: CommandCall): Promise<number> {
  refuseOperands(operands)
  const config = readConfig(environment, true)
  const models = await loadModels(schemasFolder)
  const store = openStore(lookedAt(config.DATABASE_URL), {
    exclusive: false,
    ...databaseOptions(config, environment),
  })
  try {
    const state = await readModelsState(store, { models, version })
    const lines = stateToLines(state, store.dialect.name)
    for (const line of lines.told) console.log(line)
    return lines.isDone ? 0 : 1
  } finally {
    await store.close()
  }
}

interface Lines {
  readonly told: readonly string[]
  readonly isDone: boolean
}

export function stateToLines(state: State | undefined, folder: string): Lines {
  if (state === undefined)
    return { told: ['There are no tables yet: a start makes them.'], isDone: false }
  const { current, isUnfinished, definition, refused, pending, mistakes, differences } = state
  const at = `${current.time.slice(0, 16).replace('T', ' ')} by version ${current.version}`
  const isHeldUp =
    definition === 'earlier' ||
    [pending, mistakes, differences.undecided].some(({ length }) => length > 0)
  const todo = [
    ...(isUnfinished
      ? ["That was not finished: the next start or 'migrate' goes on with it."]
      : []),
    ...mistakes.map(mistake => `Wrong: migrations/${folder}/${mistake}`),
    ...pending.map(name => `'migrate' runs migrations/${folder}/${name}`),
    ...(refused === undefined ? [] : [`A start is refused. ${refused}`]),
    ...differences.undecided.map(reason => `You decide ('migrate new' helps): ${reason}`),
    ...changesToLines(differences.changes, isHeldUp),
  ]
  const left = differences.left.length === 0 ? [] : [`Left: ${leftToText(differences.left)}`]
  const end = todo.length === 0 ? ['The tables are as they are defined.'] : []
  const earlier = definition === 'earlier' && refused === undefined
  return {
    told: [
      `Brought to definition ${current.position} on ${at}.`,
      ...(earlier ? ['This definition is an earlier one: a start changes nothing.'] : []),
      ...todo,
      ...left,
      ...end,
    ],
    isDone: todo.length === 0,
  }
}

/** A start does nothing of it where something takes `migrate`, or where it is held up. */
function changesToLines(changes: readonly Change[], isHeldUp: boolean): readonly string[] {
  const stricter = changes.flatMap(({ stricter }) => (stricter === undefined ? [] : [stricter]))
  const statements = changes.flatMap(({ action }) =>
    action === undefined ? [] : actionToSql(action),
  )
  const who = stricter.length === 0 && !isHeldUp ? 'A start does' : "'migrate' does"
  return [
    ...stricter.map(change => `It takes 'migrate': ${change}`),
    ...statements.map(statement => `${who}: ${statement}`),
  ]
}
