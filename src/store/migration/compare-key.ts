// The primary key of a table against the one that is wanted. To change it takes a file, for rows refer to others by it.

import type { Column } from '../column.ts'
import { quote } from '../store.ts'
import type { Table } from '../table.ts'
import { writtenFileName } from './advice.ts'
import type { Difference, Pair } from './pair.ts'
import { copyName, rebuild } from './rebuild.ts'

export function compareKey(pair: Pair): Difference[] {
  const { table, found } = pair
  const { key } = table.model
  if (hasKey(pair)) return []
  const was = found.key.length === 0 ? 'has no key' : `has the key ${found.key.join(', ')}`
  const reason = `${table.name} ${was} and should have ${key.name}`
  const left = leftReferrers(pair)
  if (left.length > 0)
    return [
      {
        kind: 'undecided',
        reason: `${reason}, and ${left.join(', ')}, which no definition has any more, refers to it by the old one: first drop that ('migrate --drop ${left[0]}')`,
      },
    ]
  const statements = keyScript(pair)
  if (statements.length === 0)
    return [
      {
        kind: 'undecided',
        reason: `${reason}, which is new: first add ${key.name} as a field that is not the key, and fill it`,
      },
    ]
  const script = statements.map(statement => `${statement};`).join('\n')
  return [
    {
      kind: 'undecided',
      reason: `${reason}: write this in ${writtenFileName(table.dialect)}, and run 'migrate':`,
      script,
    },
  ]
}

function hasKey({ table, found }: Pair): boolean {
  return found.key.length === 1 && found.key[0] === table.model.key.name
}

/** Gives a table its key, and the references to it the new values; nothing where it has the key, or cannot get it so. */
export function keyScript(pair: Pair): readonly string[] {
  const { table, found } = pair
  const column = table.columns.find(({ isKey }) => isKey)
  if (hasKey(pair) || leftReferrers(pair).length > 0) return []
  if (!column?.isIdentity && !found.columns.has(table.model.key.name)) return []
  return [
    ...(table.dialect.altersTables ? alterKey(pair) : rebuildKey(pair)),
    ...referrersOf(pair).flatMap(referrer => reviseHolders(pair, referrer)),
  ]
}

/** Whether the key of the table that a column refers to is changing, and the column with it. */
export function followsKey({ tables, actual }: Pair, { constraints }: Column): boolean {
  return constraints.some(constraint => {
    const wanted = tables.find(
      ({ name }) => constraint.kind === 'reference' && name === constraint.target,
    )
    const found = wanted && actual.get(wanted.name)
    return found !== undefined && found.key.join() !== wanted?.model.key.name
  })
}

interface Referrer {
  readonly pair: Pair
  readonly column: string
  readonly type: string
  /** Whether its values get another type with the key. */
  readonly isOtherType: boolean
  readonly constraint: string | null
}

/** The references to the table that stay. */
function referrersOf(pair: Pair): readonly Referrer[] {
  return pair.tables.flatMap(table => {
    const found = pair.actual.get(table.name)
    if (found === undefined) return []
    return found.references.flatMap(({ column: name, target, name: constraint }) => {
      const column = table.columns.find(candidate => candidate.name === name)
      if (target !== pair.table.name || column === undefined) return []
      const { type } = column
      const isOtherType = found.columns.get(name)?.type !== type
      return [{ pair: { ...pair, table, found }, column: name, type, isOtherType, constraint }]
    })
  })
}

/** The references to the table that are in no definition any more: `things.cat_id`, or the table `things`. */
function leftReferrers({ tables, actual, table }: Pair): readonly string[] {
  return [...actual].flatMap(([name, { references }]) => {
    const columns = tables.find(wanted => wanted.name === name)?.columns
    return references
      .filter(
        ({ column, target }) =>
          target === table.name && !columns?.some(({ name }) => name === column),
      )
      .map(({ column }) => (columns === undefined ? name : `${name}.${column}`))
  })
}

/** The new key of the row that a column refers to by the old one. */
function newKey({ table, found }: Pair, value: string): string {
  const name = quote(table.name)
  const [old = ''] = found.key
  return `(select ${quote(table.model.key.name)} from ${name} where ${name}.${quote(old)} = ${value})`
}

function alterKey(pair: Pair): readonly string[] {
  const { table, found } = pair
  const name = quote(table.name)
  const { key } = table.model
  const referrers = referrersOf(pair)
  const isNew = !found.columns.has(key.name)
  return [
    ...referrers.map(({ pair: { table }, constraint }) => dropConstraint(table, constraint)),
    ...(found.keyConstraint === undefined ? [] : [dropConstraint(table, found.keyConstraint)]),
    isNew
      ? `alter table ${name} add column ${quote(key.name)} ${table.dialect.serverMadeKey}`
      : `alter table ${name} add primary key (${quote(key.name)})`,
    ...referrers.flatMap(referrer => alterReferrer(pair, referrer)),
  ]
}

function dropConstraint({ name }: Table, constraint: string | null): string {
  return `alter table ${quote(name)} drop constraint ${quote(constraint ?? '')}`
}

function alterReferrer(
  pair: Pair,
  { pair: { table }, column, type, isOtherType }: Referrer,
): readonly string[] {
  const [name, field, temporary] = [quote(table.name), quote(column), quote(`_new_${column}`)]
  if (!isOtherType) return [follow(pair, table, { from: field, to: field })]
  return [
    `alter table ${name} add column ${temporary} ${type}`,
    follow(pair, table, { from: field, to: temporary }),
    `alter table ${name} drop column ${field}`,
    `alter table ${name} rename column ${temporary} to ${field}`,
  ]
}

/** A row that refers by another key is another state of it, and so it has another revision. */
function follow(
  pair: Pair,
  { name, dialect }: Table,
  { from, to }: { readonly from: string; readonly to: string },
): string {
  const value = newKey(pair, `${quote(name)}.${from}`)
  const revision = `${quote('_rev')} = ${dialect.nextRevision}`
  return `update ${quote(name)} set ${to} = ${value}, ${revision} where ${from} is not null`
}

/** Rows whose lists hold the keys are other ones, too. */
function reviseHolders(
  { table: changed, actual }: Pair,
  { pair: { table, found }, column }: Referrer,
): readonly string[] {
  const { joins, references } = table.model
  const own = references.find(({ onDelete }) => onDelete === 'cascade')?.field.name
  const holder = found.references.find(reference => reference.column === own)?.target
  if (!joins || own === undefined || holder === undefined || own === column) return []
  const key = holder === changed.name ? changed.model.key.name : (actual.get(holder)?.key[0] ?? '')
  return [
    `update ${quote(holder)} set ${quote('_rev')} = ${table.dialect.nextRevision} ` +
      `where ${quote(key)} in (select ${quote(own)} from ${quote(table.name)})`,
  ]
}

function rebuildKey(pair: Pair): readonly string[] {
  return [
    ...rebuild(pair),
    ...referrersOf(pair).flatMap(({ pair: referring, column, isOtherType }) => {
      const { table } = referring
      const [name, copy] = [quote(column), quote(copyName(table.name))]
      if (!isOtherType) return [follow(pair, table, { from: name, to: name })]
      return rebuild(referring, new Map([[column, newKey(pair, `${copy}.${name}`)]]))
    }),
  ]
}
