// `migrate` on the command line, and the files it takes.

import t from 'tap'
import { loadMigrations } from '../src/definitions/load.ts'
import { folderOf, run, serve } from './support/process.ts'
import { onEveryDatabase } from './support/service.ts'

onEveryDatabase(
  'migrate --check prints the SQL and changes nothing, migrate does it',
  async (t, url) => {
    const folder = folderOf(t)
    const environment = { DATABASE_URL: url }
    const planned = await run(t, ['migrate', '--check'], environment, folder)
    t.equal(planned.code, 1)
    t.match(planned.out, /^create table "books" \([^;]+;\n\n/m)
    t.equal(planned.err, '')

    const done = await run(t, ['migrate'], environment, folder)
    t.strictSame(done, { ...planned, code: 0 }, 'what was planned is what is done')

    t.strictSame(await run(t, ['migrate', '--check'], environment, folder), {
      code: 0,
      out: '',
      err: '',
    })
    t.strictSame(await run(t, ['migrate'], environment, folder), { code: 0, out: '', err: '' })
  },
)

t.test(
  'on SQLite, migrate is refused while a process serves the file, and --check is not',
  async t => {
    const folder = folderOf(t)
    const server = await serve(t, { LOG_LEVEL: 'error' }, folder)
    const refused = await run(t, ['migrate'], {}, folder)
    t.equal(refused.code, 1)
    t.match(refused.err, /Another process serves \S+restwell\.db\. Stop it first/)
    t.strictSame(await run(t, ['migrate', '--check'], {}, folder), { code: 0, out: '', err: '' })
    t.equal((await fetch(`${server.address}/readyz`)).status, 200)
  },
)

t.test('migrate takes no operand', async t => {
  const { code, err } = await run(t, ['migrate', 'now'], {}, folderOf(t))
  t.equal(code, 2)
  t.match(err, /'now' is not expected here/)
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
