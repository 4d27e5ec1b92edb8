// `backup`, `restore` and `verify`: copies the database file, even while it is served, puts a copy back, and checks one.

import { resolve } from 'node:path'
import { readConfig } from '../config.ts'
import { loadModels, schemasFolder } from '../definitions/load.ts'
import { backUp, databaseFile, restore, verify } from '../store/backup.ts'
import { openStore } from '../store/open.ts'
import { type CommandCall, UsageError } from './command.ts'
import { withProgress } from './progress.ts'
import { planModels } from './tables.ts'

export async function runBackup({ operands, options, environment }: CommandCall): Promise<void> {
  const target = requireFile('backup', operands)
  const database = databaseFile(readConfig(environment, true).DATABASE_URL)
  const overwrite = options.overwrite === true
  await withProgress(progress => backUp(database, target, { overwrite, progress }))
  console.log(`${database} is backed up in ${resolve(target)}`)
}

export async function runRestore({ operands, options, environment }: CommandCall): Promise<void> {
  const source = requireFile('restore', operands)
  const database = databaseFile(readConfig(environment, true).DATABASE_URL)
  const overwrite = options.overwrite === true
  await withProgress(progress => restore(database, source, { overwrite, progress }))
  console.log(`${resolve(source)} is restored to ${database}`)
}

export async function runVerify({ operands, version }: CommandCall): Promise<number> {
  const file = requireFile('verify', operands)
  let pending: readonly string[] = []
  const { findings, rows } = await verify(file, async copy => {
    pending = await pendingStatements(copy, version)
  })
  for (const finding of findings) console.error(finding)
  if (findings.length > 0) return 1
  for (const [table, count] of rows) if (!table.startsWith('_')) console.log(`${table} ${count}`)
  console.log(`${resolve(file)} is sound`)
  for (const statement of pending) console.log(`still to be run for the definitions: ${statement}`)
  return 0
}

/** The statements that a database still needs for the definitions. Throws if they do not fit it. */
async function pendingStatements(file: string, version: string): Promise<readonly string[]> {
  const store = openStore(`sqlite:${file}`, { exclusive: false })
  try {
    return (await planModels(store, { models: await loadModels(schemasFolder), version }))
      .statements
  } finally {
    await store.close()
  }
}

function requireFile(command: string, operands: readonly string[]): string {
  const [file, ...others] = operands
  if (file === undefined || others.length > 0) throw new UsageError(`${command} needs one file.`)
  return file
}
