// Rows as a table, by TanStack Table: it keeps columns and their order, the service sorts.

import { rowSortingFeature, tableFeatures, useTable } from '@tanstack/preact-table'
import { useMemo } from 'preact/hooks'
import { fill } from './address.ts'
import { type Names, useNames, Value } from './cell.tsx'
import type { Sort } from './query.ts'
import type { Row } from './save.ts'
import type { Field } from './schema.ts'
import { text, title } from './text.ts'

const features = tableFeatures({ rowSortingFeature })

export interface RowTableProps {
  readonly name: string
  readonly fields: readonly Field[]
  readonly rows: readonly Row[]
  /** The address of a row, with the name of its key in braces; undefined where rows have none. */
  readonly member?: string | undefined
  readonly keyName?: string
  readonly sorts?: readonly Sort[]
  /** The fields by which the service sorts. */
  readonly sortable?: readonly string[]
  readonly onSort?: (sorts: readonly Sort[]) => void
}

export function RowTable(props: RowTableProps) {
  const { name, fields, rows, sorts = [], sortable = [], onSort } = props
  const names = useNames(fields, rows)
  const columns = useMemo(
    () =>
      fields.map(field => ({
        id: field.name,
        accessorFn: (row: Row) => row[field.name],
        enableSorting: sortable.includes(field.name),
        sortDescFirst: false,
      })),
    [fields, sortable],
  )
  const sorting = useMemo(() => [...sorts], [sorts])
  const table = useTable({
    features,
    columns,
    data: rows,
    state: { sorting },
    manualSorting: true,
    onSortingChange: change => onSort?.(typeof change === 'function' ? change(sorting) : change),
  })
  const fieldOf = new Map(fields.map(field => [field.name, field]))
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
    <section class="scroll" aria-label={text.table(title(name))} tabIndex={0}>
      <table>
        <caption class="hidden">{text.table(title(name))}</caption>
        <thead>
          {table.getHeaderGroups().map(group => (
            <tr key={group.id}>
              {group.headers.map(({ column }) => (
                <Heading
                  key={column.id}
                  column={column}
                  field={fieldOf.get(column.id)}
                  isName={column.id === props.keyName}
                />
              ))}
            </tr>
          ))}
        </thead>
        <tbody>
          {table.getRowModel().rows.map(row => (
            <tr key={row.id}>
              {row.getAllCells().map((cell, at) => (
                <Cell
                  key={cell.id}
                  field={fieldOf.get(cell.column.id) as Field}
                  value={cell.getValue()}
                  names={names}
                  href={at === 0 ? hrefOf(props, row.original) : undefined}
                />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

function hrefOf({ member, keyName = '' }: RowTableProps, row: Row): string | undefined {
  return member === undefined || row[keyName] === undefined
    ? undefined
    : fill(member, { [keyName]: row[keyName] })
}

interface Column {
  readonly id: string
  readonly getCanSort: () => boolean
  readonly getIsSorted: () => false | 'asc' | 'desc'
  readonly getToggleSortingHandler: () => undefined | ((event: unknown) => void)
}

interface HeadingProps {
  readonly column: Column
  readonly field: Field | undefined
  /** Whether its values lead to the rows. */
  readonly isName: boolean
}

function Heading({ column, field, isName }: HeadingProps) {
  const order = column.getIsSorted()
  const words = { asc: 'ascending', desc: 'descending' } as const
  const label = title(column.id)
  return (
    <th
      scope="col"
      class={isNumber(field) && !isName ? 'number' : undefined}
      aria-sort={order === false ? undefined : words[order]}
      title={field?.description || undefined}
    >
      {column.getCanSort() ? (
        <button type="button" class="sort" onClick={column.getToggleSortingHandler()}>
          {label}
          <span aria-hidden="true" class="order">
            {order === false ? '' : order === 'asc' ? '↑' : '↓'}
          </span>
        </button>
      ) : (
        label
      )}
    </th>
  )
}

/** Amounts stand one below the other; the keys of rows are names. */
const isNumber = (field: Field | undefined) =>
  (field?.type === 'integer' || field?.type === 'number') && field.refersTo === undefined

function Cell(props: { field: Field; value: unknown; names: Names; href: string | undefined }) {
  const { field, href, value, names } = props
  const shown = <Value field={field} value={value} names={names} />
  if (href === undefined) return <td class={isNumber(field) ? 'number' : undefined}>{shown}</td>
  return (
    <th scope="row">
      <a href={href}>{field.refersTo === undefined ? shown : String(value)}</a>
    </th>
  )
}
