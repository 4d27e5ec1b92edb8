// A table that others have made, before it is that of a resource: its types are theirs, and so are its other columns.

import type { Column } from '../column.ts'
import { quote } from '../store.ts'
import { writtenFileName } from './advice.ts'
import { asksForValue } from './catalog.ts'
import { followsKey } from './compare-key.ts'
import { type Difference, othersColumns, type Pair } from './pair.ts'
import { rebuild } from './rebuild.ts'

/** The changes to columns with fields that a file must make; none of a table that a definition had before. */
export function compareAdopted(pair: Pair): Difference[] {
  const { table, before, begun } = pair
  if (before.has(table.name) || begun.has(table.name)) return []
  const columns = table.columns.filter(column => isOtherwise(pair, column))
  if (columns.length === 0) return []
  const names = columns.map(({ name }) => `${name} (${pair.found.columns.get(name)?.type})`)
  const reason =
    `${table.name} was made by others, and stores ${names.join(', ')} in another way: ` +
    `write this in ${writtenFileName(table.dialect)}, and run 'migrate':`
  const statements = table.dialect.altersTables
    ? columns.flatMap(column => alterType(pair, column))
    : rebuild(pair)
  return [{ kind: 'undecided', reason, script: statements.map(text => `${text};`).join('\n') }]
}

function isOtherwise(pair: Pair, column: Column): boolean {
  const actual = pair.found.columns.get(column.name)
  if (actual === undefined || followsKey(pair, column)) return false
  return actual.type !== column.type || (column.isIdentity && actual.default !== null)
}

/** Its numbers come from the identity of the column then, which has no default. */
function alterType({ table, found }: Pair, { name, type, isIdentity }: Column): readonly string[] {
  const altered = `alter table ${quote(table.name)} alter column ${quote(name)}`
  const actual = found.columns.get(name)
  const using = conversion(quote(name), actual?.type ?? '', type)
  return [
    ...(isIdentity ? dropNumbers(altered, actual?.default ?? null) : []),
    ...(actual?.type === type ? [] : [`${altered} type ${type} using ${using}`]),
  ]
}

/** The sequence of a `serial` column goes with its default, because the column gets one of its own. */
function dropNumbers(altered: string, standard: string | null): readonly string[] {
  if (standard === null) return []
  const [, sequence] = /^nextval\('(.+)'::regclass\)$/.exec(standard) ?? []
  return [
    `${altered} drop default`,
    ...(sequence === undefined ? [] : [`drop sequence ${sequence}`]),
  ]
}

/** Date-times and dates in the form in which they are stored. */
function conversion(column: string, from: string, to: string): string {
  const time = `'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'`
  if (from === 'date') return `to_char(${column}, 'YYYY-MM-DD')`
  if (from === 'timestamp without time zone') return `to_char(${column}, ${time})`
  if (from === 'timestamp with time zone') return `to_char(${column} at time zone 'UTC', ${time})`
  return `${column}::${to.replace(' collate "C"', '')}`
}

/** They are left alone, but a row that callers create must not need a value there. */
export function compareOthers(pair: Pair): Difference[] {
  const { table, found } = pair
  const asking = othersColumns(pair).filter(name => {
    const column = found.columns.get(name)
    return column !== undefined && asksForValue(column)
  })
  return asking.map(name => ({
    kind: 'undecided',
    reason:
      `${table.name}.${name} needs a value in each row, and no field has it: ` +
      'give the column a default, or define a field for it',
  }))
}
