// The ledger of definitions: what the tables were brought to, when and by which version of the service.

import { hash } from 'node:crypto'
import type { Row } from '../../resource/row.ts'
import { type Dialect, plain, quote, type Statement, type Work } from '../store.ts'
import type { Table } from '../table.ts'
import { type Catalog, readCatalog } from './catalog.ts'
import { type Definition, toDefinition } from './definition.ts'
import { readFileLedger } from './files.ts'
import type { Occasion } from './migration.ts'

const ledger = quote('_definitions')

/**
 * One row for each time that the tables were brought to a definition. The last one that is finished is current. One
 * before it is `earlier` while its instances can live with the tables, and `withdrawn` after a change with which they
 * cannot. One that is not finished is the last, and under way, or was killed and waits for the next migration.
 */
export interface LedgerEntry {
  /** Counts from 1. */
  readonly position: number
  /** Tells one definition from another, as far as tables go and what is shown of them. */
  readonly fingerprint: string
  /** Of the service's package. */
  readonly version: string
  /** When the tables began to be brought to it, in UTC. */
  readonly time: string
  /** When it was withdrawn, in UTC. */
  readonly withdrawn: string | null
  /** As JSON: a `Definition`. */
  readonly definition: string
}

const columns = ['position', 'fingerprint', 'version', 'time', 'withdrawn', 'definition'] as const
const selected = columns.map(quote).join(', ')

/** Makes the ledger where there is none, or where it has a form that did not remember whole definitions. */
export function createLedger(
  { columnTypes, tableOptions }: Dialect,
  found: Catalog,
): readonly string[] {
  const actual = found.get('_definitions')
  if (actual?.columns.has('finished')) return []
  const { boolean, integer, string, json } = columnTypes
  return [
    ...(actual === undefined ? [] : [`drop table ${ledger}`]),
    `create table ${ledger} ("position" ${integer} not null primary key, "fingerprint" ${string} not null, ` +
      `"version" ${string} not null, "time" ${string} not null, "finished" ${boolean} not null, "withdrawn" ${string}, ` +
      `"definition" ${json} not null) ${tableOptions}`,
  ]
}

/** The finished entries that tell something now: for each definition its last one, in order. */
export function* readLedger(): Work<readonly LedgerEntry[]> {
  const last = `select max("position") from ${ledger} where "finished" group by "fingerprint"`
  const rows = yield plain(
    `select ${selected} from ${ledger} where "position" in (${last}) order by "position"`,
  )
  return rows.map(toEntry)
}

/** Every finished entry, in order; none where there is no ledger yet. */
export function* readHistory(dialect: Dialect): Work<readonly LedgerEntry[]> {
  const found = (yield* readCatalog(dialect)).get('_definitions')
  if (!found?.columns.has('finished')) return []
  const rows = yield plain(`select ${selected} from ${ledger} where "finished" order by "position"`)
  return rows.map(toEntry)
}

/** The entry that is not finished, where there is one. */
export function* readUnfinished(): Work<LedgerEntry | undefined> {
  const [row] = yield plain(`select ${selected} from ${ledger} where not "finished"`)
  return row && toEntry(row)
}

function toEntry(row: Row): LedgerEntry {
  return Object.fromEntries(
    columns.map((name, index) => [name, row[index]]),
  ) as unknown as LedgerEntry
}

/** Gives a row with the time at which a definition was withdrawn, or null, and its number; none where it is not known. */
export function selectStanding(dialect: Dialect, fingerprint: string): Statement {
  const condition = `"fingerprint" = ${dialect.placeholder(1)}`
  const text = `select "withdrawn", "position" from ${ledger} where ${condition} order by "position" desc limit 1`
  return { text, values: [fingerprint] }
}

export function definitionOf({ definition }: LedgerEntry): Definition {
  return JSON.parse(definition)
}

/** Adds a definition as the current one. */
export function* recordDefinition(
  dialect: Dialect,
  tables: readonly Table[],
  occasion: Occasion,
): Work<void> {
  yield* beginDefinition(dialect, tables, occasion)
  yield finishDefinition(dialect)
}

/** Says that the tables are being brought to a definition; whatever was not finished before is not to be any more. */
export function* beginDefinition(
  dialect: Dialect,
  tables: readonly Table[],
  { version, now }: Occasion,
): Work<void> {
  yield plain(`delete from ${ledger} where not "finished"`)
  const files = [...(yield* readFileLedger()).keys()]
  const definition = JSON.stringify({ ...toDefinition(tables), files })
  const values = [fingerprintOf(tables), version, now, definition]
  const [first, second, third, fourth] = values.map((_, index) => dialect.placeholder(index + 1))
  yield {
    text:
      `insert into ${ledger} (${selected}, "finished") select coalesce(max("position"), 0) + 1, ` +
      `${first}, ${second}, ${third}, null, ${fourth}, ${dialect.booleanLiteral(false)} from ${ledger}`,
    values,
  }
}

/** Says that the tables have been brought to the definition of the last entry. */
export function finishDefinition({ booleanLiteral }: Dialect): Statement {
  return plain(`update ${ledger} set "finished" = ${booleanLiteral(true)} where not "finished"`)
}

/** Takes back that the tables are being brought to a definition, and what was withdrawn for that. */
export function* abandonDefinition(dialect: Dialect, { now }: Occasion): Work<void> {
  yield plain(`delete from ${ledger} where not "finished"`)
  const text = `update ${ledger} set "withdrawn" = null where "withdrawn" = ${dialect.placeholder(1)}`
  yield { text, values: [now] }
}

/** Withdraws every definition but this one. */
export function* withdrawOthers(
  dialect: Dialect,
  fingerprint: string,
  { now }: Occasion,
): Work<void> {
  const [first, second] = [dialect.placeholder(1), dialect.placeholder(2)]
  yield {
    text: `update ${ledger} set "withdrawn" = ${first} where "withdrawn" is null and "fingerprint" <> ${second}`,
    values: [now, fingerprint],
  }
}

export function fingerprintOf(tables: readonly Table[]): string {
  const texts = tables.map(({ create, indexes }) =>
    [create, ...indexes.flatMap(({ statements }) => statements)].join('\n'),
  )
  const rules = tables.map(({ name, model, columns }) => [
    name,
    columns.map(({ limits, rules }) => ({ ...limits, ...rules })),
    model.fields.flatMap(field => (field.writeOnly ? [field.name] : [])),
  ])
  return hash('sha256', [...texts.sort(), JSON.stringify(rules)].join('\n'), 'hex')
}
