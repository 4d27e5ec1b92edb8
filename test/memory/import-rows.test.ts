// On SQLite, where others wait meanwhile, rows that are stored or looked for one by one are few; on PostgreSQL there may be more.

import { resource, Type } from '../../src/restwell.ts'
import { endOf, sendLater } from '../support/imports.ts'
import { feature } from '../support/service.ts'

const notes = resource('notes', Type.Object({ text: Type.String({ maxLength: 20 }) }), {
  description: 'Rows like any other',
})
const kept = resource('kept', Type.Object({ name: Type.String({ maxLength: 20 }) }), {
  description: 'Rows that stay when they are deleted',
  keepDeleted: true,
})

const lines = (count: number, toRow: (n: number) => object) =>
  Array.from({ length: count }, (_, n) => `${JSON.stringify(toRow(n))}\n`).join('')

interface Case {
  readonly what: string
  readonly name: string
  readonly query: string
  readonly toRow: (n: number) => object
}

const cases: readonly Case[] = [
  {
    what: 'that are skipped where they are there',
    name: 'notes',
    query: '?on_duplicate=skip',
    toRow: n => ({ text: `${n}` }),
  },
  {
    what: 'with keys that a deleted row may have',
    name: 'kept',
    query: '',
    toRow: n => ({ id: n + 1, name: 'a' }),
  },
]

for (const { what, name, query, toRow } of cases)
  feature(
    `rows ${what} are few on SQLite`,
    async (t, service) => {
      const isLimited = service.store.dialect.name === 'sqlite'
      const url = `/${name}${query}`
      const found = await endOf(service, await sendLater(service, url, lines(10_001, toRow)))
      t.match(
        found,
        isLimited
          ? { state: 'failed', created: 0, detail: `It may bring up to 10000 ${name}.` }
          : { state: 'done', created: 10_001, detail: null },
      )
      if (!isLimited) return
      const fewer = await endOf(service, await sendLater(service, url, lines(10_000, toRow)))
      t.match(fewer, { state: 'done', created: 10_000 })
    },
    { resources: [notes, kept], sample: false },
  )
