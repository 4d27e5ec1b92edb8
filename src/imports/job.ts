// An import that this process works on, as its record says.

import type { Principal } from '../access/access.ts'
import { rowFormats } from '../formats/formats.ts'
import type { OnDuplicate } from '../handlers/duplicates.ts'
import type { Engine } from '../handlers/engine.ts'
import type { Operation } from '../operations/operation.ts'
import { type Row, rowToValues, type SqlValue } from '../resource/row.ts'
import type { ImportTables } from './import-tables.ts'

export interface Job {
  readonly id: SqlValue
  /** The worker on it; nobody else has this name. */
  readonly runner: string
  /** How many attempts there have been, with this one. */
  readonly attempts: number
  readonly upload: string
  readonly operation: string
  /** The media type of the text. */
  readonly type: string
  readonly onDuplicate: OnDuplicate
  readonly principal: Principal
  /** The keys in the address to which the rows were sent. */
  readonly keys: Readonly<Record<string, SqlValue>>
}

export function toJob(tables: ImportTables, row: Row, runner: string): Job {
  const values = rowToValues(tables.imports.model.fields, row)
  const { id, kind, scopes, plan, claims } = values.caller as unknown as StoredCaller
  const [type = ''] = [...rowFormats].find(([, { ending }]) => ending === values.format) ?? []
  return {
    id: row[0] ?? null,
    runner,
    attempts: Number(values.attempts),
    upload: String(values.upload),
    operation: String(values.operation),
    type,
    onDuplicate: values.on_duplicate as OnDuplicate,
    principal: Object.freeze({
      id,
      kind,
      scopes: new Set(scopes),
      plan: plan ?? undefined,
      claims,
    }),
    keys: values.address as Job['keys'],
  }
}

interface StoredCaller extends Omit<Principal, 'scopes' | 'plan'> {
  readonly scopes: readonly string[]
  readonly plan: string | null
}

/** The import is no longer this process's: it was cancelled, or taken over, or the process stops. */
export class ImportLost extends Error {}

/** The state of the work on an import while it goes on. */
export class Progress {
  rows = 0
  /** How many rows are wrong. */
  refused = 0
  isOver = false

  requireGoing(): void {
    if (this.isOver) throw new ImportLost()
  }
}

export interface Run {
  readonly engine: Engine
  readonly operation: Operation
  readonly job: Job
  readonly progress: Progress
}
