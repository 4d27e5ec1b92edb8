// Hints for callers who write something in a common form that the service does not accept.

import type { ErrorObject } from 'ajv'
import { didYouMean, nearestName } from '../resource/did-you-mean.ts'

const formatExamples: Readonly<Record<string, string>> = {
  date: '2026-05-04',
  'date-time': '2026-05-04T14:30:00+02:00',
}

/** `, such as …` for formats that have many forms elsewhere. */
export function formatHint(format: string): string {
  const example = formatExamples[format]
  return example === undefined ? '' : `, such as ${example}`
}

/** The same for a parameter, where a plus sign in the address means a blank. */
export function formatParameterHint(format: string): string {
  return formatHint(format).replace('+', '%2B')
}

/** For an unknown parameter. */
export function parameterHint(name: string, known: ReadonlySet<string>): string {
  return bracketHint(name) || filterHint(name, known) || didYouMean(name, known)
}

/** With brackets some clients write lists and comparisons. */
function bracketHint(name: string): string {
  const [, field, inside = ''] = /^(\w{1,60})\[(\w{0,20})\]$/.exec(name) ?? []
  if (field === undefined) return ''
  if (/^\d*$/.test(inside)) return `; several values are written ${field}=…&${field}=…`
  return `; without brackets it is ${field}_${inside}`
}

/** For a filter that the field does not have: `name_like`. */
function filterHint(name: string, known: ReadonlySet<string>): string {
  const field = [...known]
    .filter(field => name.startsWith(`${field}_`))
    .reduce((one, other) => (other.length > one.length ? other : one), '')
  const filters = [...known].filter(filter => filter.startsWith(`${field}_`))
  if (field === '' || filters.length === 0) return ''
  const wordsOf = (filter: string) => filter.slice(field.length + 1)
  const nearest = nearestName(wordsOf(name), filters.map(wordsOf))
  if (nearest !== undefined) return `; did you mean '${field}_${nearest}'?`
  return `; the filters of ${field} are ${[field, ...filters].join(', ')}`
}

/** For a value that is not among those that there are. */
export function choiceHint(error: ErrorObject): string {
  const { keyword, params, data } = error
  const isOther = keyword === 'enum' && typeof data === 'string'
  return commaHint(error) || (isOther ? didYouMean(data, params.allowedValues) : '')
}

/** For a list in one text: `userId=1,2`. */
function commaHint({ instancePath, data }: ErrorObject): string {
  const [, name, index] = instancePath.split('/')
  if (index === undefined || typeof data !== 'string' || !data.includes(',')) return ''
  return `; several values are written ${name}=…&${name}=…`
}

/** The errors in a query, each with the value that it is about. */
export function withValues(errors: readonly ErrorObject[], query: unknown): readonly ErrorObject[] {
  const values = query as Readonly<Record<string, unknown>>
  return errors.map(error => {
    const [, name = '', index] = error.instancePath.split('/')
    const value = Object.hasOwn(values, name) ? values[name] : undefined
    return { ...error, data: Array.isArray(value) ? value[Number(index)] : value }
  })
}
