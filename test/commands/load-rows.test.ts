// Files with a row on each line: read piece by piece, all of them or none, and told by their lines.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'
import {
  canBeStreamed,
  type RowFile,
  rowsToRecords,
  storeRowFiles,
  toRowFile,
} from '../../src/commands/load-rows.ts'
import { storeRecords } from '../../src/commands/records.ts'
import { createEngine } from '../../src/handlers/engine.ts'
import { openStore } from '../../src/store/open.ts'
import { fixtureModels } from '../support/fixture-models.ts'
import { onEveryDatabase, prepareTables } from '../support/service.ts'

async function open(t: Test, url: string) {
  const models = await fixtureModels()
  const store = openStore(url, { exclusive: false })
  t.teardown(() => store.close())
  await prepareTables(store, models)
  const engine = createEngine({ models, store })
  const folder = mkdtempSync(join(tmpdir(), 'restwell-rows-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  const files = (contents: Record<string, string | Buffer>) =>
    Object.entries(contents).map(([name, text]) => {
      writeFileSync(join(folder, name), text)
      return toRowFile(models.models, join(folder, name))
    })
  const count = async (table: string) =>
    Number((await store.query({ text: `select count(*) from ${table}`, values: [] }))[0]?.[0])
  const refusal = async (contents: Record<string, string | Buffer>) => {
    const error = await storeRowFiles(engine, files(contents), () => {}).catch(
      (thrown: Error) => thrown,
    )
    return String((error as Error).message).replaceAll(`${folder}/`, '')
  }
  return { engine, models, files, count, refusal }
}

const countries = (count: number) =>
  `name,capital,area\r\n${Array.from({ length: count }, (_, index) => `Land,"Town, ${index}",${index}\r\n`).join('')}`

onEveryDatabase('files are loaded piece by piece, parents first, with progress', async (t, url) => {
  const { engine, files, count } = await open(t, url)
  const told: number[] = []
  const given = files({
    'guests.ndjson': '{"event_id":7,"name":"A","email":"a@example.com"}\n',
    'countries.csv': countries(5000),
    'events.csv': 'id,name,starts_at\n7,Party,2026-05-01T18:00:00Z\n',
  })
  const stored = await storeRowFiles(engine, given, (done, total) => told.push(done / total))
  t.equal(stored, 5002)
  t.equal(await count('countries'), 5000)
  t.equal(await count('guests'), 1)
  t.equal(told.at(-1), 1)
  t.ok(told.length > 4)
  t.strictSame(
    told,
    told.toSorted((one, other) => one - other),
  )
})

onEveryDatabase('a mistake is told with file and line, and nothing is stored', async (t, url) => {
  const { refusal, count } = await open(t, url)
  t.equal(
    await refusal({ 'countries.csv': `${countries(300)}Land,Town,large\nLand\n` }),
    'countries.csv line 302: area must be integer\ncountries.csv line 303: has 1 cell, and the header line 3\nNothing was stored.',
  )
  t.equal(
    await refusal({ 'countries.csv': 'name,size\n' }),
    'countries.csv line 1: size is not a known member\nNothing was stored.',
  )
  t.equal(
    await refusal({
      'countries.csv': countries(300),
      'guests.csv': 'event_id,name,email\n99,A,a@example.com\n',
    }),
    'guests.csv line 2: event_id refers to a row that does not exist\nNothing was stored.',
  )
  t.match(await refusal({ 'countries.csv': Buffer.from('name\n\xff', 'latin1') }), /is not UTF-8/)
  t.match(await refusal({ 'countries.csv': Buffer.from('name', 'utf16le') }), /is UTF-16/)
  t.equal(await count('countries'), 0)
})

onEveryDatabase('files whose rows may wait for one another are read whole', async (t, url) => {
  const { engine, models, files, count } = await open(t, url)
  const given = files({ 'countries.csv': countries(3) })
  t.ok(canBeStreamed(models.models, given))
  const [{ model }] = given as [RowFile]
  const itself = { ...model, references: [{ model: 'countries' }] } as unknown as RowFile['model']
  t.notOk(canBeStreamed(models.models, [{ file: '', model: itself }]))
  await storeRecords(engine, given.flatMap(rowsToRecords))
  t.equal(await count('countries'), 3)
})
