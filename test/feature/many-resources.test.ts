// A service of many resources starts with the work of each of them, and so is its document made. V8 counts the calls, as times
// would tell of the machine.

import { Session } from 'node:inspector/promises'
import { setImmediate } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { Type } from '@sinclair/typebox'
import t from 'tap'
import { buildApp } from '../../src/app.ts'
import { deriveModels, loadModels, type Models, storedModels } from '../../src/definitions/load.ts'
import { Enum, Ref } from '../../src/restwell.ts'
import { openStore } from '../../src/store/open.ts'
import type { Store } from '../../src/store/store.ts'
import { define } from '../support/definitions.ts'
import { prepareTables } from '../support/service.ts'

type Calls = ReadonlyMap<string, number>

/** How often each function of the program is called in some work. */
async function callsOf<T>(work: () => T | Promise<T>): Promise<[result: T, calls: Calls]> {
  const session = new Session()
  session.connect()
  await session.post('Profiler.enable')
  await session.post('Profiler.startPreciseCoverage', { callCount: true })
  const result = await work()
  const { result: scripts } = await session.post('Profiler.takePreciseCoverage')
  session.disconnect()
  const counted = scripts
    // tap follows each promise of earlier tests, too, until it is collected.
    .filter(({ url }) => url.startsWith('file:') && !url.includes('/async-hook-domain/'))
    .flatMap(({ url, functions }) =>
      functions.map(({ functionName, ranges: [range] }) => {
        const { startOffset = 0, count = 0 } = range ?? {}
        return [`${url}:${startOffset} ${functionName}`, count] as const
      }),
    )
  return [result, new Map(counted)]
}

function defined(count: number) {
  return deriveModels(
    Array.from({ length: count }, (_, number) =>
      define(`things_${100 + number}`, {
        ...(number % 2 === 1 && { before: Ref(`things_${99 + number}`) }),
        title: Type.String({ maxLength: 80 }),
        amount: Type.Integer(),
        state: Enum(['open', 'closed']),
        at: Type.String({ format: 'date-time' }),
      }),
    ),
  )
}

async function start(store: Store, models: Models) {
  await prepareTables(store, models)
  const app = await buildApp({ models, store, version: '0.0.0' })
  await app.ready()
  return app
}

/** The calls of a start, and those of the document. */
async function measure(folder: string, count: number) {
  const store = openStore(`sqlite:${folder}/${count}.db`, { exclusive: true })
  const [app, starting] = await callsOf(() => start(store, defined(count)))
  const [document, describing] = await callsOf(() => JSON.stringify(app.swagger()))
  await app.close()
  await store.close()
  return { starting, describing, size: document.length }
}

/** The calls of a function, by its file and its name. */
function timesOf(calls: Calls, file: string, name: string): number {
  const found = [...calls].filter(
    ([where]) => where.includes(`/src/${file}:`) && where.endsWith(` ${name}`),
  )
  return found.reduce((all, [, count]) => all + count, 0)
}

const sum = (calls: Calls) => [...calls.values()].reduce((all, count) => all + count, 0)

/** The functions that the last resources call more often than those before them. */
function growing(few: Calls, more: Calls, most: Calls) {
  const excess = [...most].map(([name, count]) => {
    const [least, less] = [few.get(name) ?? 0, more.get(name) ?? 0]
    return { name, excess: count - less - (less - least), count }
  })
  return excess.filter(({ excess }) => excess > 0).sort((one, other) => other.excess - one.excess)
}

t.test('twice the resources take twice the work, and a document of twice the size', async t => {
  const folder = t.testdir()
  await measure(folder, 1)
  const few = await measure(folder, 20)
  const more = await measure(folder, 40)
  const most = await measure(folder, 60)
  for (const part of ['starting', 'describing'] as const) {
    const [first, second] = [sum(more[part]) - sum(few[part]), sum(most[part]) - sum(more[part])]
    const worst = growing(few[part], more[part], most[part]).slice(0, 10)
    t.ok(second < 1.02 * first, part, { first, second, worst })
  }
  t.equal(most.size - more.size, more.size - few.size)
  const examples = [few, most].map(({ describing }) =>
    timesOf(describing, 'docs/problem-responses.ts', 'exampleOf'),
  )
  t.equal(examples[1], examples[0], 'problems have their examples once')
  const others = [few, most].map(({ starting }) =>
    timesOf(starting, 'server/methods.ts', 'answerOthers'),
  )
  t.equal(others[1], others[0], 'a method that an address does not have needs no route')
  const further = (file: string, name: string) =>
    timesOf(most.starting, file, name) - timesOf(few.starting, file, name)
  const schemas = further('resource/kinds.ts', 'valueSchema')
  const fields = further('query/filter.ts', 'parametersOf')
  t.equal(schemas, fields, 'the filters of a field share a schema')
})

t.test('the document is served as text, and not kept as an object', async t => {
  const store = openStore('sqlite::memory:', { exclusive: true })
  const app = await start(store, defined(1))
  const { statusCode } = await app.inject('/openapi.json')
  t.equal(statusCode, 200)
  const paths = new WeakRef(app.swagger().paths as object)
  t.ok(paths.deref())
  await setImmediate()
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
  t.equal(paths.deref(), undefined)
  await app.close()
  await store.close()
})

t.test('a start over tables that are there makes each of them once, and no validator', async t => {
  const store = openStore(`sqlite:${t.testdir()}/20.db`, { exclusive: true })
  await (await start(store, defined(20))).close()
  const models = defined(20)
  const [app, calls] = await callsOf(() => start(store, models))
  t.equal(timesOf(calls, 'store/table.ts', 'makeTable'), storedModels(models).length)
  t.equal(timesOf(calls, 'validation/validator.ts', 'createAjv'), 0, 'nothing is validated yet')
  await app.close()
  await store.close()
})

t.test('no definition takes an import of its own', async t => {
  const [models, calls] = await callsOf(() => loadModels('test/fixtures/service/schemas'))
  t.ok(models.models.length > 10)
  t.equal(timesOf(calls, 'definitions/load.ts', 'importFile'), 0)
})
