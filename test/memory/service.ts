// A service over rows as large as a definition of plain texts lets them be, in a process whose memory is watched.

import { Type } from '@sinclair/typebox'
import { pino } from 'pino'
import { buildApp } from '../../src/app.ts'
import { keepHeapSmall } from '../../src/commands/heap.ts'
import { storeRecords } from '../../src/commands/records.ts'
import { deriveModels, storedModels } from '../../src/definitions/load.ts'
import { createEngine } from '../../src/handlers/engine.ts'
import { resource } from '../../src/resource/resource.ts'
import { migrate } from '../../src/store/migration/migrate.ts'
import { openStore } from '../../src/store/open.ts'
import { modelToTable } from '../../src/store/table.ts'
import { fieldMistakes } from '../../src/validation/validator.ts'

const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'] as const
const part = Type.Object(Object.fromEntries(names.map(name => [name, Type.Integer()])))

const blobs = resource(
  'blobs',
  Type.Object({
    ...Object.fromEntries(names.map(name => [name, Type.Optional(Type.String())])),
    parts: Type.Optional(Type.Array(part, { maxItems: 100 })),
  }),
  { description: 'Eight texts of 65,536 characters and a list of objects' },
)

const [url = '', rows = '100'] = process.argv.slice(2)
const models = deriveModels([{ file: 'schemas/blobs.ts', resource: blobs }])
const store = openStore(url, { exclusive: true })
if (store.dialect.name === 'sqlite') keepHeapSmall()
const tables = storedModels(models).map(model => modelToTable(store.dialect, model))
const now = new Date().toISOString()
await migrate(
  store,
  { tables, files: [], findMistake: fieldMistakes(), version: '0.0.0', now },
  'additive',
)
const engine = createEngine({ models, store })
const [model] = models.models
if (model === undefined) throw new Error('There is one resource.')
const values = Object.fromEntries(names.map(name => [name, name.repeat(65_536)]))
for (let stored = 0; stored < Number(rows); stored++)
  await storeRecords(engine, [{ model, values, place: '' }])
const pressure = { maxEventLoopDelay: 1000 }
const logger = pino({ level: 'warn' }, pino.destination(2))
const app = await buildApp({ models, store, version: '0.0.0', pressure, logger })
console.log(await app.listen({ host: '127.0.0.1', port: 0 }))
