// A table that another application has made becomes that of a resource, whose names are its own.

import { Type } from '@sinclair/typebox'
import { deriveModels, storedModels } from '../../src/definitions/load.ts'
import { Ref, type Resource, resource } from '../../src/resource/resource.ts'
import { toMigrationFile } from '../../src/store/migration/files.ts'
import { migrate } from '../../src/store/migration/migrate.ts'
import { MigrationError, type MigrationFile } from '../../src/store/migration/migration.ts'
import { openStore } from '../../src/store/open.ts'
import type { Store } from '../../src/store/store.ts'
import { modelToTable } from '../../src/store/table.ts'
import { fieldMistakes } from '../../src/validation/validator.ts'
import { onEveryDatabase, problemOf, startService } from '../support/service.ts'

const customers = resource(
  'customers',
  Type.Object({
    name: Type.String({ maxLength: 100 }),
    email: Type.Optional(Type.String({ format: 'email' })),
    since: Type.Optional(Type.String({ format: 'date-time' })),
  }),
  {
    description: 'Customers, in the table of another application',
    table: 'tbl_customers',
    columns: { id: 'cust_no', name: 'cust_name', since: 'created' },
    unique: ['email'],
    index: ['name'],
    keepDeleted: true,
  },
)
const notes = resource(
  'notes',
  Type.Object({ customer_id: Ref('customers'), text: Type.String({ maxLength: 50 }) }),
  { description: 'Notes about customers', parent: 'customer_id', columns: { text: 'body' } },
)
const resources = [customers, notes] as unknown as Resource[]

/** As the other application has made it. */
const made = {
  sqlite: `
    create table tbl_customers (cust_no integer primary key, cust_name text not null, email text, created text,
      score int not null default 7, region text);
    insert into tbl_customers (cust_name, email, created, region) values
      ('Ada', 'ada@example.com', '2026-01-02T03:04:05.000Z', 'north'), ('Bob', null, null, null);`,
  postgres: `
    create table tbl_customers (cust_no serial primary key, cust_name varchar(100) not null, email text,
      created timestamptz, score int not null default 7, region text);
    insert into tbl_customers (cust_name, email, created, region) values
      ('Ada', 'ada@example.com', '2026-01-02T04:04:05+01:00', 'north'), ('Bob', null, null, null);`,
}

async function prepare(
  store: Store,
  defined: readonly Resource[],
  files: readonly MigrationFile[] = [],
) {
  const models = deriveModels(defined.map(resource => ({ file: 'schemas/all.ts', resource })))
  const tables = storedModels(models).map(model => modelToTable(store.dialect, model))
  const now = '2026-05-01T00:00:00.000Z'
  const wanted = { tables, files, findMistake: fieldMistakes(), version: '1.0.0', now }
  return migrate(store, wanted, 'full')
}

async function refusalOf(migration: Promise<unknown>): Promise<string> {
  const error = await migration.catch((thrown: unknown) => thrown)
  if (error instanceof MigrationError) return error.message
  throw error instanceof Error ? error : new Error('It was not refused.')
}

async function makeTable(store: Store): Promise<void> {
  await store.transact(function* () {
    yield { text: made[store.dialect.name], values: [], script: true }
  })
}

/** Returns the files that were run for it. */
async function adopt(store: Store): Promise<readonly MigrationFile[]> {
  await makeTable(store)
  if (store.dialect.name === 'sqlite') {
    await prepare(store, resources)
    return []
  }
  const message = await refusalOf(prepare(store, resources))
  const script = /\n\n(.*)$/s.exec(message)?.[1] ?? ''
  const files = [toMigrationFile('0001-adopt.sql', script)]
  await prepare(store, resources, files)
  return files
}

async function rowsOf(store: Store, text: string) {
  return store.query({ text, values: [] })
}

onEveryDatabase(
  'a table of another application is served under names of its own',
  async (t, url) => {
    const store = openStore(url, { exclusive: false })
    const files = await adopt(store)
    await store.close()
    const {
      get,
      post,
      patch,
      delete: remove,
      store: served,
    } = await startService(t, url, {
      resources,
      sample: false,
      files: () => files,
    })
    t.strictSame((await get('/customers?sort=-name')).json, [
      { id: 2, name: 'Bob', email: null, since: null },
      { id: 1, name: 'Ada', email: 'ada@example.com', since: '2026-01-02T03:04:05.000Z' },
    ])
    t.strictSame(
      (await get('/customers?name_starts_with=A&since_gt=2026-01-01T00:00:00Z&fields=id')).json,
      [{ id: 1 }],
    )
    const page = await get('/customers?limit=1&sort=name')
    const next = /<([^>]*)>; rel="next"/.exec(String(page.headers.link))?.[1] ?? ''
    t.match((await get(next)).json, [{ name: 'Bob' }])
    t.match((await post('/customers', { name: 'Cy' })).json, { id: 3 })
    t.match(problemOf(await post('/customers', { name: 'Eve', email: 'ada@example.com' })), {
      status: 409,
      errors: [{ pointer: '#/email', detail: 'is taken' }],
    })
    t.match((await patch('/customers/3', { name: 'Cyd', since: '2026-02-01T00:00:00Z' })).json, {
      since: '2026-02-01T00:00:00.000Z',
    })
    t.equal((await post('/customers', { id: 9, name: 'Nine' })).status, 201)
    t.equal((await post('/notes', { customer_id: 8, text: 'x' })).status, 409)
    t.match((await post('/customers/3/notes', { text: 'new' })).json, { customer_id: 3 })
    t.equal((await remove('/customers/3')).status, 409)
    t.equal((await remove('/notes/1')).status, 204)
    t.equal((await remove('/customers/3')).status, 204)
    t.equal((await post('/customers', { id: 3, name: 'Third' })).status, 201)
    t.strictSame(
      await rowsOf(
        served,
        'select cust_no, cust_name, score, region from tbl_customers order by 1',
      ),
      [
        [1, 'Ada', 7, 'north'],
        [2, 'Bob', 7, null],
        [3, 'Third', 7, null],
        [9, 'Nine', 7, null],
      ],
      'what others have in the table stays, and has its defaults in new rows',
    )
  },
)

onEveryDatabase('names of tables and columns are no part of the data', async (t, url) => {
  const store = openStore(url, { exclusive: false })
  t.teardown(() => store.close())
  const files = await adopt(store)
  const renamed = resource(
    'clients',
    Type.Object({
      title: Type.String({ maxLength: 100 }),
      email: Type.Optional(Type.String({ format: 'email' })),
      since: Type.Optional(Type.String({ format: 'date-time' })),
    }),
    {
      description: 'The same table under other names',
      table: 'tbl_customers',
      columns: { id: 'cust_no', title: 'cust_name', since: 'created' },
      unique: ['email'],
      index: ['title'],
      keepDeleted: true,
    },
  )
  const letters = resource(
    'letters',
    Type.Object({ to: Ref('clients'), text: Type.String({ maxLength: 50 }) }),
    { description: 'Notes', table: 'notes', columns: { text: 'body', to: 'customer_id' } },
  )
  const { statements, left } = await prepare(
    store,
    [renamed, letters] as unknown as Resource[],
    files,
  )
  t.strictSame({ statements, left }, { statements: [], left: [] })
})

onEveryDatabase('what is in the way of a table of others is told', async (t, url) => {
  const store = openStore(url, { exclusive: false })
  t.teardown(() => store.close())
  await makeTable(store)
  const one = resource('customers', Type.Object({ name: Type.String({ maxLength: 20 }) }), {
    description: 'Customers',
    table: 'tbl_customers',
    columns: { id: 'cust_no', name: 'email' },
  }) as unknown as Resource
  const told = await refusalOf(prepare(store, [one]))
  if (store.dialect.name === 'sqlite')
    t.match(told, /tbl_customers\.cust_name needs a value in each row, and no field has it/)
  else
    t.match(
      told,
      /tbl_customers was made by others, and stores cust_no \(integer\), email \(text\) in another way: write this in .*alter table "tbl_customers" alter column "cust_no" drop default;\ndrop sequence tbl_customers_cust_no_seq;\nalter table "tbl_customers" alter column "cust_no" type bigint using "cust_no"::bigint;/s,
    )
})
