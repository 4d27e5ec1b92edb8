// Differences of a service for the person who works on it: `dev`, by `serve --dev`.

import { relative } from 'node:path'
import { styleText } from 'node:util'
import type { FastifyBaseLogger } from 'fastify'
import { pino } from 'pino'
import type { Config } from '../config.ts'
import type { Models } from '../definitions/load.ts'
import type { Log } from '../resource/resource.ts'
import { databaseFile, setAside } from '../store/backup.ts'
import { MigrationError } from '../store/migration/migration.ts'
import { fileOf, lookedAt, openStore } from '../store/open.ts'
import { readable } from '../telemetry/readable-log.ts'
import { migrateModels } from './tables.ts'

/** Pages of this machine, whatever their port: those of a development server. */
export const pagesOfThisMachine: ReadonlySet<string> = new Set(
  ['localhost', '127.0.0.1'].flatMap(name => [`http://${name}`, `http://${name}:*`]),
)

/** A log for people, with a line for each request unless less is wanted. */
export function readableLog({ LOG_LEVEL }: Config): FastifyBaseLogger {
  const level = LOG_LEVEL === 'info' ? 'debug' : LOG_LEVEL
  const paint = (color: Parameters<typeof styleText>[0], text: string) =>
    styleText(color, text, { stream: process.stderr })
  return pino({ level }, { write: line => void process.stderr.write(`${readable(line, paint)}\n`) })
}

/** The process ends with the one that started it. */
export function endWithParent(): void {
  process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'))
}

interface Following {
  readonly models: Models
  readonly version: string
  readonly log: Log
}

/**
 * Brings the tables of an SQLite database to the definitions, with what otherwise takes `migrate`. One that only a person
 * could change is set aside, and the start makes a new one. A server may be shared, so nothing is done there.
 */
export async function followDefinitions(
  { DATABASE_URL: url }: Config,
  { models, version, log }: Following,
): Promise<void> {
  if (fileOf(url) === undefined) return
  const store = openStore(lookedAt(url), { exclusive: true })
  try {
    await migrateModels(store, { models, version }, 'full')
  } catch (error) {
    await store.close()
    if (!(error instanceof MigrationError)) throw error
    const kept = relative('.', setAside(databaseFile(url)))
    log.warn({}, `${error.message}\n  A new database is made; the old one is kept as ${kept}`)
    return
  }
  await store.close()
}
