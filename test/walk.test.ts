// How far one has to walk to follow a request: the files of ours with a function that runs between request and response.
// Nothing is counted meanwhile: neither metrics nor the figures of the last hour.

import { Session } from 'node:inspector/promises'
import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import { buildApp } from '../src/app.ts'
import { openStore } from '../src/store/open.ts'
import { fixtureModels } from './support/fixture-models.ts'
import { prepareTables } from './support/service.ts'

interface Walk {
  readonly method: 'GET' | 'POST'
  readonly url: string
  readonly payload?: object
  /** The files from the call to its statement: what an operation does. */
  readonly operation: number
  /** The files before and after, each of which is a stage of every request or a part of the driver. */
  readonly around: number
}

const country = { name: 'France', capital: 'Paris', area: 551500 }

const walks: readonly Walk[] = [
  { method: 'GET', url: '/countries/1', operation: 9, around: 17 },
  { method: 'POST', url: '/countries', payload: country, operation: 23, around: 24 },
]

const stages = /^src\/(?:app\.ts|(?:server|http|telemetry)\/|store\/(?:sqlite|postgres)\/)/

for (const { operation, around, ...request } of walks)
  t.test(`${request.method} ${request.url} can be followed through few files`, async t => {
    const files = await filesOf(t, request)
    const [outer = [], inner = []] = [true, false].map(isStage =>
      files.filter(file => stages.test(file) === isStage),
    )
    t.comment(`${inner.length} files of the operation: ${inner.join(' ')}`)
    t.comment(`${outer.length} files around it: ${outer.join(' ')}`)
    t.ok(inner.length > 0 && inner.length <= operation, `${inner.length} files of the operation`)
    t.ok(outer.length > 0 && outer.length <= around, `${outer.length} files around it`)
  })

/** The files that a request runs through. The same request goes before, because the first one compiles schemas. */
async function filesOf(
  t: Test,
  request: Pick<Walk, 'method' | 'url' | 'payload'>,
): Promise<readonly string[]> {
  const models = await fixtureModels()
  const store = openStore(`sqlite:${t.testdir()}/test.db`, { exclusive: true })
  t.teardown(() => store.close())
  await prepareTables(store, models)
  const app = await buildApp({ models, store, version: '0.0.0', status: null })
  t.teardown(() => app.close())
  await app.inject({ method: 'POST', url: '/countries', payload: country })
  const send = (key: string) => app.inject({ ...request, headers: { 'idempotency-key': key } })
  await send('first')

  const session = new Session()
  session.connect()
  await session.post('Profiler.enable')
  await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false })
  await session.post('Profiler.takePreciseCoverage')
  const { statusCode } = await send('second')
  const { result } = await session.post('Profiler.takePreciseCoverage')
  session.disconnect()

  t.equal(statusCode, request.method === 'GET' ? 200 : 201)
  const own = result.filter(({ url }) => url.includes('/src/') && !url.includes('/node_modules/'))
  const run = own.filter(({ functions }) =>
    functions.some(({ ranges }) => (ranges[0]?.count ?? 0) > 0),
  )
  return run.map(({ url }) => relative('.', fileURLToPath(url))).sort()
}
