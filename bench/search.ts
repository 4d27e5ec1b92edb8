// `npm run bench:search`: how long a page of a search takes in a table of a million rows, by how many of them have the words.

import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { Type } from '@sinclair/typebox'
import { buildApp } from '../src/app.ts'
import { deriveModels, storedModels } from '../src/definitions/load.ts'
import { type Resource, resource } from '../src/resource/resource.ts'
import { migrate } from '../src/store/migration/migrate.ts'
import { openStore } from '../src/store/open.ts'
import { plain, type Store, type Work } from '../src/store/store.ts'
import { modelToTable } from '../src/store/table.ts'
import { startPostgres } from '../test/support/postgres-server.ts'
import { circumstances, progress, writeSection } from './readme.ts'
import { folder } from './rows.ts'
import { summarize, summaryToText, toTable } from './summary.ts'

const { values: options } = parseArgs({
  options: {
    database: { type: 'string', default: 'sqlite' },
    rows: { type: 'string', default: '1000000' },
    rounds: { type: 'string', default: '20' },
    write: { type: 'boolean', default: false },
  },
})

const fields = Type.Object({
  title: Type.String({ maxLength: 200 }),
  author: Type.String({ maxLength: 100 }),
})
const description = 'Books'
const count = Number(options.rows)

const searches: readonly (readonly [title: string, query: string])[] = [
  ['a word of half of the rows', 'q=common'],
  ['of one in 10', 'q=python'],
  ['of one in 100', 'q=percent'],
  ['of one in 1,000, ranked', 'q=permille'],
  ['of one in 10,000, ranked', 'q=rare'],
  ['of no row', 'q=absent'],
  ['two words of half of the rows each', 'q=common%20smith'],
  ['a common one and a rare one', 'q=common%20rare'],
  ['`perm*`', 'q=perm*'],
  ['a common one, by another order', 'q=common&sort=-id'],
  ['the number of rows of a common one', 'q=common&limit=1#count'],
]

async function bring(store: Store, searched: boolean): Promise<ReturnType<typeof deriveModels>> {
  const search = searched ? (['title', 'author'] as const) : undefined
  const books = resource('books', fields, { description, ...(search && { search }) })
  const models = deriveModels([{ file: 'books.ts', resource: books as unknown as Resource }])
  const tables = storedModels(models).map(model => modelToTable(store.dialect, model))
  const now = new Date().toISOString()
  const wanted = { tables, files: [], findMistake: () => undefined, version: '0.0.0', now }
  await migrate(store, wanted as never, 'full')
  return models
}

/** A title and an author, whose words are more or less common. */
function fillStatement({ dialect }: Store, from: number, to: number): string {
  const word = (text: string, share: number) =>
    `case when n % ${share} = 0 then ' ${text}' else '' end`
  const words = [
    word('python', 10),
    word('common', 2),
    word('percent', 100),
    word('permille', 1000),
    word('rare', 10_000),
  ]
  return `
    insert into books (title, author, _rev)
    with recursive numbers (n) as (select ${from} union all select n + 1 from numbers where n < ${to})
    select 'Book ' || n || ' about things' || ${words.join(' || ')},
      'Author ' || (n % 5000) || case when n % 4 < 2 then ' Smith' else ' Jones' end, ${dialect.nextRevision}
    from numbers`
}

async function fill(store: Store): Promise<void> {
  for (let from = 1; from <= count; from += 50_000)
    await store.transact(function* (): Work<void> {
      yield plain(fillStatement(store, from, Math.min(count, from + 49_999)))
    })
}

async function measure(url: string): Promise<readonly (readonly string[])[]> {
  const store = openStore(url, { exclusive: true })
  await bring(store, false)
  progress('filling')
  await fill(store)
  progress('indexing')
  const begun = performance.now()
  const models = await bring(store, true)
  const indexed = performance.now() - begun
  if (store.dialect.name === 'postgres')
    await store.session(session => session.run(plain('vacuum analyze')))
  const app = await buildApp({ models, store, version: '0.0.0' })
  await pageTime(app, 'q=absent')
  const rows = [['the index', `${Math.round(indexed).toLocaleString('en')}`]]
  for (const [title, query] of searches) {
    progress(title)
    rows.push([title, await pageTime(app, query)])
  }
  await app.close()
  await store.close()
  return rows
}

type App = Awaited<ReturnType<typeof buildApp>>

async function pageTime(app: App, query: string): Promise<string> {
  const [search = '', counted] = query.split('#')
  const headers = counted === undefined ? {} : { prefer: 'count=exact' }
  const times: number[] = []
  for (let round = 0; round < Number(options.rounds); round++) {
    // Reads of one turn of the event loop share their rows.
    await setImmediate()
    const begun = performance.now()
    const { statusCode, body } = await app.inject({ url: `/books?${search}`, headers })
    times.push(performance.now() - begun)
    if (statusCode !== 200) throw new Error(body)
  }
  return summaryToText(summarize(times), 1)
}

mkdirSync(folder, { recursive: true })
const place = mkdtempSync(join(folder, 'search-'))
const server = options.database === 'postgres' ? await startPostgres() : undefined
try {
  const rows = await measure(server?.url ?? `sqlite:${place}/books.db`)
  const name = options.database === 'postgres' ? 'PostgreSQL' : 'SQLite'
  const text = `${circumstances()} ${count.toLocaleString('en')} rows, ${options.rounds} requests each.\n\n${toTable(['', `ms (${name})`], rows)}`
  console.log(text)
  if (options.write) writeSection(`search ${options.database}`, text)
} finally {
  await server?.stop()
  rmSync(place, { recursive: true })
}
