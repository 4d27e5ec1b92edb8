// `restwell/test`: a project's service for its tests, with a database of its own; every response is checked against the document.

import type { FindPrincipal } from '../access/authenticate.ts'
import { buildApp } from '../app.ts'
import { readAbout } from '../commands/about.ts'
import { sampleRecords, storeRecords } from '../commands/records.ts'
import { migrateModels } from '../commands/tables.ts'
import { deriveModels, loadModels, type Models, schemasFolder } from '../definitions/load.ts'
import { loadPlugins } from '../definitions/plugins.ts'
import { isDescribed } from '../docs/own-routes.ts'
import { createEngine } from '../handlers/engine.ts'
import type { Resource } from '../resource/resource.ts'
import type { Register } from '../server/own-plugin.ts'
import { Callers } from './callers.ts'
import { DocumentCheck } from './document-check.ts'
import type { Document } from './document-types.ts'
import type { TestCaller, TestIdentity } from './test-caller.ts'
import { TestClock } from './test-clock.ts'
import { openTestDatabase, type TestDatabase } from './test-database.ts'

export type { Received, Sent, TestCaller, TestIdentity } from './test-caller.ts'
export type { TestClock } from './test-clock.ts'

export interface TestServiceOptions {
  /** The folder of the definitions; `schemas` by default. */
  readonly schemas?: string
  /** These definitions instead of those of a folder. */
  // biome-ignore lint/suspicious/noExplicitAny: the fields of each are its own
  readonly resources?: readonly Resource<any, any>[]
  /** The folder of the project's own plugins; `plugins` by default, and none where `resources` are given. */
  readonly plugins?: string
  /** `postgres://…`: a schema of its own in that database. By default, SQLite in memory. */
  readonly database?: string | undefined
  /** Whether the sample rows of the definitions are stored; true by default. */
  readonly sample?: boolean
  /** The time, which then stands still until the test moves it; by default that of the machine. */
  readonly now?: Date | string
}

/** A service, and its caller who may do everything. */
export interface TestService extends TestCaller, AsyncDisposable {
  /** Calls as somebody else. */
  as(identity: TestIdentity): TestCaller
  /** Calls without credentials. */
  readonly anonymous: TestCaller
  readonly clock: TestClock
  /** The OpenAPI document. */
  readonly document: Document
  /** Ends the service and removes its database. */
  close(): Promise<void>
}

const version = '0.0.0'

/** Starts a service for a test. It asks for credentials, does not listen, and limits nobody. */
export async function testService(options: TestServiceOptions = {}): Promise<TestService> {
  const models = await modelsOf(options)
  const database = await openTestDatabase(options.database)
  try {
    return await start(models, database, options)
  } catch (error) {
    await database.close()
    throw error
  }
}

async function modelsOf({ schemas, resources }: TestServiceOptions): Promise<Models> {
  if (resources === undefined) return loadModels(schemas ?? schemasFolder)
  return deriveModels(
    resources.map(resource => ({ file: `${schemasFolder}/${resource.name}.ts`, resource })),
  )
}

async function start(
  models: Models,
  { store, close }: TestDatabase,
  { sample = true, now, resources, plugins }: TestServiceOptions,
): Promise<TestService> {
  const clock = new TestClock(now)
  const context = { models, store, version, clock: () => clock.now() }
  await migrateModels(store, { models, version })
  if (sample) await storeRecords(createEngine(context), sampleRecords(models.models))
  const callers = new Callers()
  const findToken: FindPrincipal = token => callers.find(token)
  const isAlone = resources !== undefined && plugins === undefined
  const app = await buildApp({
    ...context,
    plugins: isAlone ? [] : await loadPlugins<Register>(plugins),
    about: await readAbout(version),
    access: { required: true, publicRead: publicOf(models) },
    findToken,
    validateResponses: true,
  })
  await app.ready()
  // The service itself does not keep its document.
  const document = { ...app.swagger() } as unknown as Document
  const calling = callers.calling(
    app,
    new DocumentCheck(
      document,
      app.ownRoutes.filter(route => !isDescribed(route)),
    ),
  )
  const end = async () => {
    await app.close()
    await close()
  }
  return {
    ...calling({ scopes: ['*'] }),
    as: calling,
    anonymous: calling(undefined),
    clock,
    document,
    close: end,
    [Symbol.asyncDispose]: end,
  }
}

function publicOf({ models }: Models): ReadonlySet<string> {
  return new Set(models.filter(({ publicRead }) => publicRead).map(({ name }) => name))
}
