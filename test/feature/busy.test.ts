// The database is busy with others: the service says when to try again, and nothing is half done.

import t from 'tap'
import { beside, emptyPostgres } from '../support/postgres.ts'
import { checkProblem } from '../support/problem.ts'
import { startService } from '../support/service.ts'

// What SQLite does when another process writes is in processes.test.ts.
t.test(
  'callers who wait too long for a row that another caller changes are told to try again',
  async t => {
    const url = new URL(await emptyPostgres(t))
    url.searchParams.set('lock_timeout', '50')
    const { store, get, put, patch, post, delete: remove } = await startService(t, url.href)
    const sql = await beside(t, store)
    const before = (await get('/countries/1')).text
    await sql.begin(async other => {
      await other`select id from countries where id = 1 for update`
      const country = { name: 'Siam', capital: 'Bangkok', area: 1 }
      for (const answer of [
        await patch('/countries/1', { area: 1 }),
        await put('/countries/1', country),
        await remove('/countries/1'),
      ]) {
        checkProblem(t, '503', answer, 503)
        t.equal(answer.headers['retry-after'], '1')
      }
      t.equal((await get('/countries/1')).text, before, 'reading goes on')
      t.equal((await post('/countries', country)).status, 201, 'and so do other writes')
    })
    t.equal((await get('/countries/1')).text, before)
    t.equal((await patch('/countries/1', { area: 1 })).status, 200)
  },
)

t.test('a key whose request is told to try again is free for it', async t => {
  const url = new URL(await emptyPostgres(t))
  url.searchParams.set('lock_timeout', '50')
  const { store, get, post } = await startService(t, url.href)
  const sql = await beside(t, store)
  const send = () =>
    post('/countries', { name: 'Norway', capital: 'Oslo', area: 1 }, { 'idempotency-key': 'k-1' })
  await sql.begin(async other => {
    await other`lock table countries in exclusive mode`
    checkProblem(t, '503', await send(), 503)
  })
  const created = await send()
  t.equal(created.status, 201)
  t.equal(created.headers['idempotent-replayed'], undefined)
  t.equal((await get('/countries?name=Norway')).json.length, 1)
})
