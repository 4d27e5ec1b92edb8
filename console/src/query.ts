// The query of a list: what the address says of filters, order, columns and page.

import { type Entered, fromEntry, isList } from './entry.ts'
import type { Field } from './schema.ts'

/** What is entered for parameters, as they stand in an address. */
export function toQuery(parameters: readonly Field[], entered: Entered): URLSearchParams {
  const given = parameters.flatMap(field => {
    const entry = entered[field.name] ?? ''
    if (!isList(entry)) return entry === '' ? [] : [[field.name, String(fromEntry(entry, field))]]
    const values = entry.map(each => String(field.item ? fromEntry(each, field.item) : each))
    if (field.isJoined && values.length > 0) return [[field.name, values.join(',')]]
    return values.map(value => [field.name, value])
  })
  return new URLSearchParams(given)
}

/** The values of parameters in an address. */
export function fromQuery(parameters: readonly Field[], query: URLSearchParams) {
  const given = parameters.flatMap(({ name, item, isJoined }) => {
    const values = query.getAll(name)
    if (values.length === 0) return []
    const items = isJoined ? values.join(',').split(',') : values
    return [[name, item === undefined ? values[0] : items]]
  })
  return Object.fromEntries(given) as Readonly<Record<string, unknown>>
}

export interface Sort {
  readonly id: string
  readonly desc: boolean
}

export function sortsOf(query: URLSearchParams): readonly Sort[] {
  const names = (query.get('sort') ?? '').split(',').filter(name => name !== '')
  return names.map(name => ({ id: name.replace(/^-/, ''), desc: name.startsWith('-') }))
}

export function withSorts(query: URLSearchParams, sorts: readonly Sort[]): URLSearchParams {
  const value = sorts.map(({ id, desc }) => (desc ? '-' : '') + id).join(',')
  return withParameter(query, 'sort', value)
}

/** The columns that are chosen; undefined if none are. */
export function columnsOf(query: URLSearchParams): readonly string[] | undefined {
  const names = query
    .get('fields')
    ?.split(',')
    .filter(name => name !== '')
  return names?.length === 0 ? undefined : names
}

/** From the first page on, because a cursor belongs to the other parameters. */
export function withParameter(query: URLSearchParams, name: string, value: string) {
  const changed = new URLSearchParams(query)
  changed.delete('cursor')
  if (value === '') changed.delete(name)
  else changed.set(name, value)
  return changed
}

export function withFilter(query: URLSearchParams, name: string, value: string) {
  const changed = withParameter(query, '', '')
  // Values that are repeated are alternatives; of a limit there can be only one.
  if (/_(?:gte?|lte?|i?contains|starts_with|is_null)$/.test(name)) changed.delete(name)
  changed.append(name, value)
  return changed
}

export function withoutFilter(query: URLSearchParams, name: string, value: string) {
  const changed = withParameter(query, '', '')
  changed.delete(name, value)
  return changed
}

/** The path with the query. Commas stay readable. */
export function toAddress(path: string, query: URLSearchParams): string {
  const search = query.toString().replaceAll('%2C', ',')
  return search === '' ? path : `${path}?${search}`
}

/** The call of curl for an address. The key is not shown, but where it goes. */
export function toCurl(address: string, isSigned: boolean): string {
  const key = isSigned ? ` -H 'Authorization: Bearer …'` : ''
  return `curl '${address.replaceAll("'", '%27')}'${key}`
}
