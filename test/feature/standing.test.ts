// An instance whose tables are changed under it: it says so, and does not call it a fault of its own.

import { type TProperties, Type } from '@sinclair/typebox'
import { pino } from 'pino'
import { deriveModels, storedModels } from '../../src/definitions/load.ts'
import { resource } from '../../src/resource/resource.ts'
import { migrate } from '../../src/store/migration/migrate.ts'
import type { Wanted } from '../../src/store/migration/migration.ts'
import type { Store } from '../../src/store/store.ts'
import { modelToTable } from '../../src/store/table.ts'
import { fieldMistakes } from '../../src/validation/validator.ts'
import { checkProblem } from '../support/problem.ts'
import { feature } from '../support/service.ts'

const name = Type.String({ maxLength: 20 })
const note = Type.Optional(Type.String({ maxLength: 20 }))
const things = (fields: TProperties) =>
  resource('things', Type.Object(fields), { description: 'All things' })

/** Brings the tables to a later definition, as `migrate` of a later version does. */
async function change(
  store: Store,
  fields: TProperties,
  more: Partial<Wanted> = {},
): Promise<void> {
  const models = deriveModels([{ file: 'schemas/things.ts', resource: things(fields) }])
  const tables = storedModels(models).map(model => modelToTable(store.dialect, model))
  const now = '2026-01-02T00:00:00.000Z'
  const wanted = { tables, files: [], findMistake: fieldMistakes(), version: '2.0.0', now, ...more }
  await migrate(store, wanted, 'full')
}

const lines: string[] = []
const logger = pino({ level: 'error' }, { write: line => lines.push(line) })
const options = { resources: [things({ name, note })], sample: false, logger }

feature(
  'a column that is dropped under an instance makes it unready, and its requests 503',
  async (t, { store, get, post, patch }) => {
    lines.length = 0
    t.equal((await post('/things', { name: 'one' })).status, 201)
    await change(store, { name }, { drop: { names: ['things.note'], confirmed: true } })
    const detail =
      'The tables were changed for a later version of the service, which this instance is not.'
    for (const received of [
      await get('/readyz'),
      await get('/things'),
      await get('/things/1'),
      await post('/things', { name: 'two' }),
      await patch('/things/1', { name: 'two' }),
    ]) {
      t.equal(checkProblem(t, '503', received, 503).detail, detail)
      t.equal(received.headers['retry-after'], '1')
    }
    t.equal((await get('/livez')).status, 200)
    t.match(
      lines.map(line => JSON.parse(line)),
      [
        {
          withdrawn: '2026-01-02T00:00:00.000Z',
          msg: /^the tables were changed for a later version: replace/,
        },
      ],
    )
    t.equal(lines.length, 1)
  },
  options,
)

feature(
  'an instance beside a later definition that it can live with is ready',
  async (t, { store, get, post }) => {
    await change(store, { name, note, more: note })
    t.equal((await get('/readyz')).status, 200)
    t.equal((await post('/things', { name: 'two' })).status, 201)
  },
  options,
)
