// A whole service for a test: its own database, requests whose answers are held against the document.

import type { FastifyBaseLogger, FastifyInstance } from 'fastify'
import t, { type Test } from 'tap'
import type { AccessPolicy } from '../../src/access/access.ts'
import { buildApp, type WebOptions } from '../../src/app.ts'
import { sampleRecords, storeRecords } from '../../src/commands/records.ts'
import { deriveModels, loadModels, type Models, storedModels } from '../../src/definitions/load.ts'
import { isDescribed } from '../../src/docs/own-routes.ts'
import { createEngine } from '../../src/handlers/engine.ts'
import type { About } from '../../src/http/about.ts'
import type { Limits } from '../../src/limits/limits.ts'
import type { Resource } from '../../src/resource/resource.ts'
import type { ImportOptions } from '../../src/server/imports.ts'
import type { MemoryOptions } from '../../src/server/memory.ts'
import type { OwnPlugin } from '../../src/server/own-plugin.ts'
import type { PressureOptions } from '../../src/server/pressure.ts'
import { migrate } from '../../src/store/migration/migrate.ts'
import type { MigrationFile } from '../../src/store/migration/migration.ts'
import { together } from '../../src/store/observer.ts'
import { openStore } from '../../src/store/open.ts'
import type { Store } from '../../src/store/store.ts'
import { modelToTable } from '../../src/store/table.ts'
import { Metrics } from '../../src/telemetry/metrics.ts'
import { spendingObserver } from '../../src/telemetry/spending.ts'
import type { StatusKeeper } from '../../src/telemetry/status.ts'
import { callerOf, toReceived } from '../../src/testing/callers.ts'
import { type Document, DocumentCheck } from '../../src/testing/document-check.ts'
import type { Received } from '../../src/testing/test-caller.ts'
import { fieldMistakes } from '../../src/validation/validator.ts'
import { fixtureSchemas } from './fixture.ts'
import { emptyPostgres } from './postgres.ts'
import { remember } from './remember.ts'

export type { Received } from '../../src/testing/test-caller.ts'

export interface Sent {
  readonly headers?: Readonly<Record<string, string>>
  /** Sent as JSON; `application/json` unless the headers say otherwise. */
  readonly json?: unknown
  /** Sent as it is. */
  readonly body?: string | Buffer
  /** The address it comes from; 127.0.0.1 by default. */
  readonly from?: string
}

export interface Service {
  readonly app: FastifyInstance
  readonly store: Store
  readonly document: Document
  /** Where they were asked for. */
  readonly metrics?: Metrics
  request(method: string, url: string, sent?: Sent): Promise<Received>
  get(url: string, headers?: Record<string, string>): Promise<Received>
  post(url: string, json: unknown, headers?: Record<string, string>): Promise<Received>
  put(url: string, json: unknown, headers?: Record<string, string>): Promise<Received>
  patch(url: string, json: unknown, headers?: Record<string, string>): Promise<Received>
  delete(url: string, headers?: Record<string, string>): Promise<Received>
}

export interface ServiceOptions {
  /** Those of the fixture by default. */
  readonly resources?: readonly Resource[]
  /** The folder of their definitions. */
  readonly schemas?: string
  /** The project's own plugins. */
  readonly plugins?: readonly OwnPlugin[]
  /** The numbered files for a kind of database. */
  readonly files?: (database: 'sqlite' | 'postgres') => readonly MigrationFile[]
  /** Whether the sample data is loaded; true by default. */
  readonly sample?: boolean
  readonly clock?: () => Date
  readonly logger?: FastifyBaseLogger
  /** The share of requests with a line in the log; 0 by default. */
  readonly logRequests?: number
  readonly pressure?: PressureOptions
  readonly memory?: MemoryOptions
  /** Whether it has metrics. */
  readonly measured?: boolean
  /** Where the figures of the last hour are kept. */
  readonly status?: () => StatusKeeper | null
  /** Nothing is limited by default. */
  readonly limits?: (t: Test) => Limits | Promise<Limits>
  /** What is asked of callers; nothing by default. */
  readonly access?: AccessPolicy
  readonly web?: WebOptions
  readonly imports?: ImportOptions
  /** What it says of itself. */
  readonly about?: About
}

interface Database {
  readonly name: string
  /** The address of an empty database for one test. */
  readonly url: (t: Test) => Promise<string>
}

const all: readonly Database[] = [
  { name: 'sqlite', url: async t => `sqlite:${t.testdir()}/test.db` },
  { name: 'postgres', url: emptyPostgres },
]

/** `npm run test:tls` wants one of them alone. */
export const databases = all.filter(({ name }) =>
  [undefined, name].includes(process.env.TEST_DATABASE),
)

const usual: ServiceOptions = {}

/** Runs a test on every database, each time with a service of its own. */
export function feature(
  name: string,
  run: (t: Test, service: Service) => Promise<void>,
  options = usual,
) {
  for (const database of databases)
    t.test(`${name} (${database.name})`, async t =>
      run(t, await startService(t, await database.url(t), options)),
    )
}

/** Opens a store for a test that needs no service. */
export function onEveryDatabase(name: string, run: (t: Test, url: string) => Promise<void>) {
  for (const database of databases)
    t.test(`${name} (${database.name})`, async t => run(t, await database.url(t)))
}

export async function startService(t: Test, url: string, options = usual): Promise<Service> {
  const models = await modelsOf(options)
  const metrics = options.measured ? new Metrics() : undefined
  const observer = together([spendingObserver, metrics?.observer])
  const store = openStore(url, { exclusive: true, observer })
  t.teardown(() => store.close())
  await prepareTables(store, models, options.files?.(store.dialect.name))
  const clock = options.clock === undefined ? {} : { clock: options.clock }
  const logger = options.logger === undefined ? {} : { logger: options.logger }
  const { plugins = [], pressure, memory, logRequests } = options
  const access = options.access === undefined ? {} : { access: options.access }
  const web = options.web === undefined ? {} : { web: options.web }
  if (options.sample !== false)
    await storeRecords(createEngine({ models, store, ...clock }), sampleRecords(models.models))
  const about = options.about === undefined ? {} : { about: options.about }
  const limits = await options.limits?.(t)
  const operation = {
    ...(pressure && { pressure }),
    ...(logRequests && { logRequests }),
    ...(memory && { memory }),
    ...(options.imports && { imports: options.imports }),
    ...(metrics && { metrics }),
    ...(limits && { limits }),
    ...(options.status && { status: options.status() }),
  }
  const given = { ...clock, ...logger, ...operation, ...access, ...web, ...about }
  const app = await buildApp({
    models,
    plugins,
    store,
    version: '0.0.0',
    validateResponses: true,
    ...given,
  })
  t.teardown(() => app.close())
  await app.ready()
  const check = checkFor(options, app)
  return toService({ t, app, store, check, ...(metrics && { metrics }) })
}

export async function prepareTables(
  store: Store,
  models: Models,
  files: readonly MigrationFile[] = [],
): Promise<void> {
  const tables = storedModels(models).map(model => modelToTable(store.dialect, model))
  const now = new Date().toISOString()
  await migrate(
    store,
    { tables, files, findMistake: fieldMistakes(), version: '0.0.0', now },
    'additive',
  )
}

const loadedModels = remember((schemas: string) => loadModels(schemas))

/** The models of resources, of which the tests need no file. */
export const modelsOfResources = remember<readonly Resource[], Models>(
  resources =>
    deriveModels(resources.map(resource => ({ file: `schemas/${resource.name}.ts`, resource }))),
  new WeakMap(),
)

export const checkOf = remember((document: string) => new DocumentCheck(JSON.parse(document)))

async function modelsOf({ resources, schemas = fixtureSchemas }: ServiceOptions): Promise<Models> {
  return resources === undefined ? loadedModels(schemas) : modelsOfResources(resources)
}

const documentOf = (app: FastifyInstance) => app.swagger() as unknown as Document
const checks = new WeakMap<ServiceOptions, DocumentCheck>()

/** Services with the same options have the same document, and making one takes an eighth of the time of a test. */
function checkFor(options: ServiceOptions, app: FastifyInstance): DocumentCheck {
  const check = checks.get(options) ?? makeCheck(app)
  checks.set(options, check)
  return check
}

function makeCheck(app: FastifyInstance): DocumentCheck {
  const document = documentOf(app)
  const outside = app.ownRoutes.filter(route => !isDescribed(route))
  return outside.length === 0
    ? checkOf(JSON.stringify(document))
    : new DocumentCheck({ ...document }, outside)
}

interface Started {
  readonly t: Test
  readonly app: FastifyInstance
  readonly store: Store
  readonly check: DocumentCheck
  readonly metrics?: Metrics
}

function toService({ t, app, store, check, metrics }: Started): Service {
  const request = async (
    method: string,
    url: string,
    { headers = {}, json, body, from }: Sent = {},
  ): Promise<Received> => {
    const type = json === undefined ? {} : { 'content-type': 'application/json' }
    const payload = json === undefined ? body : JSON.stringify(json)
    const response = await app.inject({
      method: method as 'GET',
      url,
      headers: { ...type, ...headers },
      ...(payload === undefined ? {} : { payload }),
      ...(from === undefined ? {} : { remoteAddress: from }),
    })
    const received = toReceived(response)
    const { status, text } = received
    for (const mistake of check.mistakes({
      method,
      url,
      status,
      headers: received.headers,
      body: text,
    }))
      t.fail(`${method} ${url} → ${status}: ${mistake}`)
    return received
  }
  return {
    app,
    store,
    get document() {
      return documentOf(app)
    },
    ...(metrics && { metrics }),
    ...callerOf(request),
    request,
  }
}

/** The members of a problem that do not change from one request to the next. */
export function problemOf({ json: { instance, ...rest } }: Received): Record<string, unknown> {
  return rest
}
