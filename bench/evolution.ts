// `npm run bench:evolution`: what callers of an instance notice while another one changes a large table on PostgreSQL.

import { loadavg } from 'node:os'
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { deriveModels, storedModels } from '../src/definitions/load.ts'
import type { DefinedResource } from '../src/resource/model.ts'
import { migrate } from '../src/store/migration/migrate.ts'
import type { Extent } from '../src/store/migration/migration.ts'
import { openStore } from '../src/store/open.ts'
import type { Store } from '../src/store/store.ts'
import { modelToTable } from '../src/store/table.ts'
import { fieldMistakes } from '../src/validation/validator.ts'
import { startPostgres } from '../test/support/postgres-server.ts'
import { definitions } from './evolution-definitions.ts'
import { startServer } from './process.ts'
import { circumstances, progress } from './readme.ts'
import { toTable } from './summary.ts'

const { values: options } = parseArgs({ options: { rows: { type: 'string', default: '1000000' } } })
const rows = Number(options.rows)
const portion = 200_000

async function bring(
  store: Store,
  defined: readonly DefinedResource[],
  extent: Extent,
): Promise<void> {
  const tables = storedModels(deriveModels(defined)).map(model =>
    modelToTable(store.dialect, model),
  )
  const now = new Date().toISOString()
  await migrate(
    store,
    { tables, files: [], findMistake: fieldMistakes(), version: '0.0.0', now },
    extent,
  )
}

async function fill(store: Store): Promise<void> {
  for (let from = 1; from <= rows; from += portion) {
    progress(`${from - 1} of ${rows} rows`)
    const text = `
      insert into things (name, code, note, amount, _rev)
      select 'thing ' || n, 'code ' || n, 'a note on it', n % 1000, ${store.dialect.nextRevision}
      from generate_series(${from}, ${Math.min(rows, from + portion - 1)}) n`
    await store.transact(function* () {
      yield { text, values: [], unhurried: true }
    })
  }
}

/** Holds the table as a long report or a dump does, for so many seconds. */
async function readFor(store: Store, seconds: number): Promise<void> {
  await store.transact(function* () {
    yield { text: 'set local statement_timeout = 0', values: [] }
    yield { text: 'select * from things limit 1', values: [] }
    yield { text: `select pg_sleep(${seconds})`, values: [], unhurried: true }
  })
}

/** What one caller has noticed. */
interface Noticed {
  slowest: number
  answers: number
  refused: number
}

type Ask = (n: number) => Promise<Response>

/** Asks again and again until it is told to stop. */
async function call(ask: Ask, noticed: Noticed, isOver: () => boolean): Promise<void> {
  for (let n = 0; !isOver(); n++) {
    const begun = performance.now()
    const response = await ask(n)
    await response.arrayBuffer()
    noticed.slowest = Math.max(noticed.slowest, performance.now() - begun)
    noticed.answers++
    if (response.status >= 500) noticed.refused++
    else if (!response.ok) throw new Error(`It was answered ${response.status}.`)
  }
}

/**
 * Looks again and again how long statements other than those of the migration wait for a lock of the table; gives the longest wait in
 * seconds. What is slower than that waited for the processor or the disk.
 */
async function watchLocks(store: Store, isOver: () => boolean): Promise<number> {
  const text = `
    select coalesce(max(extract(epoch from clock_timestamp() - l.waitstart)), 0)::float8
    from pg_locks l join pg_stat_activity a using (pid)
    where not l.granted and a.query !~* '^ *(alter|create|drop|lock)'`
  let longest = 0
  while (!isOver()) {
    const [[waited] = []] = await store.query({ text, values: [] })
    longest = Math.max(longest, Number(waited))
    await pause(20)
  }
  return longest
}

let created = 0

function callsOn(port: number): Readonly<Record<string, Ask>> {
  const address = `http://127.0.0.1:${port}/things`
  const headers = { 'content-type': 'application/json' }
  const someone = (n: number) => 1 + ((n * 7919) % rows)
  return {
    GET: n => fetch(`${address}/${someone(n)}`),
    PATCH: n =>
      fetch(`${address}/${someone(n)}`, {
        method: 'PATCH',
        headers,
        body: JSON.stringify({ name: `at ${n}` }),
      }),
    POST: () => {
      const body = JSON.stringify({ name: 'new', code: `new ${++created}`, note: 'new', amount: 1 })
      return fetch(address, { method: 'POST', headers, body })
    },
  }
}

/** Does it while callers ask; gives what each kind of them has noticed. */
async function whileAsked(port: number, watched: Store, change: () => Promise<unknown>) {
  const calls = Object.entries(callsOn(port))
  const noticed = calls.map(() => ({ slowest: 0, answers: 0, refused: 0 }))
  let over = false
  const callers = calls.flatMap(([, ask], index) => {
    const own = noticed[index] as Noticed
    return [
      call(ask, own, () => over),
      call(
        n => ask(n + 500_000),
        own,
        () => over,
      ),
    ]
  })
  const locks = watchLocks(watched, () => over)
  const begun = performance.now()
  await change().finally(() => {
    over = true
  })
  const seconds = (performance.now() - begun) / 1000
  await Promise.all(callers)
  return { seconds, noticed, locked: await locks }
}

const server = await startPostgres()
try {
  const store = openStore(server.url, { exclusive: false })
  await bring(store, definitions.before, 'additive')
  await fill(store)
  progress('')
  const instance = await startServer({
    file: 'evolution-instance.ts',
    settings: { environment: {}, flags: [] },
    databaseUrl: server.url,
  })
  const watched = openStore(server.url, { exclusive: false })
  const lines: string[][] = []
  const measure = async (title: string, change: () => Promise<unknown>) => {
    progress(title)
    const { seconds, noticed, locked } = await whileAsked(instance.port, watched, change)
    const cells = noticed.map(
      ({ slowest, answers, refused }) =>
        `${(slowest / 1000).toFixed(2)} s, ${refused} of ${answers}`,
    )
    const load = loadavg()[0]?.toFixed(0) ?? ''
    lines.push([title, `${seconds.toFixed(1)} s`, ...cells, `${locked.toFixed(2)} s`, load])
  }
  for (const { title, defined, extent } of definitions.changes)
    await measure(title, () => bring(store, defined, extent))
  const { title, defined } = definitions.behindReader
  await measure(title, () => Promise.all([readFor(store, 20), bring(store, defined, 'full')]))
  progress('')
  console.log(
    `${circumstances()} ${rows.toLocaleString('en')} rows; slowest response, and how many were 5xx.\n`,
  )
  console.log(
    toTable(['change', 'time', ...Object.keys(callsOn(0)), 'longest lock', 'load'], lines),
  )
  await instance.stop()
  await watched.close()
  await store.close()
} finally {
  await server.stop()
}
