// Rows that are exported into files, and loaded from them into another database, where an export then writes the same files.

import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Type } from '@sinclair/typebox'
import type { Test } from 'tap'
import { loadExactly } from '../../src/commands/exact-load.ts'
import { chooseModels, exportRows } from '../../src/commands/export.ts'
import { parseLines, RecordError, storeRecords } from '../../src/commands/records.ts'
import { deriveModels } from '../../src/definitions/load.ts'
import { createEngine, type Engine } from '../../src/handlers/engine.ts'
import {
  CreatedAt,
  Decimal,
  Password,
  Ref,
  Refs,
  resource,
  Uuid,
} from '../../src/resource/resource.ts'
import { openStore } from '../../src/store/open.ts'
import type { Store } from '../../src/store/store.ts'
import {
  databases,
  onEveryDatabase,
  prepareTables,
  type Service,
  startService,
} from '../support/service.ts'

const short = () => Type.String({ minLength: 1, maxLength: 20 })
const described = { description: 'Rows of a test' }

const resources = [
  resource('zones', Type.Object({ head: Type.Optional(Ref('people')) }), described),
  resource(
    'people',
    Type.Object({
      name: short(),
      password: Password(),
      zone_id: Ref('zones'),
      above: Type.Optional(Ref('people')),
      edits: Type.Optional(Type.Integer({ readOnly: true })),
    }),
    {
      ...described,
      hooks: { beforeWrite: ({ before }) => ({ edits: (before?.edits ?? 0) + 1 }) },
    },
  ),
  resource('diaries', Type.Object({ text: short() }), { ...described, owner: true }),
  resource('labels', Type.Object({ name: short() }), { ...described, keepDeleted: true }),
  resource('tickets', Type.Object({ code: short(), sold: Type.Boolean() }), {
    ...described,
    key: 'code',
    keepDeleted: true,
  }),
  resource(
    'items',
    Type.Object({
      id: Uuid(),
      price: Decimal(10, 2),
      note: Type.Optional(Type.String()),
      sizes: Type.Array(Type.Integer()),
      shape: Type.Optional(Type.Object({ a: Type.Number() })),
      labels: Refs('labels'),
      before: Type.Optional(Ref<string>('items')),
      created: CreatedAt(),
    }),
    { ...described, key: 'id' },
  ),
]

const models = deriveModels(
  resources.map(one => ({ file: `schemas/${one.name}.ts`, resource: one })),
)
const names = resources.map(({ name }) => name)
const filesIn = (folder: string) => names.map(name => `${folder}/${name}.ndjson`)

/** Not that of the database. */
function folderOf(t: Test): string {
  const folder = mkdtempSync(join(tmpdir(), 'restwell-export-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  return folder
}

async function engineAt(t: Test, url: string): Promise<Engine> {
  const store = openStore(url, { exclusive: false })
  t.teardown(() => store.close())
  await prepareTables(store, models)
  return createEngine({ models, store })
}

const exportTo = (store: Store, folder: string) =>
  exportRows(createEngine({ models, store }), models.models, { folder, overwrite: false })

const id = (n: number) => `0190a6e2-0000-7000-8000-${String(n).padStart(12, '0')}`
const count = 603

/** Circles, deleted rows, one of which gave up its key, secrets, and rows that need several portions. */
async function fill(t: Test, { post, patch, put, delete: remove, store }: Service): Promise<void> {
  const done = async (call: ReturnType<typeof post>) => t.ok((await call).status < 300)
  await done(post('/zones', {}))
  await done(post('/zones', {}))
  await done(post('/people', { name: 'Ada', password: 'correct horse', zone_id: 1 }))
  await done(post('/people', { name: 'Bo', password: 'battery staple', zone_id: 2, above: 1 }))
  await done(patch('/people/1', { above: 2 }))
  await done(patch('/zones/1', { head: 2 }))
  await done(post('/diaries', { text: 'secret' }))
  await store.query({ text: `update diaries set _owner = 'somebody'`, values: [] })
  for (const name of ['x', 'Läbel', 'z']) await done(post('/labels', { name }))
  await done(remove('/labels/2'))
  for (const sold of [true, false]) {
    await done(put('/tickets/a', { sold }))
    if (sold) await done(remove('/tickets/a'))
  }
  const items = Array.from({ length: count }, (_, n) => ({
    id: id(n),
    price: `${n}.50`,
    note: n % 2 === 0 ? null : 'a "b"\nc',
    sizes: [n, 1],
    shape: n % 3 === 0 ? { a: 0.1 } : null,
    labels: [3, 1],
    before: n === 0 ? null : id(n - 1),
  }))
  const lines = items.map(item => JSON.stringify(item)).join('\n')
  const engine = createEngine({ models, store })
  await storeRecords(engine, parseLines(models.models, 'items.ndjson', lines))
  await done(patch(`/items/${id(0)}`, { before: id(count - 1) }))
}

onEveryDatabase('what is exported is loaded again byte for byte', async (t, url) => {
  const service = await startService(t, url, { resources, sample: false })
  await fill(t, service)
  const folder = folderOf(t)
  const counts = await exportTo(service.store, `${folder}/first`)
  t.strictSame(Object.fromEntries(counts), {
    zones: 2,
    people: 2,
    diaries: 1,
    labels: 3,
    tickets: 1,
    items: count,
  })
  const text = (name: string) => readFileSync(`${folder}/first/${name}.ndjson`, 'utf8')
  t.match(text('diaries'), /"_owner":"somebody"\}/)
  t.match(text('labels'), /"name":"Läbel","_deleted_at":"20/)
  t.match(text('tickets'), /"code":"a","sold":false\}\n\{"_set_aside":\{"code":"a",/)
  t.match(text('people'), /"edits":2,"_hashes":\{"password":"\$scrypt/)
  const modeOf = (path: string) => statSync(path).mode & 0o777
  t.equal(modeOf(`${folder}/first`), 0o700, 'nobody else reads what is in it')
  t.equal(modeOf(`${folder}/first/people.ndjson`), 0o600, 'nor the file by itself')

  for (const database of databases) {
    const engine = await engineAt(t, await database.url(t))
    let told = 0
    const stored = await loadExactly(engine, filesIn(`${folder}/first`).toReversed(), () => told++)
    t.equal(
      stored,
      [...counts.values()].reduce((sum, rows) => sum + rows),
    )
    t.equal(told, names.length)
    t.strictSame(await exportTo(engine.store, `${folder}/${database.name}`), counts)
    // A row that was set aside is kept as that database wrote it.
    const isSame = (name: string) => name !== 'tickets' || url.startsWith(database.name)
    for (const name of names.filter(isSame))
      t.equal(
        readFileSync(`${folder}/${database.name}/${name}.ndjson`, 'utf8'),
        text(name),
        `${name} in ${database.name}`,
      )
    await storeRecords(engine, parseLines(models.models, 'zones.ndjson', '{}'))
    const [last] = await engine.store.query({ text: 'select max(id) from zones', values: [] })
    t.strictSame(last, [3], 'the next key is a new one')
  }
  await t.rejects(exportTo(service.store, `${folder}/first`), {
    message: /zones\.ndjson is there already: add --overwrite$/,
  })
})

onEveryDatabase(
  'a file with a mistake is told by its line, and nothing is stored',
  async (t, url) => {
    const engine = await engineAt(t, url)
    const good = '{"id":1,"name":"a"}'
    const table: [text: string, message: RegExp][] = [
      [`${good}\n{"name"`, /labels\.ndjson line 2: is not JSON/],
      [`${good}\n\n[1]`, /labels\.ndjson line 3: must be object/],
      [`${good}\n{"id":2}`, /labels\.ndjson line 2: name is required/],
      [`${good}\n{"id":2,"name":"b","_owner":"c"}`, /line 2: _owner is not a known member/],
      [`${good}\n{"id":2,"name":"b","_deleted_at":"now"}`, /line 2: _deleted_at must be/],
      [`${good}\n${good}`, /labels\.ndjson line 2, or one of the 2 lines that end with it: /],
    ]
    const file = `${folderOf(t)}/labels.ndjson`
    for (const [text, message] of table) {
      writeFileSync(file, text)
      await t.rejects(loadExactly(engine, [file]), {
        constructor: RecordError,
        message,
      })
    }
    const rows = await engine.store.query({ text: 'select count(*) from labels', values: [] })
    t.strictSame(rows, [[0]])
    const parse = (text: string) => parseLines(models.models, 'labels.ndjson', text)
    t.throws(() => parse('{"name":"a"}\n{"name"'), {
      message: /^labels\.ndjson line 2: is not JSON/,
    })
    await t.rejects(storeRecords(engine, parse('{"name":"a"}\n\n{"nam":"b"}\n')), {
      constructor: RecordError,
      message: /labels\.ndjson line 3: name is required/,
    })
  },
)

onEveryDatabase('resources can be chosen', async (t, url) => {
  const engine = await engineAt(t, url)
  const chosen = chooseModels(models.models, ['labels', 'zones'])
  const counts = await exportRows(engine, chosen, { folder: folderOf(t), overwrite: true })
  t.strictSame([...counts.keys()].sort(), ['labels', 'zones'])
  t.throws(() => chooseModels(models.models, ['label']), { message: /did you mean 'labels'/ })
})
