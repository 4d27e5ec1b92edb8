// Two definitions of one service over one database: how the tables come from one to the other, and what either serves.

import type { Test } from 'tap'
import { openPolicy } from '../../src/access/access.ts'
import { buildApp } from '../../src/app.ts'
import { earlierDefinition } from '../../src/commands/migrate-back.ts'
import { storedModels } from '../../src/definitions/load.ts'
import type { Resource } from '../../src/resource/resource.ts'
import { fingerprintOf, selectStanding } from '../../src/store/migration/ledger.ts'
import { migrate } from '../../src/store/migration/migrate.ts'
import {
  type Extent,
  MigrationError,
  type MigrationFile,
} from '../../src/store/migration/migration.ts'
import { openStore } from '../../src/store/open.ts'
import type { Dialect, Store } from '../../src/store/store.ts'
import { modelToTable, type Table } from '../../src/store/table.ts'
import { fieldMistakes } from '../../src/validation/validator.ts'
import { remember } from './remember.ts'
import { checkOf, modelsOfResources } from './service.ts'

/** How tables are brought to a definition, at the least. */
export type Way = 'start' | 'migrate' | 'file'

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
  /** How it differs from what the document of the definition says. */
  readonly mistakes: readonly string[]
}

/** One definition, served. */
export interface Instance {
  request(
    method: string,
    url: string,
    json?: object,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Answer>
}

export class Evolution {
  readonly store: Store
  readonly #t: Test
  readonly #served = new Map<readonly Resource[], Promise<Instance>>()

  constructor(t: Test, url: string) {
    this.#t = t
    this.store = openStore(url, { exclusive: false })
    t.teardown(() => this.store.close())
  }

  async bring(
    resources: readonly Resource[],
    extent: Extent,
    files: readonly MigrationFile[] = [],
    drop: readonly string[] = [],
  ): Promise<void> {
    await bringTo(this.store, { resources, files, extent, drop })
  }

  /** Whether a start, a migrate or a numbered file is refused, and why. */
  refusal(...step: Parameters<Evolution['bring']>): Promise<string | undefined> {
    return refusalOf(this.bring(...step))
  }

  /** The same of a way back. */
  refusalBack(way: WayBack): Promise<string | undefined> {
    return refusalOf(bringBack(this.store, way))
  }

  /** The number of a definition in the ledger. */
  async numberOf(resources: readonly Resource[]): Promise<number> {
    const fingerprint = fingerprintOf(tablesOf(this.store, resources))
    const [[, number] = []] = await this.store.query(
      selectStanding(this.store.dialect, fingerprint),
    )
    return Number(number)
  }

  /** Brings the tables to the definition: by a start if that does it, else by the files, if there are any. */
  async byLeast(
    resources: readonly Resource[],
    files: readonly MigrationFile[],
    known: readonly MigrationFile[] = [],
  ): Promise<Way> {
    if ((await this.refusal(resources, 'additive', known)) === undefined) return 'start'
    await this.bring(resources, 'full', files.length === 0 ? known : files)
    return files.length === 0 ? 'migrate' : 'file'
  }

  /** What was started first for a definition, and went on while the tables changed. */
  served(resources: readonly Resource[]): Promise<Instance> {
    const served = this.#served.get(resources) ?? this.serve(resources)
    this.#served.set(resources, served)
    return served
  }

  async serve(resources: readonly Resource[], access = openPolicy): Promise<Instance> {
    const models = modelsOfResources(resources)
    const app = await buildApp({ models, store: this.store, version: '0.0.0', access })
    this.#t.teardown(() => app.close())
    await app.ready()
    const check = checkOf(JSON.stringify(app.swagger()))
    const request: Instance['request'] = async (method, url, json, sent) => {
      const response = await app.inject({
        method: method as 'GET',
        url,
        ...(sent && { headers: sent }),
        ...(json && { payload: json }),
      })
      const { statusCode: status, body } = response
      const headers = response.headers as Record<string, string>
      return {
        status,
        headers,
        text: body,
        mistakes: check.mistakes({ method, url, status, headers, body }),
      }
    }
    return { request }
  }

  run(text: string): Promise<void> {
    return this.store.transact(function* () {
      yield { text, values: [], script: true }
    })
  }
}

export interface Goal {
  readonly resources: readonly Resource[]
  readonly files: readonly MigrationFile[]
  readonly extent: Extent
  /** What is told to go, whatever is lost by that. */
  readonly drop?: readonly string[]
}

export async function bringTo(
  store: Store,
  { resources, files, extent, drop = [] }: Goal,
): Promise<void> {
  const wanted = {
    tables: tablesOf(store, resources),
    files,
    drop: { names: drop, confirmed: true },
    findMistake: fieldMistakes(),
    version: '0.0.0',
    now: new Date().toISOString(),
  }
  await migrate(store, wanted, extent)
}

/** What `migrate --to` is told. */
export interface WayBack {
  readonly to: number
  /** Of the numbered files. */
  readonly folder: string
  readonly fill?: readonly string[]
  readonly drop?: readonly string[]
}

/** As `migrate --to` does it, whatever is lost by that. */
export async function bringBack(
  store: Store,
  { to, folder, fill, drop = [] }: WayBack,
): Promise<void> {
  const wanted = await earlierDefinition(store, { to: String(to), fill }, folder)
  await migrate(store, { ...wanted, drop: { names: drop, confirmed: true } }, 'full')
}

async function refusalOf(migration: Promise<void>): Promise<string | undefined> {
  try {
    await migration
    return undefined
  } catch (error) {
    if (error instanceof MigrationError) return error.message
    throw error
  }
}

/** Tables are never changed, so they are made once for each definition and dialect. */
const tablesOn = remember((dialect: Dialect) =>
  remember<readonly Resource[], readonly Table[]>(
    resources =>
      storedModels(modelsOfResources(resources)).map(model => modelToTable(dialect, model)),
    new WeakMap(),
  ),
)

function tablesOf({ dialect }: Store, resources: readonly Resource[]): readonly Table[] {
  return tablesOn(dialect)(resources)
}
