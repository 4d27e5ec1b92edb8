// Stores the rows of one import: first all of them are looked at, then they are stored in one transaction, in which the
// import ends too. So it is done once, or not at all.

import { setImmediate } from 'node:timers/promises'
import { maxRows } from '../formats/formats.ts'
import type { ReadLine, ReadRow, RowReader } from '../formats/row-reader.ts'
import { writeContext } from '../handlers/change.ts'
import { toSent } from '../handlers/create-many.ts'
import { type Engine, tableOf } from '../handlers/engine.ts'
import { RowCheck, readerOf, tooManyRows } from '../handlers/row-check.ts'
import { type Storing, storeRows } from '../handlers/store-rows.ts'
import type { WriteContext } from '../handlers/writing.ts'
import { isCounted } from '../resource/model.ts'
import { ownMember, type Values } from '../resource/row.ts'
import type { Session, Work } from '../store/store.ts'
import { beforeInsert } from '../store/write.ts'
import { canBeGathered, Gathering, maxGathered } from './gathering.ts'
import { ImportTables } from './import-tables.ts'
import { ImportLost, type Run } from './job.ts'

/** Stores all rows, and gives what the hooks after the commit need. Throws what refuses them. */
export function runImport(run: Run): Promise<WriteContext> {
  return run.engine.store.aside(session => runIn(session, run))
}

async function runIn(session: Session, run: Run): Promise<WriteContext> {
  const gathering = session.gathers && canBeGathered(run) ? new Gathering(session, run) : undefined
  const gathers = gathering === undefined ? maxRows : maxGathered
  const most = session.gathers ? gathers : Number.POSITIVE_INFINITY
  const largestKey = await checkText(run, most, gathering)
  if (gathering?.isWhole) return gathering.store(created => finish(run, { created }))
  if (gathering !== undefined && run.progress.rows > maxRows)
    throw tooManyRows(run.operation, maxRows)
  await session.transact(() => passKey(run, largestKey))
  return session.transact(() => storeText(run, largestKey), run.engine.isolation)
}

/** The server counts keys on from the largest one before the rows are stored, because others wait while it is told so. */
function* passKey({ engine, operation }: Run, largest: number): Work<void> {
  if (largest === 0) return
  yield* beforeInsert(tableOf(engine, operation.model.name), [largest])
}

/**
 * Looks at every row, up to so many, and gathers those before the first that is wrong. Gives the largest key that a row
 * brings where the database counts them; otherwise 0.
 */
async function checkText(run: Run, most: number, gathering?: Gathering): Promise<number> {
  const { engine, operation, job, progress } = run
  const check = new RowCheck(operation, job.principal, most)
  const tables = tablesOf(engine)
  const reader = readerOf(operation, job.type)
  let largest = 0
  const look = async (lines: readonly ReadLine[]) => {
    for (const line of lines) {
      check.look(line)
      if (!check.isGood) continue
      largest = Math.max(largest, keyIn(run, line as ReadRow))
      await gathering?.add(line as ReadRow)
    }
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
  return largest
}

function keyIn({ operation: { model } }: Run, { values }: ReadRow): number {
  return isCounted(model) ? Number(ownMember(values as Values, model.key.name) ?? 0) : 0
}

function* storeText(run: Run, upTo: number): Work<WriteContext> {
  const { engine, operation, job } = run
  const tables = tablesOf(engine)
  const storing: Storing = {
    context: {
      ...writeContext(engine, job.principal),
      keysPassed: { model: operation.model.name, upTo },
    },
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
  yield* finish(run, storing.counts)
  return storing.context
}

/** The import ends in the transaction that stores its rows. */
function* finish({ engine, job, progress }: Run, counts: Partial<Storing['counts']>): Work<void> {
  const outcome = { state: 'done', rows_read: progress.rows, ...counts } as const
  const [ended] = yield tablesOf(engine).end(job.id, job.runner, outcome)
  if (ended === undefined) throw new ImportLost()
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
