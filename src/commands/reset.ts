// `reset`: the next start makes a new SQLite database. Nothing is lost: the old one gets another name.

import { readConfig } from '../config.ts'
import { databaseFile, setAside } from '../store/backup.ts'
import { type CommandCall, refuseOperands } from './command.ts'

export async function reset({ operands, environment }: CommandCall): Promise<void> {
  refuseOperands(operands)
  const database = databaseFile(readConfig(environment, true).DATABASE_URL)
  const kept = setAside(database)
  console.log(`The next start makes a new database; the old one is kept as ${kept}`)
}
