// Two definitions, and a database that is brought from one to the other; as a process of its own, so that it can be killed.

import { Type } from '@sinclair/typebox'
import type { Test } from 'tap'
import { Ref } from '../../src/resource/resource.ts'
import { define } from './definitions.ts'
import { Database } from './migrations.ts'
import { bringBack } from './versions.ts'

const title = Type.String({ maxLength: 50 })

export const before = [
  define('cats', { name: title }),
  define(
    'things',
    {
      name: Type.String({ maxLength: 20 }),
      code: Type.Optional(Type.String({ maxLength: 20 })),
      old: Type.Optional(Type.Integer()),
      level: Type.Integer({ default: 1 }),
      cat_id: Type.Optional(Type.Integer()),
    },
    { index: ['old'] },
  ),
]

/** Something of every kind of change, narrower limits included. */
export const after = [
  define('cats', { name: title }),
  define(
    'things',
    {
      name: Type.String({ maxLength: 30 }),
      code: Type.String({ maxLength: 20, default: 'none' }),
      old: Type.Optional(Type.Integer({ minimum: 0 })),
      level: Type.Integer({ default: 2 }),
      cat_id: Type.Optional(Ref('cats')),
      state: Type.String({ maxLength: 10, default: 'new' }),
      owner_id: Type.Optional(Type.Integer()),
    },
    { unique: [['name', 'code']], index: ['state'] },
  ),
  define('notes', { text: title, thing_id: Ref('things') }, { parent: 'thing_id' }),
]

export const target = { defined: after, extent: 'full' } as const

/** A database with rows of the earlier definition. */
export async function filled(
  t: Pick<Test, 'teardown'>,
  url: string,
  rows: number,
): Promise<Database> {
  const database = new Database(t, url)
  await database.start(...before)
  const revision = database.store.dialect.nextRevision
  await database.store.transact(function* () {
    const numbers = `with recursive n (n) as (select 1 union all select n + 1 from n where n < ${rows})`
    yield {
      text: `${numbers} insert into things (name, old, _rev) select 'thing ' || n, n, ${revision} from n`,
      values: [],
    }
  })
  return database
}

/** The tables as the database's own catalog has them, without what differs from one database to the next. */
export async function catalogOf({ store }: Database): Promise<readonly string[]> {
  const rows = await store.query({ text: store.dialect.catalog, values: [] })
  return rows.map(row => JSON.stringify(row).replaceAll(/\btest_[0-9a-f]{32}\./g, '')).sort()
}

/** The same, brought to the later definition. */
export async function evolved(...parameters: Parameters<typeof filled>): Promise<Database> {
  const database = await filled(...parameters)
  await database.to(target)
  return database
}

const [, , url, way] = process.argv
if (import.meta.main && url !== undefined) {
  const ends: (() => unknown)[] = []
  const database = new Database(
    { teardown: end => void ends.push(end as () => unknown) } as Pick<Test, 'teardown'>,
    url,
  )
  console.log('begun')
  if (way === 'back') await bringBack(database.store, { to: 1, folder: 'migrations' })
  else await database.to(target)
  console.log('done')
  for (const end of ends) await end()
}
