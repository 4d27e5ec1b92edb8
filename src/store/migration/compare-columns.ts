// The columns of a table against those that are wanted.

import { type KindName, kinds } from '../../resource/kinds.ts'
import { asNullable, type Column, isWider } from '../column.ts'
import { areWider } from '../schema-rules.ts'
import { plain, quote } from '../store.ts'
import { fileName, writtenFileName } from './advice.ts'
import { type ActualTable, isHeld } from './catalog.ts'
import type { Finding } from './change.ts'
import { followsKey } from './compare-key.ts'
import { compareLeft } from './compare-left.ts'
import { isKeyOf } from './compare-references.ts'
import { change, columnBefore, type Difference, fillOf, isNew, type Pair } from './pair.ts'
import { countWhere, looked, named, nameOfRules, rowsWhere } from './rows.ts'

export function compareColumns(pair: Pair): Difference[] {
  const { table, found } = pair
  return [
    ...compareLeft(pair),
    ...table.columns.flatMap(column =>
      found.columns.has(column.name) ? compareColumn(pair, column) : newColumn(pair, column),
    ),
  ]
}

const switchedOn: Readonly<Record<string, string>> = {
  _owner: 'belongs to those who create it now (owner)',
  _deleted_at: 'keeps what is deleted now (keepDeleted)',
}

function newColumn(pair: Pair, column: Column): Difference[] {
  const { table } = pair
  const at = `${table.name}.${column.name}`
  const word = switchedOn[column.name]
  const stricter = word === undefined ? {} : { stricter: `${table.name} ${word}` }
  const action = { kind: 'addColumn', table } as const
  if (column.nullable || column.default !== undefined)
    return [
      change({
        action: { ...action, column },
        obstacle: missingDefault(pair, column),
        ...stricter,
      }),
    ]
  const value = fillOf(pair, column)
  const isRequired = `${at} is new and required`
  const checks = column.constraints.filter(({ kind }) => kind === 'check')
  const obstacle = countWhere(
    table.name,
    '1 = 1',
    count => `${isRequired}, and there are rows (${count}): ${pair.advice.missing}`,
  )
  return [
    change({
      action: { ...action, column: asNullable(column) },
      stricter: isRequired,
      ...(value === undefined && { obstacle }),
    }),
    ...(value === undefined
      ? []
      : [change({ action: { kind: 'fill', table, column: column.name, value } })]),
    change({ action: { kind: 'require', table, column: column.name } }),
    ...checks.map(constraint => change({ action: { kind: 'addCheck', table, constraint } })),
  ]
}

/** A default that refers to a row needs that row as soon as there is one that gets it. */
function missingDefault(pair: Pair, column: Column): Finding | undefined {
  const reference = column.constraints.find(({ kind }) => kind === 'reference')
  if (column.default === undefined || reference?.kind !== 'reference') return undefined
  const { table } = pair
  const query =
    `select 1 from ${quote(table.name)} as ${looked} where not ` +
    `(${isKeyOf(pair, reference.target, column.default)}) limit 1`
  const reason =
    `${table.name}.${column.name} has the default ${column.default}, and there is no such row in ${reference.target}: ` +
    `make it by the earlier version, or add and fill the field in ${fileName(table.dialect)}`
  return { query: plain(query), reason: () => reason }
}

function compareColumn(pair: Pair, column: Column): Difference[] {
  const { table, found } = pair
  const actual = found.columns.get(column.name)
  const at = `${table.name}.${column.name}`
  if (actual === undefined) return []
  if (actual.type !== column.type) {
    if (followsKey(pair, column)) return []
    const reason = `${at} is ${actual.type} and should be ${column.type}: convert it in ${writtenFileName(table.dialect)}`
    return [{ kind: 'undecided', reason }]
  }
  const former = columnBefore(pair, column.name)
  if (former !== undefined && former.coding !== column.coding && isAsBefore(found, former)) {
    const reason = `${at} holds ${codingOf(former)} and should hold ${codingOf(column)}: convert it in ${writtenFileName(table.dialect)}`
    return [{ kind: 'undecided', reason }]
  }
  return [
    ...compareIdentity(pair, column, actual.identity),
    ...(column.isKey
      ? []
      : [...compareNull(pair, column, actual.nullable), ...compareDefault(pair, column)]),
    ...compareRules(pair, column),
    ...compareChecks(pair, column),
  ]
}

/** Whether the column is still the one that it was: a file that converts it makes another, without its checks. */
function isAsBefore(found: ActualTable, former: Column): boolean {
  return former.constraints.some(
    ({ kind, name }) => kind === 'check' && isHeld(found, name, former.name),
  )
}

function codingOf({ coding, kind }: Column): string {
  return coding ?? `values as they are (${kind})`
}

function compareIdentity({ table }: Pair, column: Column, isIdentity: boolean): Difference[] {
  if (column.isIdentity === isIdentity) return []
  const kind = isIdentity ? 'dropIdentity' : 'addIdentity'
  const who = isIdentity ? 'clients' : 'the server'
  const stricter = `${table.name}.${column.name} is chosen by ${who} now`
  return [change({ action: { kind, table, column }, stricter })]
}

function compareNull(pair: Pair, column: Column, nullable: boolean): Difference[] {
  if (nullable === column.nullable) return []
  const { table } = pair
  const action = { table, column: column.name }
  if (column.nullable) return [change({ action: { kind: 'allowNull', ...action } })]
  const at = `${table.name}.${column.name}`
  const stricter = `${at} is required now`
  const require = { kind: 'require', ...action } as const
  const value = fillOf(pair, column)
  if (value !== undefined)
    return [
      change({ action: { kind: 'fill', ...action, value }, stricter }),
      change({ action: require }),
    ]
  const condition = `${quote(column.name)} is null`
  const obstacle = rowsWhere(pair, {
    condition,
    reason: `${at} is required now, and has no value in`,
  })
  return [change({ action: require, stricter, obstacle })]
}

/** A column has the default for rows of instances that do not know it. */
function compareDefault(pair: Pair, column: Column): Difference[] {
  const { table, found } = pair
  const before = columnBefore(pair, column.name)
  const isThere = found.columns.get(column.name)?.default !== null
  const isSame = before === undefined || before.default === column.default
  if (isSame && isThere === (column.default !== undefined)) return []
  return [change({ action: { kind: 'setDefault', table, column } })]
}

/** Stricter rules that no check holds: the rows are looked at. So they are where values are of another kind now. */
function compareRules(pair: Pair, column: Column): Difference[] {
  const { table, found } = pair
  const before = columnBefore(pair, column.name)
  const field = table.model.fields.find(({ name }) => name === column.name)
  if (field === undefined) return []
  const kind = otherKind(pair, column)
  if (kind === undefined && areWider(column.rules, before?.rules ?? {})) return []
  const search = { table, field, marksDeleted: found.columns.has('_deleted_at'), limit: named + 1 }
  const stricter =
    kind === undefined ? 'has stricter rules now' : `was ${kind} and is ${column.kind} now`
  const isReadOtherwise = kind !== undefined && kinds[kind].fromStored !== field.kind.fromStored
  const renew = change({ action: { kind: 'renew', table, column: column.name } })
  return [
    change({ search, stricter: `${nameOfRules(search)} ${stricter}` }),
    ...(isReadOtherwise ? [renew] : []),
  ]
}

/** The kind of the column before, where it is another one of the same type. */
function otherKind(pair: Pair, column: Column): KindName | undefined {
  const kind = columnBefore(pair, column.name)?.kind
  return kind === column.kind ? undefined : kind
}

function compareChecks(pair: Pair, column: Column): Difference[] {
  const { table, found } = pair
  const before = columnBefore(pair, column.name)
  const isTaken =
    before !== undefined &&
    otherKind(pair, column) === undefined &&
    isWider(column.limits, before.limits)
  return column.constraints.flatMap(constraint => {
    if (constraint.kind !== 'check' || isHeld(found, constraint.name, column.name)) return []
    const action = { kind: 'addCheck', table, constraint } as const
    if (isTaken) return [change({ action })]
    const at = `${table.name}.${column.name}`
    const reason = `${at} breaks ${constraint.definition} in`
    const obstacle = rowsWhere(pair, { condition: `not (${constraint.condition})`, reason })
    if (isNew(pair, column.name)) return [change({ action, obstacle })]
    return [
      change({
        action,
        stricter: `${at} has other limits now, ${constraint.definition}`,
        obstacle,
      }),
    ]
  })
}
