// A database file that is removed or replaced below a running service: nothing is acknowledged that would be lost.

import { copyFileSync, renameSync, rmSync } from 'node:fs'
import t, { type Test } from 'tap'
import { sqliteDialect as dialect } from '../../../src/store/sqlite/dialect.ts'
import { openSqlite } from '../../../src/store/sqlite/driver.ts'
import { plain, type Store, type Work } from '../../../src/store/store.ts'
import { checkProblem } from '../../support/problem.ts'
import { recordLog } from '../../support/record-log.ts'
import { startService } from '../../support/service.ts'

function write(store: Store, text: string): Promise<void> {
  return store.transact(function* (): Work<void> {
    yield plain(text)
  })
}

const ways: [what: string, take: (file: string) => void][] = [
  ['its file is removed', file => rmSync(file)],
  [
    'all of its files are removed',
    file => ['', '-wal', '-shm'].map(ending => rmSync(file + ending)),
  ],
  ['its log is removed', file => rmSync(`${file}-wal`)],
  ['its file is renamed', file => renameSync(file, `${file}.away`)],
  [
    'another file is put in its place',
    file => {
      copyFileSync(file, `${file}.copy`)
      renameSync(`${file}.copy`, file)
    },
  ],
]

for (const [what, take] of ways)
  t.test(
    `writes are refused when ${what}, reads go on, and the log says once what to do`,
    async t => {
      const { store, log, file } = await openNotes(t)
      take(file)
      for (const _ of [1, 2])
        await t.rejects(write(store, `insert into notes values ('lost')`), {
          code: 'unavailable',
          message: /data\.db(-wal)? was removed or replaced while it was served$/,
          reported: true,
        })
      t.strictSame(await store.query(plain('select text from notes')), [['kept']])
      t.match(log.lines, [
        /^error .* was removed or replaced while it was served; writes are refused, .* start again$/,
      ])
      t.equal(log.lines.length, 1)
    },
  )

t.test('a file that is put back is written to again', async t => {
  const { store, log, file } = await openNotes(t)
  renameSync(file, `${file}.away`)
  await t.rejects(write(store, `insert into notes values ('refused')`), { code: 'unavailable' })
  renameSync(`${file}.away`, file)
  await write(store, `insert into notes values ('more')`)
  t.strictSame(await store.query(plain('select text from notes')), [['kept'], ['more']])
  t.match(log.lines.slice(1), ['info the database file is back'])
})

t.test(
  'a service whose file is gone is not ready, refuses writes, and serves what it has',
  async t => {
    const file = `${t.testdir()}/test.db`
    const { get, post } = await startService(t, `sqlite:${file}`)
    t.equal((await get('/readyz')).status, 200)
    rmSync(file)
    checkProblem(t, '503', await get('/readyz'), 503)
    checkProblem(
      t,
      '503',
      await post('/countries', { name: 'Norway', capital: 'Oslo', area: 1 }),
      503,
    )
    for (const path of ['/livez', '/countries/1']) t.equal((await get(path)).status, 200, path)
  },
)

async function openNotes(t: Test) {
  const file = `${t.testdir()}/data.db`
  const log = recordLog()
  const store = openSqlite({ file, dialect, exclusive: true, log })
  t.teardown(() => store.close())
  await write(store, 'create table notes (text text) strict')
  await write(store, `insert into notes values ('kept')`)
  return { store, log, file }
}
