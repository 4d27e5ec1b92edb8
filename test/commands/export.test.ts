// Rows that are exported into files, and loaded from them into another database.

import { readFileSync, writeFileSync } from 'node:fs'
import { Type } from '@sinclair/typebox'
import type { Test } from 'tap'
import { chooseModels, exportRows } from '../../src/commands/export.ts'
import { parseLines, RecordError, storeRecords } from '../../src/commands/records.ts'
import { deriveModels } from '../../src/definitions/load.ts'
import { createEngine } from '../../src/handlers/engine.ts'
import { CreatedAt, Decimal, Password, Ref, Refs, Uuid } from '../../src/resource/resource.ts'
import { openStore } from '../../src/store/open.ts'
import { define } from '../support/definitions.ts'
import { onEveryDatabase, prepareTables } from '../support/service.ts'

const models = deriveModels([
  define('labels', { name: Type.String({ maxLength: 20 }) }, { keepDeleted: true }),
  define(
    'items',
    {
      id: Uuid(),
      price: Decimal(10, 2),
      note: Type.Optional(Type.String()),
      sizes: Type.Array(Type.Integer()),
      shape: Type.Optional(Type.Object({ a: Type.Number() })),
      labels: Refs('labels'),
      before: Type.Optional(Ref<string>('items')),
      created: CreatedAt(),
    },
    { key: 'id' },
  ),
  define('people', { password: Password() }),
])

async function engineAt(t: Test, url: string) {
  const store = openStore(url, { exclusive: false })
  t.teardown(() => store.close())
  await prepareTables(store, models)
  return createEngine({ models, store })
}

const id = (n: number) => `0190a6e2-0000-7000-8000-${String(n).padStart(12, '0')}`
const count = 1203

const lines = {
  labels: Array.from({ length: 3 }, (_, n) => `{"id":${n + 1},"name":"Läbel ${n}"}`),
  items: Array.from({ length: count }, (_, n) =>
    JSON.stringify({
      id: id(n),
      price: `${n}.50`,
      note: n % 2 === 0 ? null : 'a "b"\nc',
      sizes: [n, 1],
      shape: n % 3 === 0 ? { a: 0.1 } : null,
      labels: [3, 1],
      before: n === 0 ? null : id(n - 1),
      created: '2026-01-02T03:04:05.678Z',
    }),
  ),
}

onEveryDatabase('what is exported is loaded again byte for byte', async (t, url) => {
  const folder = t.testdir()
  const first = await engineAt(t, url)
  const files = Object.entries(lines).map(([name, all]) => {
    const file = `${folder}/${name}.ndjson`
    writeFileSync(file, `${all.join('\n')}\n`)
    return file
  })
  const read = (file: string) => parseLines(models.models, file, readFileSync(file, 'utf8'))
  await storeRecords(first, files.flatMap(read))
  const chosen = chooseModels(models.models, ['items', 'labels'])
  const target = { folder: `${folder}/out`, overwrite: false }
  const counts = await exportRows(first, chosen, target)
  t.strictSame(Object.fromEntries(counts), { labels: 3, items: count })
  for (const file of files)
    t.equal(
      readFileSync(file.replace(folder, `${folder}/out`), 'utf8'),
      readFileSync(file, 'utf8'),
      file,
    )
  await t.rejects(exportRows(first, chosen, target), {
    message: /labels\.ndjson is there already: add --overwrite$/,
  })
  await exportRows(first, chosen, { ...target, overwrite: true })
})

onEveryDatabase('a line that is wrong is told, and nothing is stored', async (t, url) => {
  const engine = await engineAt(t, url)
  const parse = (text: string) => parseLines(models.models, 'labels.ndjson', text)
  t.throws(() => parse('{"name":"a"}\n{"name"'), { message: /^labels\.ndjson line 2: is not JSON/ })
  await t.rejects(storeRecords(engine, parse('{"name":"a"}\n\n{"nam":"b"}\n')), {
    constructor: RecordError,
    message: /labels\.ndjson line 3: name is required/,
  })
  const rows = await engine.store.query({ text: 'select count(*) from labels', values: [] })
  t.strictSame(rows, [[0]])
})
