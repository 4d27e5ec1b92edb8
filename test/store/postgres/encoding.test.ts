// A database whose encoding cannot hold every text is refused before anything is made in it.

import { randomUUID } from 'node:crypto'
import t from 'tap'
import { openStore } from '../../../src/store/open.ts'
import { define } from '../../support/definitions.ts'
import { Database } from '../../support/migrations.ts'
import { serverUrl } from '../../support/postgres.ts'
import { connectTo } from '../../support/postgres-server.ts'

for (const encoding of ['LATIN1', 'SQL_ASCII'])
  t.test(`a start over a database in ${encoding} says which encoding is needed`, async t => {
    const name = `test_${randomUUID().replaceAll('-', '')}`
    const server = connectTo(serverUrl())
    await server.unsafe(
      `create database ${name} encoding '${encoding}' locale_provider libc locale 'C' template template0`,
    )
    t.teardown(async () => {
      await server.unsafe(`drop database ${name} with (force)`)
      await server.end()
    })
    const url = new URL(serverUrl())
    url.pathname = `/${name}`
    await t.rejects(new Database(t, url.href).start(define('books', {})), {
      message: `The database has the encoding ${encoding}, which cannot hold every text; name one in DATABASE_URL that was made by: create database restwell encoding 'UTF8' template template0`,
    })
    const store = openStore(url.href, { exclusive: false })
    const tables = `select count(*) from pg_class where relnamespace = current_schema()::regnamespace`
    t.strictSame(await store.query({ text: tables, values: [] }), [[0]])
    await store.close()
  })
