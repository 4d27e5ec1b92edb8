// The filters of a list: those that hold, each to be taken away, and a form for another one.

import { useState } from 'preact/hooks'
import { Control } from './control.tsx'
import type { Resource } from './document.ts'
import type { Filter } from './filter.ts'
import { closeMenu, Menu } from './parts.tsx'
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
  const known = new Map(resource.filters.map(filter => [filter.parameter, filter]))
  const held = [...query].flatMap(([name, value]) => {
    const filter = known.get(name)
    return filter === undefined ? [] : [{ filter, value }]
  })
  const clear = () => {
    const cleared = new URLSearchParams(query)
    for (const { filter } of held) cleared.delete(filter.parameter)
    cleared.delete('cursor')
    onQuery(cleared)
  }
  return (
    <div class="filters">
      {held.map(({ filter, value }) => {
        const said = describeFilter(filter, value)
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
            filters={resource.filters}
            onFilter={(name, value) => onQuery(withFilter(query, name, value))}
          />
        </Menu>
      )}
      {held.length > 1 && (
        <button type="button" class="quiet" onClick={clear}>
          {text.clearFilters}
        </button>
      )}
    </div>
  )
}

function describeFilter(filter: Filter, value: string): string {
  const { field, operator } = filter
  if (operator === 'is_null')
    return `${title(field)} ${value === 'true' ? 'is empty' : 'is not empty'}`
  return `${title(field)} ${operatorName(filter)} ${toShown(value, filter.value)}`
}

function operatorName({ operator, value: { format } }: Filter): string {
  const ofTimes = format.startsWith('date') ? text.dateOperators[operator] : undefined
  return ofTimes ?? text.operators[operator] ?? operator.replaceAll('_', ' ')
}

interface FilterFormProps {
  readonly filters: readonly Filter[]
  readonly onFilter: (name: string, value: string) => void
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
    if (entered !== '') onFilter(parameter, toParameter(entered, chosen.value))
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
      <Control
        id="filter-value"
        field={controlOf(chosen.value)}
        entered={entered}
        onEnter={setEntered}
      />
      <button type="submit" class="primary">
        {text.apply}
      </button>
    </form>
  )
}

/** A parameter that may be repeated is a list to the document, but one value is entered at a time. */
function controlOf(value: Field): Field {
  return value.type === 'array' ? { ...value, type: 'string' } : value
}

function toParameter(entered: string, { format }: Field): string {
  return format === 'date-time' ? toInstant(entered) : entered
}
