// Gathered rows first get the form of their table, with its checks and its indexes, while nobody waits. SQLite then copies
// tables and indexes as they lie (its "transfer optimization"), in a quarter of the time that inserting the rows takes.
// It does so unless the table has triggers, or rows and something unique; then it inserts them.

import { columnOf } from '../resource/field.ts'
import { columnFields } from '../resource/model.ts'
import { hiddenOwner, hidesOwner } from '../resource/owner.ts'
import type { Row, SqlValue } from '../resource/row.ts'
import { binder } from './select.ts'
import { gathered, stageName } from './stage.ts'
import { plain, quote, type Session, type Statement, StoreError, type Work } from './store.ts'
import type { Table } from './table.ts'

export interface Gathered {
  readonly withKeys: number
  readonly withoutKeys: number
  /** Their owner, where no field says so. */
  readonly owner: string
}

/** The last ones that are not theirs. */
interface Numbers {
  readonly revision: SqlValue
  readonly key: SqlValue
}

export class Transfer {
  readonly #session: Session
  readonly #table: Table
  /** How the database made the table, its indexes and its triggers. */
  #parts: readonly Row[] = []

  constructor(session: Session, table: Table) {
    this.#session = session
    this.#table = table
  }

  /** Makes the rows as they will be. It numbers them, so others may write meanwhile. */
  async prepare(rows: Gathered): Promise<void> {
    const numbers = await this.#session.transact(() => takeNumbers(this.#table, rows))
    this.#parts = await this.#session.run(selectParts(this.#table))
    // What they refer to is not in their file.
    await this.#set('foreign_keys = off')
    await this.#make('table')
    await this.#session.run(fill(this.#table, rows, numbers))
    await this.#make('index')
    if (this.#hasTriggers) await this.#set('foreign_keys = on')
    else await this.#set('ignore_check_constraints = on')
  }

  /** Writes them to the table itself. */
  *move(): Work<void> {
    const { model } = this.#table
    const parts = yield selectParts(this.#table)
    if (JSON.stringify(parts) !== JSON.stringify(this.#parts))
      throw new StoreError('busy', 'The table was changed meanwhile.')
    const columns = yield selectColumns(this.#table)
    const isComputed = columns.some(([, computed]) => computed === 1)
    const stored = columns
      .filter(([, computed]) => computed === 0)
      .map(([name]) => quote(`${name}`))
    const [into, what] = isComputed ? [`(${stored.join(', ')})`, stored.join(', ')] : ['', '*']
    const name = quote(model.table)
    yield plain(`insert into main.${name}${into} select ${what} from ${stageName}.${name}`)
    if (!this.#hasTriggers) yield* requireTargets(this.#table)
  }

  get #hasTriggers(): boolean {
    return this.#parts.some(([type]) => type === 'trigger')
  }

  async #set(pragma: string): Promise<void> {
    await this.#session.run(plain(`pragma ${pragma}`))
  }

  async #make(wanted: 'table' | 'index'): Promise<void> {
    const start = /^CREATE (TABLE|INDEX|UNIQUE INDEX) /
    for (const [type, text] of this.#parts)
      if (type === wanted)
        await this.#session.run(plain(`${text}`.replace(start, `$&${stageName}.`)))
  }
}

function selectParts({ model }: Table): Statement {
  return {
    text: 'select "type", "sql" from sqlite_schema where "tbl_name" = ?1 and "sql" is not null order by "name"',
    values: [model.table],
  }
}

function selectColumns({ model }: Table): Statement {
  return {
    text: 'select "name", "hidden" > 1 from pragma_table_xinfo(?1) where "hidden" <> 1',
    values: [model.table],
  }
}

/** Takes a revision for each, and a key for each where some have none. */
function* takeNumbers({ model }: Table, { withKeys, withoutKeys }: Gathered): Work<Numbers> {
  const count = withKeys + withoutKeys
  const [[revision = null] = []] = yield { text: 'select revisions_before(?1)', values: [count] }
  if (withoutKeys === 0) return { revision, key: null }
  const values = [model.table]
  yield {
    text: 'insert into sqlite_sequence select ?1, 0 where ?1 not in (select "name" from sqlite_sequence)',
    values,
  }
  const key = quote(columnOf(model.key))
  const largest = (table: string) => `coalesce((select max(${key}) from ${table}), 0)`
  const last = `max("seq", ${largest(quote(model.table))}, ${largest(gathered)})`
  const [[taken = null] = []] = yield {
    text: `update sqlite_sequence set "seq" = ${last} + ?1 where "name" = ?2 returning "seq" - ?1`,
    values: [count, ...values],
  }
  return { revision, key: taken }
}

function fill({ model, dialect }: Table, rows: Gathered, { revision, key }: Numbers): Statement {
  const { values, bind } = binder(dialect)
  const names = columnFields(model).map(field => quote(columnOf(field)))
  const [own = '', ...others] = names
  const made = rows.withoutKeys === 0 ? own : `coalesce(${own}, ${bind(key)} + "_nth")`
  const owners = hidesOwner(model) ? [{ name: quote(hiddenOwner), value: bind(rows.owner) }] : []
  const columns = [...names, ...owners.map(({ name }) => name), '"_rev"']
  const terms = [made, ...others, ...owners.map(({ value }) => value), `${bind(revision)} + "_nth"`]
  const text =
    `insert into ${stageName}.${quote(model.table)} (${columns.join(', ')}) ` +
    `select ${terms.join(', ')} from ${gathered} order by "_nth"`
  return { text, values }
}

/** Holds what the foreign keys of the table say, each value once. */
function* requireTargets({ model }: Table): Work<void> {
  const columns = yield {
    text:
      'select "id", "table", "from", coalesce("to", ' +
      '(select "name" from pragma_table_info("key"."table") where "pk" = "key"."seq" + 1)) ' +
      'from pragma_foreign_key_list(?1) as "key" order by "id", "seq"',
    values: [model.table],
  }
  for (const key of Map.groupBy(columns, ([id]) => id).values()) {
    const missing = yield firstWithout(model.table, key)
    if (missing.length > 0) throw new StoreError('reference', 'A row is missing.')
  }
}

function firstWithout(table: string, key: readonly Row[]): Statement {
  const target = quote(`${key[0]?.[1]}`)
  const pairs = key.map(([, , from, to]) => ({ from: quote(`${from}`), to: quote(`${to}`) }))
  const own = pairs.map(({ from }) => from)
  const given = own.map(column => `${column} is not null`)
  const found = pairs.map(({ from, to }) => `"_target".${to} = "_new".${from}`)
  const values = `select distinct ${own.join(', ')} from ${stageName}.${quote(table)} where ${given.join(' and ')}`
  return plain(
    `select 1 from (${values}) as "_new" where not exists ` +
      `(select 1 from main.${target} as "_target" where ${found.join(' and ')}) limit 1`,
  )
}
