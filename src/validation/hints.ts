// Hints for callers who write something in a common form that the service does not accept.

import type { ErrorObject } from 'ajv'

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

/** For an unknown name with brackets, with which some clients write lists and comparisons. */
export function bracketHint(name: string): string {
  const [, field, inside = ''] = /^(\w{1,60})\[(\w{0,20})\]$/.exec(name) ?? []
  if (field === undefined) return ''
  if (/^\d*$/.test(inside)) return `; several values are written ${field}=…&${field}=…`
  return `; without brackets it is ${field}_${inside}`
}

/** For a list in one text: `userId=1,2`. */
export function commaHint({ instancePath, data }: ErrorObject): string {
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
