// One database that a test brings from definition to definition.

import type { Test } from 'tap'
import { resourcesToModels } from '../../src/resource/derive.ts'
import type { DefinedResource } from '../../src/resource/model.ts'
import type { Row, SqlValue } from '../../src/resource/row.ts'
import { toStoredModel } from '../../src/resource/stored-model.ts'
import { migrate, planMigration } from '../../src/store/migration/migrate.ts'
import {
  type Drop,
  type Extent,
  type Migration,
  MigrationError,
  type MigrationFile,
  type Wanted,
} from '../../src/store/migration/migration.ts'
import type { Watch } from '../../src/store/migration/watch.ts'
import { openStore } from '../../src/store/open.ts'
import type { Store } from '../../src/store/store.ts'
import { modelToTable, type Table } from '../../src/store/table.ts'
import { beforeInsert, insertRow } from '../../src/store/write.ts'
import { fieldMistakes } from '../../src/validation/validator.ts'

interface Step {
  readonly defined: readonly DefinedResource[]
  readonly files?: readonly MigrationFile[]
  readonly extent?: Extent
  readonly drop?: Drop
  /** When it happens. */
  readonly now?: string
  readonly watch?: Watch
  /** In ms. */
  readonly patience?: number
}

export class Database {
  readonly store: Store
  /** The resources of the last step, which others may refer to. */
  #known: readonly DefinedResource[] = []

  constructor(t: Pick<Test, 'teardown'>, url: string) {
    this.store = openStore(url, { exclusive: false })
    t.teardown(() => this.store.close())
  }

  start(...defined: DefinedResource[]): Promise<Migration> {
    return this.to({ defined })
  }

  migrate(...defined: DefinedResource[]): Promise<Migration> {
    return this.to({ defined, extent: 'full' })
  }

  to(step: Step): Promise<Migration> {
    this.#known = step.defined
    return migrate(this.store, this.#wanted(step), step.extent ?? 'additive')
  }

  plan(step: Step): Promise<Migration> {
    return planMigration(this.store, this.#wanted(step))
  }

  #wanted({ defined, extent: _extent, ...step }: Step): Wanted {
    const usual = {
      files: [],
      drop: { names: [], confirmed: false },
      now: '2026-01-01T00:00:00.000Z',
    }
    return {
      ...usual,
      ...step,
      tables: this.#tables(defined),
      findMistake: fieldMistakes(),
      version: '0.0.0',
    }
  }

  /** What a step is refused for. */
  refusal(step: Step): Promise<string> {
    return refusalOf(this.to(step))
  }

  /** What `--check` refuses a step for. */
  check(step: Step): Promise<string> {
    return refusalOf(this.plan(step))
  }

  /** Stores a row; a null key is made. Gives its values without the revision. */
  async insert(defined: DefinedResource, ...values: SqlValue[]): Promise<Row> {
    const { name } = defined.resource
    const others = this.#known.filter(({ resource }) => resource.name !== name)
    const table = this.#tables([...others, defined]).find(table => table.name === name)
    if (table === undefined) throw new Error('There is a table for a resource.')
    return this.store.transact(function* () {
      for (const statement of beforeInsert(table, values)) yield statement
      const [row] = yield insertRow(table, values)
      return row?.slice(0, -1) ?? []
    })
  }

  rows(columns: string, table = 'books'): Promise<readonly Row[]> {
    return this.store.query({ text: `select ${columns} from ${table} order by id`, values: [] })
  }

  run(text: string): Promise<void> {
    return this.store.transact(function* () {
      yield { text, values: [], script: true }
    })
  }

  #tables(defined: readonly DefinedResource[]): readonly Table[] {
    return resourcesToModels(defined)
      .map(toStoredModel)
      .map(model => modelToTable(this.store.dialect, model))
  }
}

async function refusalOf(migration: Promise<Migration>): Promise<string> {
  const error = await migration.catch((thrown: unknown) => thrown)
  if (error instanceof MigrationError) return error.message
  throw error instanceof Error ? error : new Error('It was not refused.')
}
