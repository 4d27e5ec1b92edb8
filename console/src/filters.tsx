// The filters of a list: those that hold, each to be taken away, and a form for another one.

import { useMemo, useState } from 'preact/hooks'
import { type Names, useNames } from './cell.tsx'
import { Choice, Control } from './control.tsx'
import type { Resource } from './document.ts'
import type { Filter } from './filter.ts'
import { closeMenu, Menu } from './parts.tsx'
import { periodParameters, withPeriods } from './periods.ts'
import { withFilter, withoutFilter } from './query.ts'
import type { Field } from './schema.ts'
import { text, title } from './text.ts'
import { toInstant, toShown } from './values.ts'

interface FiltersProps {
  readonly resource: Resource
  readonly query: URLSearchParams
  readonly onQuery: (query: URLSearchParams) => void
}

export function Filters({ resource, query, onQuery }: FiltersProps) {
  const held = useMemo(() => heldFilters(resource, query), [resource, query.toString()])
  const names = useNames(held.fields, held.rows)
  const clear = () => {
    const cleared = new URLSearchParams(query)
    for (const { filter } of held.all) cleared.delete(filter.parameter)
    cleared.delete('cursor')
    onQuery(cleared)
  }
  return (
    <div class="filters">
      {held.all.map(({ filter, value }) => {
        const said = describeFilter(filter, value, names)
        return (
          <span class="chip" key={`${filter.parameter}=${value}`}>
            {said}
            <button
              type="button"
              aria-label={text.remove(said)}
              onClick={() => onQuery(withoutFilter(query, filter.parameter, value))}
            >
              ×
            </button>
          </span>
        )
      })}
      {resource.filters.length > 0 && (
        <Menu label={text.addFilter}>
          <FilterForm
            filters={withPeriods(resource.filters)}
            onFilter={given =>
              onQuery(given.reduce((asked, [name, value]) => withFilter(asked, name, value), query))
            }
          />
        </Menu>
      )}
      {held.all.length > 1 && (
        <button type="button" class="quiet" onClick={clear}>
          {text.clearFilters}
        </button>
      )}
    </div>
  )
}

/** Those in the address, and the rows that they refer to as if they were rows with such references. */
function heldFilters({ filters }: Resource, query: URLSearchParams) {
  const known = new Map(filters.map(filter => [filter.parameter, filter]))
  const all = [...query].flatMap(([name, value]) => {
    const filter = known.get(name)
    return filter === undefined ? [] : [{ filter, value }]
  })
  const fields = [...new Set(all.map(({ filter }) => filter.value))]
  return { all, fields, rows: all.map(({ filter, value }) => ({ [filter.parameter]: value })) }
}

function describeFilter(filter: Filter, value: string, names: Names): string {
  const { field, operator } = filter
  const name = names[filter.value.refersTo ?? '']?.[value]
  if (operator === 'is_null')
    return `${title(field)} ${value === 'true' ? text.isEmpty : text.isNotEmpty}`
  return `${title(field)} ${operatorName(filter)} ${name ?? toShown(value, filter.value)}`
}

function operatorName({ operator, value: { format } }: Filter): string {
  const ofTimes = format.startsWith('date') ? text.dateOperators[operator] : undefined
  return ofTimes ?? text.operators[operator] ?? operator.replaceAll('_', ' ')
}

interface FilterFormProps {
  readonly filters: readonly Filter[]
  readonly onFilter: (given: readonly (readonly [name: string, value: string])[]) => void
}

function FilterForm({ filters, onFilter }: FilterFormProps) {
  const [parameter, setParameter] = useState(filters[0]?.parameter ?? '')
  const [entered, setEntered] = useState('')
  const chosen = filters.find(filter => filter.parameter === parameter)
  if (chosen === undefined) return null
  const fields = [...new Set(filters.map(({ field }) => field))]
  const choose = (name: string) => {
    setParameter(name)
    setEntered('')
  }
  const apply = (event: SubmitEvent) => {
    event.preventDefault()
    closeMenu((event.currentTarget as Element).closest('details'))
    if (entered !== '') onFilter(toParameters(chosen, entered))
    setEntered('')
  }
  return (
    <form class="stack" onSubmit={apply}>
      <label for="filter-field">{text.field}</label>
      <select
        id="filter-field"
        value={chosen.field}
        onInput={({ currentTarget: { value } }) =>
          choose(filters.find(({ field }) => field === value)?.parameter ?? '')
        }
      >
        {fields.map(field => (
          <option key={field} value={field}>
            {title(field)}
          </option>
        ))}
      </select>
      <label for="filter-operator">{text.operator}</label>
      <select
        id="filter-operator"
        value={parameter}
        onInput={({ currentTarget: { value } }) => choose(value)}
      >
        {filters
          .filter(({ field }) => field === chosen.field)
          .map(filter => (
            <option key={filter.parameter} value={filter.parameter}>
              {operatorName(filter)}
            </option>
          ))}
      </select>
      <label for="filter-value">{text.value}</label>
      {chosen.operator === 'within' ? (
        <Choice
          common={{
            id: 'filter-value',
            value: entered,
            onInput: ({ currentTarget: { value } }) => setEntered(value),
          }}
          words={Object.entries(text.periods)}
        />
      ) : (
        <Control
          id="filter-value"
          field={controlOf(chosen.value)}
          entered={entered}
          onEnter={setEntered}
        />
      )}
      <button type="submit" class="primary">
        {text.apply}
      </button>
    </form>
  )
}

/** A parameter that may be repeated is a list to the document, but one value is entered at a time. */
function controlOf(value: Field): Field {
  return value.type === 'array' ? { ...value, type: value.item?.type ?? 'string' } : value
}

function toParameters(filter: Filter, entered: string) {
  if (filter.operator === 'within') return periodParameters(filter, entered, new Date())
  const { format } = filter.value
  return [[filter.parameter, format === 'date-time' ? toInstant(entered) : entered]] as const
}
