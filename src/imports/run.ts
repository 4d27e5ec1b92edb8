// Stores the rows of one import: first all of them are looked at, then they are stored in one transaction, in which the
// import ends too. So it is done once, or not at all.

import { setImmediate } from 'node:timers/promises'
import type { Principal } from '../access/access.ts'
import { rowFormats } from '../formats/formats.ts'
import type { ReadLine, ReadRow, RowReader } from '../formats/row-reader.ts'
import { writeContext } from '../handlers/change.ts'
import { toSent } from '../handlers/create-many.ts'
import type { OnDuplicate } from '../handlers/duplicates.ts'
import { type Engine, tableOf } from '../handlers/engine.ts'
import { RowCheck, readerOf } from '../handlers/row-check.ts'
import { type Storing, storeRows } from '../handlers/store-rows.ts'
import type { WriteContext } from '../handlers/writing.ts'
import type { Operation } from '../operations/operation.ts'
import { type Row, rowToValues, type SqlValue } from '../resource/row.ts'
import type { Session, Work } from '../store/store.ts'
import { ImportTables } from './import-tables.ts'

/** An import that this process works on. */
export interface Job {
  readonly id: SqlValue
  /** Who works on it; nobody else has this name. */
  readonly runner: string
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

/** What is known of the work on an import while it goes on. */
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

/** Stores all rows, and gives what the hooks after the commit need. Throws what refuses them. */
export async function runImport(run: Run): Promise<WriteContext> {
  await checkText(run)
  const { store, isolation } = run.engine
  return store.session((session: Session) => session.transact(() => storeText(run), isolation))
}

async function checkText(run: Run): Promise<void> {
  const { engine, operation, job, progress } = run
  const check = new RowCheck(operation, job.principal, Number.POSITIVE_INFINITY)
  const tables = tablesOf(engine)
  const reader = readerOf(operation, job.type)
  const look = async (lines: readonly ReadLine[]) => {
    for (const line of lines) check.look(line)
    progress.rows = check.rows
    progress.refused = check.refused
    await setImmediate()
    progress.requireGoing()
  }
  for (let number = 0; ; number++) {
    const [part] = await engine.store.query(tables.selectPart(job.upload, number))
    if (part === undefined) break
    for (const lines of linesIn(reader, String(part[0]))) await look(lines)
  }
  await look(reader.end())
  check.finish()
}

function* storeText(run: Run): Work<WriteContext> {
  const { engine, operation, job, progress } = run
  const tables = tablesOf(engine)
  const storing: Storing = {
    context: writeContext(engine, job.principal),
    table: tableOf(engine, operation.model.name),
    onDuplicate: job.onDuplicate,
    counts: { created: 0, replaced: 0, skipped: 0 },
    written: undefined,
  }
  const reader = readerOf(operation, job.type)
  for (let number = 0; ; number++) {
    const [part] = yield tables.selectPart(job.upload, number)
    if (part === undefined) break
    for (const lines of linesIn(reader, String(part[0]))) yield* storeLines(run, storing, lines)
  }
  yield* storeLines(run, storing, reader.end())
  const outcome = { state: 'done', rows_read: progress.rows, ...storing.counts } as const
  const [ended] = yield tables.end(job.id, job.runner, outcome)
  if (ended === undefined) throw new ImportLost()
  return storing.context
}

function* storeLines(
  { operation, job, progress }: Run,
  storing: Storing,
  lines: readonly ReadLine[],
): Work<void> {
  progress.requireGoing()
  yield* storeRows(
    storing,
    lines.map(line => toSent(operation, job, line as ReadRow)),
  )
}

/** In characters, how much of a text is looked at before others have their turn. */
const pieceLength = 32 * 1024

function* linesIn(reader: RowReader, text: string): Generator<readonly ReadLine[], void, void> {
  for (let start = 0; start < text.length; start += pieceLength)
    yield reader.read(text.slice(start, start + pieceLength))
}

function tablesOf(engine: Engine): ImportTables {
  return new ImportTables(name => tableOf(engine, name))
}
