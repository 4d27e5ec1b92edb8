// The rows of a benchmark's table: made once in SQL, and known beforehand, so that answers can be checked.

import { copyFileSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { loadModels, storedModels } from '../src/definitions/load.ts'
import { migrate } from '../src/store/migration/migrate.ts'
import { openStore } from '../src/store/open.ts'
import type { Store } from '../src/store/store.ts'
import { modelToTable } from '../src/store/table.ts'
import { genres } from './schemas/articles.ts'

/** Where the files of the benchmarks lie; not under version control. */
export const folder = join(import.meta.dirname, '../data/bench')

export interface Article {
  readonly id: number
  readonly title: string
  readonly author: string
  readonly genre: string
  readonly pages: number
  readonly price: number
  readonly in_stock: boolean
  readonly published: string
  readonly note: string | null
}

const firstDay = Date.UTC(1990, 0, 1)
const days = 12_000

/** The nth row, from 1. */
export function articleAt(n: number): Article {
  return {
    id: n,
    title: `A study of things, part ${n}`,
    author: `Author ${n % 5000}`,
    genre: String(genres[n % genres.length]),
    pages: 1 + (n % 900),
    price: 100 + (n % 10_000),
    in_stock: n % 3 > 0,
    published: new Date(firstDay + (n % days) * 86_400_000).toISOString().slice(0, 10),
    note: n % 2 === 0 ? null : 'Seldom read, often cited.',
  }
}

const dayExpression = {
  sqlite: `date('1990-01-01', '+' || (n % ${days}) || ' days')`,
  postgres: `to_char(date '1990-01-01' + (n % ${days})::integer, 'YYYY-MM-DD')`,
}

/** What `articleAt` makes, for all n of a range. */
function fillStatement({ dialect }: Store, from: number, to: number): string {
  const genre = genres.map((name, index) => `when ${index} then '${name}'`).join(' ')
  return `
    insert into articles (title, author, genre, pages, price, in_stock, published, note, _rev)
    with recursive numbers (n) as (select ${from} union all select n + 1 from numbers where n < ${to})
    select 'A study of things, part ' || n, 'Author ' || (n % 5000), case n % ${genres.length} ${genre} end,
      1 + n % 900, 100 + n % 10000, n % 3 > 0, ${dayExpression[dialect.name]},
      case n % 2 when 1 then 'Seldom read, often cited.' end, ${dialect.nextRevision}
    from numbers`
}

const chunk = 100_000

/** Makes the tables and so many rows in a database that has none yet. */
export async function fill(url: string, rows: number): Promise<void> {
  const models = storedModels(await loadModels(join(import.meta.dirname, 'schemas')))
  const store = openStore(url, { exclusive: false })
  try {
    const tables = models.map(model => modelToTable(store.dialect, model))
    const now = new Date().toISOString()
    await migrate(
      store,
      { tables, files: [], findMistake: () => () => undefined, version: '0.0.0', now },
      'additive',
    )
    for (let from = 1; from <= rows; from += chunk) {
      const text = fillStatement(store, from, Math.min(rows, from + chunk - 1))
      await store.transact(function* () {
        yield { text, values: [] }
      })
    }
  } finally {
    await store.close()
  }
}

/** A file with so many rows for one contender: a copy of one that is made the first time. */
export async function filledFile(name: string, rows: number): Promise<string> {
  const original = join(folder, `articles-${rows}.db`)
  if (!existsSync(original)) await makeOriginal(original, rows)
  const copy = join(folder, `${name}-${rows}.db`)
  for (const ending of ['', '-wal', '-shm']) rmSync(copy + ending, { force: true })
  copyFileSync(original, copy)
  return copy
}

async function makeOriginal(original: string, rows: number): Promise<void> {
  mkdirSync(folder, { recursive: true })
  const unfinished = `${original}.unfinished`
  for (const ending of ['', '-wal', '-shm']) rmSync(unfinished + ending, { force: true })
  await fill(`sqlite:${unfinished}`, rows)
  renameSync(unfinished, original)
}
