// A numbered file runs inside of the transaction of the migration, and cannot end it: nothing is half done.

import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { Type } from '@sinclair/typebox'
import { loadMigrations } from '../../../src/definitions/load.ts'
import { define } from '../../support/definitions.ts'
import { Database } from '../../support/migrations.ts'
import { onEveryDatabase } from '../../support/service.ts'

const books = define('books', { title: Type.String({ maxLength: 50 }) })
const renamed = define('books', { name: Type.String({ maxLength: 50 }) })
const rename = 'alter table "books" rename column "title" to "name";'

const ends: readonly (readonly [what: string, text: string, database?: 'postgres' | 'sqlite'])[] = [
  ['end', 'end;'],
  ['commit behind a comment', '/* now */ commit;'],
  ['commit as the last word', 'select 1; commit'],
  ['commit with more words', 'commit\ntransaction;'],
  ['rollback behind a statement', 'select 1; rollback;'],
  ['a second begin', 'select 1; begin; select 2;'],
  ['abort', 'abort;', 'postgres'],
  ['commit and chain', 'commit and chain;', 'postgres'],
  ['prepare transaction', `prepare transaction 'restwell';`, 'postgres'],
  ['commit within a block', 'do $$ begin commit; end $$;', 'postgres'],
  [
    'commit within a procedure',
    'create procedure ends() language plpgsql as $$ begin commit; end $$; call ends();',
    'postgres',
  ],
]

onEveryDatabase(
  'a file that ends the transaction is named, and nothing of it is done',
  async (t, url) => {
    const database = new Database(t, url)
    await database.start(books)
    await database.insert(books, null, 'One')
    for (const [what, text, only = database.store.dialect.name] of ends) {
      if (only !== database.store.dialect.name) continue
      const step = {
        defined: [renamed],
        files: [{ name: '0001-a.sql', text: `${rename} ${text}` }],
      }
      for (const mode of ['--check', 'migrate']) {
        const refusal = await (mode === 'migrate'
          ? database.refusal({ ...step, extent: 'full' })
          : database.check(step))
        t.match(
          refusal,
          /migrations\/\w+\/0001-a\.sql (?:failed: |must leave begin, commit)/,
          `${mode}: ${what}`,
        )
        t.strictSame(await database.rows('id, title'), [[1, 'One']], `${mode}: ${what}`)
      }
    }
    t.strictSame((await database.start(books)).statements, [])
  },
)

onEveryDatabase(
  'what fails behind the end of a transaction is named with its file',
  async (t, url) => {
    const database = new Database(t, url)
    await database.start(books)
    const files = [{ name: '0001-a.sql', text: `${rename} end; update nowhere set a = 1;` }]
    t.match(
      await database.refusal({ defined: [renamed], files, extent: 'full' }),
      /0001-a\.sql failed: .*are left to/,
    )
  },
)

onEveryDatabase('a file may hold a trigger, whose text has begin and end', async (t, url) => {
  const database = new Database(t, url)
  await database.start(books)
  const text =
    database.store.dialect.name === 'sqlite'
      ? 'create trigger quiet after insert on "books" begin select 1; end;'
      : 'create function quiet() returns trigger language plpgsql as $$ begin return new; end $$;' +
        'create trigger quiet before insert on "books" for each row execute function quiet();'
  await database.to({ defined: [books], files: [{ name: '0001-a.sql', text }], extent: 'full' })
  t.strictSame(await database.insert(books, null, 'One'), [1, 'One'])
})

onEveryDatabase('a later statement of a file sees what an earlier one has made', async (t, url) => {
  const database = new Database(t, url)
  await database.start(books)
  await database.insert(books, null, 'One')
  const { string } = database.store.dialect.columnTypes
  const text = `
    alter table "books" add column "name" ${string};
    update "books" set "name" = "title" || '!';
    alter table "books" drop column "title";
    create table "notes" ("text" ${string}); insert into "notes" values ('it''s $$ here');`
  await database.to({ defined: [renamed], files: [{ name: '0001-a.sql', text }], extent: 'full' })
  t.strictSame(await database.rows('id, name'), [[1, 'One!']])
  t.strictSame(await database.store.query({ text: 'select text from notes', values: [] }), [
    [`it's $$ here`],
  ])
})

onEveryDatabase('a file may begin with a byte order mark', async (t, url) => {
  const database = new Database(t, url)
  await database.start(books)
  const folder = `${t.testdirName}/migrations`
  mkdirSync(folder, { recursive: true })
  writeFileSync(`${folder}/0001-a.sql`, `\uFEFF${rename}`)
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  const files = await loadMigrations(folder)
  await database.to({ defined: [renamed], files, extent: 'full' })
  t.strictSame(await database.insert(renamed, null, 'One'), [1, 'One'])
})
