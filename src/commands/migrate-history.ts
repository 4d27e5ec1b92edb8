// `migrate history`: the definitions that the tables were brought to, when, by which version, and what was other.

import { databaseOptions, readConfig } from '../config.ts'
import { definitionChanges } from '../store/migration/definition-changes.ts'
import { definitionOf, type LedgerEntry, readHistory } from '../store/migration/ledger.ts'
import { lookedAt, openStore } from '../store/open.ts'
import { type CommandCall, refuseOperands } from './command.ts'

export async function migrateHistory({
  operands,
  options,
  environment,
}: CommandCall): Promise<void> {
  refuseOperands(operands)
  const config = readConfig(environment, true)
  const store = openStore(lookedAt(config.DATABASE_URL), {
    exclusive: false,
    ...databaseOptions(config, environment),
  })
  try {
    const events = toEvents(await store.transact(() => readHistory(store.dialect)))
    if (options.json === true) return void console.log(JSON.stringify(events, null, 2))
    for (const event of events) console.log(eventToLine(event))
  } finally {
    await store.close()
  }
}

interface Event {
  /** The number for `migrate --to`. */
  readonly number: number
  readonly time: string
  readonly version: string
  /** Whether instances of it are refused. */
  readonly withdrawn: boolean
  readonly changes: readonly string[]
}

function toEvents(entries: readonly LedgerEntry[]): readonly Event[] {
  return entries.map((entry, index) => {
    const before = entries[index - 1]
    const { position, time, version, withdrawn } = entry
    return {
      number: Number(position),
      time,
      version,
      withdrawn: withdrawn !== null,
      changes: definitionChanges(before && definitionOf(before), definitionOf(entry)),
    }
  })
}

function eventToLine({ number, time, version, withdrawn, changes }: Event): string {
  const what = changes.join(', ') || 'rules of the tables alone'
  return `${number}  ${time}  ${version}  ${what}${withdrawn ? ' (withdrawn)' : ''}`
}
