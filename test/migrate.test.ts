// `migrate` on the command line, and the files it takes.

import { existsSync, readFileSync } from 'node:fs'
import t from 'tap'
import { parse } from 'yaml'
import { loadMigrations } from '../src/definitions/load.ts'
import { openStore } from '../src/store/open.ts'
import { plain } from '../src/store/store.ts'
import { runHere } from './support/command.ts'
import { fixture } from './support/fixture.ts'
import { folderOf, serve } from './support/process.ts'
import { onEveryDatabase } from './support/service.ts'

const { version } = parse(readFileSync(`${fixture}/service.yaml`, 'utf8'))
const asDefined = 'The tables are as they are defined.\n'

onEveryDatabase(
  'migrate --check prints the SQL and changes nothing, migrate does it',
  async (t, url) => {
    const folder = folderOf(t)
    const environment = { DATABASE_URL: url }
    const planned = await runHere(t, ['migrate', '--check'], environment, folder)
    t.equal(planned.code, 1)
    t.match(planned.out, /^create table "books" \([^;]+;\n\n/m)
    t.equal(planned.err, "Nothing was changed; 'migrate' does this.\n")

    const done = await runHere(t, ['migrate'], environment, folder)
    t.strictSame(
      done,
      { code: 0, out: planned.out, err: asDefined },
      'what was planned is what is done',
    )

    t.strictSame(await runHere(t, ['migrate', '--check'], environment, folder), {
      code: 0,
      out: '',
      err: asDefined,
    })
    t.strictSame(await runHere(t, ['migrate'], environment, folder), {
      code: 0,
      out: '',
      err: asDefined,
    })
  },
)

t.test(
  'on SQLite, migrate is refused while a process serves the file, and --check is not',
  async t => {
    const folder = folderOf(t)
    const server = await serve(t, { LOG_LEVEL: 'error' }, folder)
    const refused = await runHere(t, ['migrate'], {}, folder)
    t.equal(refused.code, 1)
    t.match(refused.err, /Another process serves \S+restwell\.db\. Stop it first/)
    t.strictSame(await runHere(t, ['migrate', '--check'], {}, folder), {
      code: 0,
      out: '',
      err: asDefined,
    })
    t.equal((await fetch(`${server.address}/readyz`)).status, 200)
  },
)

onEveryDatabase(
  'migrate names what no definition has any more, and drops it when it is told to',
  async (t, url) => {
    const folder = folderOf(t)
    const environment = { DATABASE_URL: url }
    await runHere(t, ['migrate'], environment, folder)
    const store = openStore(url, { exclusive: false })
    await store.transact(function* () {
      yield plain('alter table books add column shelf text')
      yield plain('create table loans (id integer primary key, _rev integer not null)')
      yield plain('insert into loans values (1, 1)')
    })
    await store.close()

    const named = await runHere(t, ['migrate'], environment, folder)
    t.equal(named.code, 0)
    t.match(
      named.err,
      /^books\.shelf, loans: in the database, and in no definition any more; 'migrate --drop books\.shelf' drops it\nThe tables are as they are defined\.\n$/,
    )
    const drop = ['migrate', '--drop', 'loans', '--drop', 'books.shelf']
    const asked = await runHere(t, drop, environment, folder)
    t.equal(asked.code, 1)
    t.match(asked.err, /loans: 1 row: add --yes to lose that/)
    const planned = await runHere(t, [...drop, '--check'], environment, folder)
    t.match(planned, { code: 1, err: /^Lost with it: loans: 1 row\nNothing was changed/ })
    const done = await runHere(t, [...drop, '--yes'], environment, folder)
    t.strictSame([done.code, done.out], [0, planned.out], 'what was planned is what is done')
    t.match(done.out, /alter table "books" drop column "shelf";\n\n.*drop table "loans";/s)
    t.strictSame(await runHere(t, ['migrate'], environment, folder), {
      code: 0,
      out: '',
      err: asDefined,
    })
  },
)

onEveryDatabase(
  'migrate loads the sample data of a new database, as a start does',
  async (t, url) => {
    const environment = { DATABASE_URL: url, SAMPLE_DATA: 'true' }
    const folder = folderOf(t)
    await runHere(t, ['migrate'], environment, folder)
    await runHere(t, ['migrate'], environment, folder)
    const store = openStore(url, { exclusive: false })
    t.strictSame(await store.query(plain('select name from countries order by id')), [
      ['Thailand'],
      ['Australia'],
      ['Egypt'],
    ])
    await store.close()
  },
)

onEveryDatabase('migrate --to brings the tables to a definition of the history', async (t, url) => {
  const folder = folderOf(t)
  const environment = { DATABASE_URL: url }
  t.match(await runHere(t, ['migrate', '--to', '1'], environment, folder), {
    code: 1,
    err: /there is no definition 1 in \S+: 'migrate history' lists those that there are/,
  })
  await runHere(t, ['migrate'], environment, folder)
  t.match((await runHere(t, ['migrate', 'history'], environment, folder)).out, /^1 {2}/)
  const end = `The tables are as definition 1 has them: start version ${version}.\n`
  t.strictSame(await runHere(t, ['migrate', '--to', '1', '--check'], environment, folder), {
    code: 0,
    out: '',
    err: end,
  })

  const store = openStore(url, { exclusive: false })
  await store.transact(function* () {
    yield plain('alter table books add column shelf text')
  })
  await store.close()
  t.strictSame(await runHere(t, ['migrate', '--to', '1'], environment, folder), {
    code: 0,
    out: '',
    err: end,
  })
  const drop = ['migrate', '--to', '1', '--drop', 'books.shelf']
  t.match(await runHere(t, [...drop, '--check'], environment, folder), {
    code: 1,
    out: /alter table "books" drop column "shelf";/,
    err: "Nothing was changed; 'migrate --to 1' does this.\n",
  })
  t.match(await runHere(t, drop, environment, folder), { code: 0, err: end })
})

t.test('the SQL files of a folder are loaded in order, and a folder need not be there', async t => {
  const folder = folderOf(t, {
    '0002-b.sql': 'select 2',
    '0001-a.sql': 'select 1',
    'notes.md': 'none',
  })
  t.strictSame(await loadMigrations(folder), [
    { name: '0001-a.sql', text: 'select 1' },
    { name: '0002-b.sql', text: 'select 2' },
  ])
  t.strictSame(await loadMigrations(`${folder}/nothing`), [])
  await t.rejects(loadMigrations(`${folder}/notes.md`), { code: 'ENOTDIR' })
})

t.test('commands that only read make no database', async t => {
  const folder = folderOf(t)
  t.match(await runHere(t, ['migrate', 'status'], {}, folder), {
    code: 1,
    out: 'There are no tables yet: a start makes them.\n',
  })
  t.strictSame(await runHere(t, ['migrate', 'history'], {}, folder), { code: 0, out: '', err: '' })
  t.match(await runHere(t, ['migrate', '--check'], {}, folder), { code: 1, out: /^create table/m })
  const refused = await runHere(t, ['migrate', 'new', 'x'], {}, folder)
  t.match(refused, { code: 1, err: /it has no tables yet: a start makes them as they are defined/ })
  t.notOk(existsSync(`${folder}/data`))
})

onEveryDatabase('status and history tell what the tables were brought to', async (t, url) => {
  const folder = folderOf(t)
  const environment = { DATABASE_URL: url }
  await runHere(t, ['migrate'], environment, folder)
  t.match(await runHere(t, ['migrate', 'status'], environment, folder), {
    code: 0,
    out: /^Brought to definition 1 on [-\d]{10} [:\d]{5} by version [.\d]+\.\nThe tables are as they are defined\.\n$/,
  })
  const told = await runHere(t, ['migrate', 'history'], environment, folder)
  t.match(told.out, /^1 {2}[-\d]{10}T[:.\d]+Z {2}[.\d]+ {2}\+ books, \+ /)
  const { out } = await runHere(t, ['migrate', 'history', '--json'], environment, folder)
  const [first, ...others] = JSON.parse(out)
  t.match(first, { number: 1, withdrawn: false, changes: /^\+ / })
  t.strictSame(others, [])
})
