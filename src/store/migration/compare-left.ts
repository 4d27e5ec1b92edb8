// The columns that no definition has any more: what stays, what goes when it is told to, and what may only be renamed.

import { columnOf } from '../../resource/field.ts'
import { hiddenOwner, ownerFieldOf } from '../../resource/owner.ts'
import { quote } from '../store.ts'
import { fileName, writtenFileName } from './advice.ts'
import { asksForValue } from './catalog.ts'
import type { Change } from './change.ts'
import { compareOthers } from './compare-adopted.ts'
import {
  change,
  columnBefore,
  type Difference,
  leftColumns,
  othersColumns,
  type Pair,
} from './pair.ts'
import { contentOf, countWhere } from './rows.ts'

export function compareLeft(pair: Pair): Difference[] {
  const others = othersColumns(pair).filter(
    name => !pair.drop.includes(`${pair.table.name}.${name}`),
  )
  const left = leftColumns(pair).filter(name => !others.includes(name))
  return [...left.flatMap(name => leftColumn(pair, name)), ...compareOthers(pair), ...renames(pair)]
}

/** A column that no definition has any more stays for instances of the earlier one, unless it is told to go. */
function leftColumn(pair: Pair, name: string): Difference[] {
  const { table, found, drop } = pair
  const at = `${table.name}.${name}`
  if (name === '_deleted_at' || (name === hiddenOwner && !table.model.owner))
    return hiddenLeft(pair, name)
  if (drop.includes(at) && !isNeeded(pair, name)) {
    const action = { kind: 'dropColumn', table, name } as const
    return [change({ action, stricter: `${at} is dropped`, loss: contentOf(at) })]
  }
  const column = found.columns.get(name)
  const allowNull = change({ action: { kind: 'allowNull', table, column: name } })
  return [{ kind: 'left', name: at }, ...(column && asksForValue(column) ? [allowNull] : [])]
}

/** Whether the field that says whose rows they are is yet to be filled from it. */
function isNeeded({ table, found }: Pair, name: string): boolean {
  const field = ownerFieldOf(table.model)
  return name === hiddenOwner && field !== undefined && !found.columns.has(columnOf(field))
}

/** Rows of one owner, and deleted ones that are kept, must not be there for everyone because a definition changes. */
function hiddenLeft({ table, drop, advice }: Pair, name: '_owner' | '_deleted_at'): Difference[] {
  const at = `${table.name}.${name}`
  const action = { kind: 'dropColumn', table, name } as const
  const { stricter, condition, shown, lost, way } = hidden[name]
  const told = drop.includes(at)
  const finding = (reason: string) =>
    countWhere(table.name, condition, count => reason.replace('%', String(count)))
  const refusal =
    `${table.name} has ${shown}: ` +
    `${way(table.name)} in ${fileName(table.dialect)}, or run '${advice.command(`--drop ${at}`)}'`
  const dropped = change({
    action,
    stricter: `${table.name} ${stricter}`,
    ...(told ? { loss: finding(`${at}: ${lost}`) } : { obstacle: finding(refusal) }),
  })
  if (!told || name === '_owner') return [dropped]
  return [change({ action: { kind: 'deleteRows', table, condition } }), dropped]
}

const hidden = {
  _owner: {
    stricter: 'no longer belongs to those who create it (owner)',
    condition: `"_owner" <> ''`,
    shown: 'rows that only their owners see (%), and everyone would see them',
    lost: 'rows that only their owners see (%), for everyone to see',
    way: (table: string) =>
      `delete them, or give them to everyone by update ${quote(table)} set "_owner" = '';`,
  },
  _deleted_at: {
    stricter: 'no longer keeps what is deleted (keepDeleted)',
    condition: '"_deleted_at" is not null',
    shown: 'deleted rows that are kept (%), and they would be there again',
    lost: 'deleted rows that are kept (%), gone for good',
    way: (table: string) =>
      `delete them by delete from ${quote(table)} where "_deleted_at" is not null;`,
  },
} as const

/** A field that goes while another of its kind comes may be the same under another name, which only people can tell. */
function renames(pair: Pair): Difference[] {
  const { table, found } = pair
  const added = table.columns.filter(
    ({ name, kind }) => kind !== undefined && !found.columns.has(name),
  )
  return leftColumns(pair).flatMap(name => {
    const kind = columnBefore(pair, name)?.kind
    const column = added.find(candidate => candidate.kind === kind)
    if (column === undefined) return []
    return [
      change({
        stricter: renamed(table.name, name, column.name, writtenFileName(table.dialect)),
      } satisfies Change),
    ]
  })
}

function renamed(table: string, from: string, to: string, file: string): string {
  const statement = `alter table ${quote(table)} rename column ${quote(from)} to ${quote(to)};`
  return `${table}.${from} is gone and ${table}.${to} is new (if it was renamed, write ${statement} in ${file})`
}
