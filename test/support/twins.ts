// Two services of the same resources, one on each database, that are asked the same.

import type { Test } from 'tap'
import type { Resource } from '../../src/resource/resource.ts'
import type { Statement, Store } from '../../src/store/store.ts'
import { emptyPostgres } from './postgres.ts'
import { type Received, type Sent, type Service, startService } from './service.ts'

export interface Twins {
  /** The answers of both, without what differs from one request to the next. */
  ask(
    method: string,
    url: string,
    sent: Sent,
  ): Promise<{ readonly sqlite: Answer; readonly postgres: Answer }>
  /** Sets the clocks of both. */
  setTime(now: number): void
  /** Empties both. */
  reset(): Promise<void>
}

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
}

export async function startTwins(t: Test, resources: readonly Resource[]): Promise<Twins> {
  let now = 0
  /** What the addresses name since the last reset: what has no rows needs no emptying. */
  const addressed = new Set<string>()
  const options = { resources, sample: false, clock: () => new Date(now) }
  const sqlite = await startService(t, 'sqlite::memory:', options)
  const postgres = await startService(t, await emptyPostgres(t), options)
  const sequences = await readSequences(postgres.store)
  const level = async () =>
    setSequences(postgres.store, sequences, await readCounters(sqlite.store))
  return {
    setTime: time => {
      now = time
    },
    reset: async () => {
      const written = resources.filter(({ name }) => addressed.has(name))
      await Promise.all([sqlite, postgres].map(({ store }) => run(store, deletions(written))))
      addressed.clear()
      await run(sqlite.store, [{ text: 'delete from sqlite_sequence', values: [] }])
      await level()
    },
    ask: async (method, url, sent) => {
      for (const segment of url.split(/[/?]/)) addressed.add(segment)
      const received = [
        sqlite.request(method, url, sent),
        postgres.request(method, url, sent),
      ] as const
      const answers = { sqlite: toAnswer(await received[0]), postgres: toAnswer(await received[1]) }
      // What is refused takes numbers of PostgreSQL's sequences, which are not rolled back.
      if (answers.postgres.status >= 400 && method !== 'GET') await level()
      return answers
    },
  }
}

function toAnswer({
  status,
  headers: { date, 'request-id': _, ...headers },
  text,
}: Received): Answer {
  return {
    status,
    headers,
    text: text.replace(/"instance":"urn:uuid:[0-9a-f-]{36}"/, '"instance":""'),
  }
}

function deletions(resources: readonly Resource[]): Statement[] {
  const tables = ['idempotency_records', ...resources.map(({ name }) => name).toReversed()]
  return tables.map(name => ({ text: `delete from "${name}"`, values: [] }))
}

type Counters = ReadonlyMap<string, number>

/** The last number that SQLite gave out for each table, and the last revision under ''. */
async function readCounters(store: Store): Promise<Counters> {
  const text = "select name, seq from sqlite_sequence union all select '', value from _revision"
  const rows = await store.query({ text, values: [] })
  return new Map(rows.map(([table, value]) => [String(table), Number(value)]))
}

/** The sequences of PostgreSQL by what SQLite calls them. */
async function readSequences(store: Store): Promise<ReadonlyMap<string, string>> {
  const text = 'select sequencename from pg_sequences where schemaname = current_schema()'
  const rows = await store.query({ text, values: [] })
  const names = rows.map(([name]) => String(name))
  return new Map(
    names.map(name => [name === '_revision' ? '' : name.replace(/_[^_]+_seq$/, ''), name]),
  )
}

async function setSequences(
  store: Store,
  sequences: ReadonlyMap<string, string>,
  counters: Counters,
): Promise<void> {
  const calls = [...sequences.values()].map(
    (_, i) => `setval($${3 * i + 1}, $${3 * i + 2}, $${3 * i + 3})`,
  )
  const values = [...sequences].flatMap(([table, sequence]) => {
    const last = counters.get(table) ?? 0
    return [`"${sequence}"`, Math.max(last, 1), last > 0]
  })
  await store.query({ text: `select ${calls.join(', ')}`, values })
}

function run(store: Service['store'], statements: readonly Statement[]): Promise<void> {
  return store.transact(function* () {
    for (const statement of statements) yield statement
  })
}
