// The records of imports: one instance works on one, says that it goes on, and loses it when it is silent or when it is
// cancelled; what has ended is forgotten.

import t, { type Test } from 'tap'
import { deriveModels } from '../../src/definitions/load.ts'
import { createEngine, type Engine, tableOf } from '../../src/handlers/engine.ts'
import { ImportTables } from '../../src/imports/import-tables.ts'
import { toJob } from '../../src/imports/job.ts'
import { tidyImports } from '../../src/imports/tidy.ts'
import type { Row } from '../../src/resource/row.ts'
import { only } from '../../src/store/only.ts'
import { openStore } from '../../src/store/open.ts'
import { plain, type Statement } from '../../src/store/store.ts'
import { insertRow } from '../../src/store/write.ts'
import { fixtureModels } from '../support/fixture-models.ts'
import { onEveryDatabase, prepareTables } from '../support/service.ts'

interface Records {
  readonly engine: Engine
  readonly tables: ImportTables
  run(statement: Statement): Promise<readonly unknown[]>
  count(table: string): Promise<number>
}

async function openRecords(t: Test, url: string): Promise<Records> {
  const store = openStore(url, { exclusive: false })
  t.teardown(() => store.close())
  const models = await fixtureModels()
  await prepareTables(store, models)
  const engine = createEngine({ models, store })
  const tables = new ImportTables(name => tableOf(engine, name))
  const run = (statement: Statement) => store.transact(() => only(statement))
  const count = async (table: string) =>
    Number((await store.query(plain(`select count(*) from ${table}`)))[0]?.[0])
  return { engine, tables, run, count }
}

/** Makes an import of a text. */
async function make({ tables, run }: Records, upload: string): Promise<void> {
  const values: Readonly<Record<string, string | number>> = {
    resource: 'countries',
    format: 'ndjson',
    on_duplicate: 'refuse',
    state: 'waiting',
    findings: '[]',
    created_at: new Date().toISOString(),
    upload,
    operation: 'createCountry',
    address: '{}',
    caller: '{}',
  }
  const { fields } = tables.imports.model
  const row = fields.map(({ name, schema }) =>
    schema.type === 'integer' && name !== 'id' ? 0 : (values[name] ?? null),
  )
  await run(insertRow(tables.imports, row))
  await run(tables.insertPart(upload, 0, 'text'))
}

onEveryDatabase('one of several instances works on an import', async (t, url) => {
  const records = await openRecords(t, url)
  const { tables, run } = records
  await make(records, 'a')
  const claims = await Promise.all(['one', 'two', 'three'].map(name => run(tables.claim(name))))
  t.equal(claims.filter(({ length }) => length === 1).length, 1)
  const runner = ['one', 'two', 'three'][claims.findIndex(({ length }) => length === 1)] ?? ''
  t.equal((await run(tables.renew(1, runner, 7))).length, 1)
  t.equal((await run(tables.renew(1, 'four', 7))).length, 0, 'another does not')
  t.equal((await run(tables.claim('four'))).length, 0)
  await run(plain(`update "imports" set "heard_at" = '2026-01-01T00:00:00.000Z'`))
  t.equal((await run(tables.claim('four'))).length, 1, 'a silent runner loses its import')
  t.equal((await run(tables.end(1, runner, { state: 'done' }))).length, 0, 'and cannot end it')
  t.equal((await run(tables.release(1, 'four'))).length, 1)
  t.equal((await run(tables.claim('five'))).length, 1)
  t.equal((await run(tables.cancel(1))).length, 1)
  t.equal((await run(tables.end(1, 'five', { state: 'done' }))).length, 0, 'nor what is cancelled')
  t.equal((await run(tables.cancel(1))).length, 0)
})

onEveryDatabase('each attempt is counted that is not given back', async (t, url) => {
  const records = await openRecords(t, url)
  const { tables, run } = records
  await make(records, 'a')
  const claim = async (runner: string) => {
    const [row = []] = (await run(tables.claim(runner))) as readonly Row[]
    return toJob(tables, row, runner).attempts
  }
  t.equal(await claim('one'), 1)
  await run(tables.release(1, 'one'))
  t.equal(await claim('two'), 1)
  await run(plain(`update "imports" set "heard_at" = '2026-01-01T00:00:00.000Z'`))
  t.equal(await claim('three'), 2)
})

onEveryDatabase('what nobody needs any more is deleted', async (t, url) => {
  const records = await openRecords(t, url)
  const { engine, tables, run, count } = records
  await make(records, 'a')
  await make(records, 'b')
  await run(tables.insertPart('orphan', 0, 'text'))
  await run(tables.cancel(1))
  await tidyImports(engine, 3600)
  t.equal(await count('imports'), 2, 'its record is kept for some time')
  t.equal(await count('import_parts'), 3, 'a text may be arriving')
  await run(plain(`update "import_parts" set "created_at" = '2026-01-01T00:00:00.000Z'`))
  await tidyImports(engine, 3600)
  t.equal(await count('import_parts'), 1, 'that of the one which waits')
  await run(
    plain(
      `update "imports" set "ended_at" = '2026-01-01T00:00:00.000Z' where "ended_at" is not null`,
    ),
  )
  await tidyImports(engine, 3600)
  t.equal(await count('imports'), 1)
})

t.test('their names are the service’s own', async t => {
  const { importModel, importPartModel } = deriveModels([])
  t.strictSame([importModel.name, importPartModel.name], ['imports', 'import_parts'])
})
