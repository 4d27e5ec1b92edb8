// A read that takes too long is refused with what to do about it, and others are served.

import t, { type Test } from 'tap'
import { buildApp } from '../../src/app.ts'
import {
  type LoadedRecord,
  requireModel,
  sampleRecords,
  storeRecords,
} from '../../src/commands/records.ts'
import { createEngine } from '../../src/handlers/engine.ts'
import type { Model } from '../../src/resource/model.ts'
import { sqliteDialect as dialect } from '../../src/store/sqlite/dialect.ts'
import { openSqlite } from '../../src/store/sqlite/driver.ts'
import type { ReadTimes } from '../../src/store/sqlite/long-reads.ts'
import { fixtureModels } from '../support/fixture-models.ts'
import { beside, emptyPostgres } from '../support/postgres.ts'
import { checkProblem } from '../support/problem.ts'
import { prepareTables, startService } from '../support/service.ts'

const detail =
  'The database needs too long for this. Narrow it by a filter that finds few rows, or ask the operator for an index.'

async function sqliteService(t: Test, readTimes: Partial<ReadTimes>) {
  const models = await fixtureModels()
  const store = openSqlite({ file: `${t.testdir()}/test.db`, dialect, readTimes })
  const options = { models, store, version: '0.0.0' }
  await prepareTables(store, models)
  await storeRecords(createEngine(options), [
    ...sampleRecords(models.models),
    ...manyTodos(models.models),
  ])
  const app = await buildApp(options)
  t.teardown(() => app.close().then(() => store.close()))
  return app
}

/** Enough of them for a look at each to take more steps than are free. */
function manyTodos(models: readonly Model[]): LoadedRecord[] {
  const model = requireModel(models, 'todos', '')
  return Array.from({ length: 200 }, (_, n) => {
    return { model, values: { userId: 1, title: `Learn word ${n}` }, place: `todo ${n}` }
  })
}

t.test('lists that go on beside the event loop are those that do not (sqlite)', async t => {
  const usual = await sqliteService(t, { here: 60_000 })
  const beside = await sqliteService(t, { here: 0 })
  for (const url of [
    '/todos?title_contains=a&limit=7',
    '/todos?sort=-title&fields=id,title',
    '/todos?completed=true&sort=title&limit=1000',
    '/todos?title_contains=nowhere',
    '/books?title_starts_with=T',
  ]) {
    const headers = { prefer: 'count=exact' }
    const [one, other] = [
      await usual.inject({ url, headers }),
      await beside.inject({ url, headers }),
    ]
    t.equal(other.statusCode, 200, url)
    t.equal(other.body, one.body, url)
    for (const name of ['etag', 'link', 'x-total-count'])
      t.equal(other.headers[name], one.headers[name], `${url}: ${name}`)
  }
})

t.test('a list that takes too long is refused (sqlite)', async t => {
  const app = await sqliteService(t, { here: 0, beside: 0 })
  for (const url of ['/todos?title_contains=nowhere', '/todos?sort=-title']) {
    const { statusCode, headers, ...answer } = await app.inject(url)
    t.equal(statusCode, 503, url)
    t.equal(headers['retry-after'], '1')
    t.equal(answer.json().detail, detail)
  }
  t.equal((await app.inject('/todos/1')).statusCode, 200)
  t.equal((await app.inject('/todos')).statusCode, 200)
})

t.test('a list that takes too long is refused (postgres)', async t => {
  const url = new URL(await emptyPostgres(t))
  url.searchParams.set('statement_timeout', '2000')
  const { store, get } = await startService(t, url.href)
  const sql = await beside(t, store)
  await sql.begin(async other => {
    await other`lock table todos in access exclusive mode`
    const answer = await get('/todos?title_contains=nowhere')
    t.equal(checkProblem(t, '503', answer, 503).detail, detail)
    t.equal(answer.headers['retry-after'], '1')
  })
  t.equal((await get('/todos?title_contains=nowhere')).status, 200)
})
