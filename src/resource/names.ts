// The names that fields, resources and components may have, whichever database or client is used today.

import type { Report } from './field.ts'
import { reservedMember } from './keywords.ts'
import type { Resource } from './resource.ts'

/** Field names are kept in columns, parameters and members alike, so they are plain. `_` at the start is ours. */
const fieldName = /^[a-zA-Z][a-zA-Z0-9_]{0,49}$/
const resourceName = /^(?=.{1,40}$)[a-z][a-z0-9]*(?:[-_][a-z0-9]+)*$/

/** The last segment of the address of a resource's figures. */
export const summaryName = 'summary'

export function checkNames(resource: Resource, component: Component, report: Report): void {
  const { name, fields, options } = resource
  checkComponent(component, report)
  if (!resourceName.test(name))
    report(
      '',
      `name '${name}' must be up to 40 of a-z, 0-9, - and _, a letter first, no - or _ last or doubled${nameAdvice(name)}`,
    )
  const reserved = reservedResource(name)
  if (reserved !== undefined) report('', reserved)
  if (typeof options.description !== 'string' || options.description === '')
    report('', 'needs a description')
  const names = [...Object.keys(fields.properties), ...Object.keys(options.computed ?? {})]
  for (const field of names) {
    if (!fieldName.test(field))
      report(field, 'must be up to 50 of a-z, A-Z, 0-9 and _, a letter first')
    const reservedBy = reservedField(field)
    if (reservedBy !== undefined) report(field, reservedBy)
  }
  const folded = names.map(field => field.toLowerCase())
  for (const [index, field] of names.entries())
    if (names.indexOf(field) === index && folded.indexOf(field.toLowerCase()) !== index)
      report(field, 'differs from another field only by case')
  const id = names[folded.indexOf('id')]
  if (options.key === undefined && id !== undefined)
    report(id, 'is made by the server; name it in `key` to make it your own')
}

/** The plain form of a name, where it has one. */
function nameAdvice(name: string): string {
  const plain = String(name)
    .replace(/(?<=[a-z0-9])(?=[A-Z])/g, '_')
    .replace(/[\s_-]+/g, '_')
    .toLowerCase()
  return resourceName.test(plain) ? `; write '${plain}'` : ''
}

/** Generated clients name a class by it. */
interface Component {
  readonly component: string
  readonly singular: string
}

function checkComponent({ component, singular }: Component, report: Report): void {
  if (!/^[A-Z][a-zA-Z0-9]*$/.test(component))
    report(
      '',
      `singular '${singular}' must be of letters, digits, - and _, a letter first: '${component}' is no name for a class`,
    )
  const language = brokenClient(component)
  if (language !== undefined)
    report(
      '',
      `the component '${component}' breaks generated clients (${language}); choose another word with the option singular`,
    )
}

/** The system columns of PostgreSQL (documentation, §5.6). */
const systemColumns = ['tableoid', 'xmin', 'cmin', 'xmax', 'cmax', 'ctid']

/** Why a field cannot have this name. */
export function reservedField(name: string): string | undefined {
  return systemColumns.includes(name)
    ? `is a system column of PostgreSQL; write ${name}_value, say`
    : reservedMember(name)
}

/** Why a resource cannot have this name: its table would have it too. */
export function reservedResource(name: string): string | undefined {
  const [prefix] = /^(?:sqlite|pg)_/.exec(name) ?? []
  if (prefix === undefined) return undefined
  return `name '${name}' begins with ${prefix}, which ${prefix === 'pg_' ? 'PostgreSQL' : 'SQLite'} keeps for tables of its own`
}

/**
 * Classes that a generated client cannot have: in Java (openapi-generator) one of this name hides the type that the rest
 * of the client is written with, in Python (openapi-python-client) it shadows what the operations import. Tried with
 * seventy names that are likely to clash; the generators rename the others themselves.
 */
const classes: Readonly<Record<string, string>> = {
  Array: 'Java',
  Consumer: 'Java',
  Duration: 'Java',
  Exception: 'Java',
  HttpClient: 'Java',
  Map: 'Java',
  Override: 'Java',
  Pair: 'Java',
  Response: 'Python',
  String: 'Java',
  Thread: 'Java',
}

/** The language whose generated clients cannot have a component of this name. */
function brokenClient(component: string): string | undefined {
  return Object.hasOwn(classes, component) ? classes[component] : undefined
}
