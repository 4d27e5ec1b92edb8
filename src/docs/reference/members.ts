// The members of a schema and the parameters of an operation, as lists of terms.

import { numberOf } from '../../resource/number-of.ts'
import {
  type Described,
  type Parameter,
  type ReadDocument,
  resolve,
  type Schema,
} from './described.ts'
import { html, type Markup } from './html.ts'
import { markdown } from './markdown.ts'

interface Term {
  readonly name: string
  readonly type: string
  readonly required: boolean
  readonly deprecated?: boolean | undefined
  readonly notes: readonly Markup[]
}

/** `depth`: how many levels of objects are shown within each other. */
export function membersOf(document: ReadDocument, schema: Schema, depth = 3): Markup {
  const { properties = {}, required = [] } = objectOf(document, schema)
  const terms = Object.entries(properties).map(([name, member]) => {
    const whole = { ...resolve(document, member), ...withoutReference(member) }
    const inner = depth > 0 ? innerMembers(document, whole, depth - 1) : []
    return {
      name,
      type: typeOf(document, whole),
      required: required.includes(name),
      deprecated: whole.deprecated,
      notes: [...notesOf(whole), ...inner],
    }
  })
  return termList(terms)
}

function withoutReference({ $ref, ...own }: Schema): Schema {
  return own
}

/** The object that a schema is, or that it is a list of. */
function objectOf(document: ReadDocument, schema: Schema): Schema {
  const { items, oneOf, ...rest } = resolve(document, schema)
  const inner = items ?? oneOf?.[0]
  return rest.properties === undefined && inner !== undefined ? objectOf(document, inner) : rest
}

function innerMembers(document: ReadDocument, schema: Schema, depth: number): readonly Markup[] {
  if (objectOf(document, schema).properties === undefined) return []
  return [html`<details><summary>Members</summary>${membersOf(document, schema, depth)}</details>`]
}

function typeOf(document: ReadDocument, schema: Schema): string {
  const { type, items, format, oneOf, anyOf } = resolve(document, schema)
  const alternatives = oneOf ?? anyOf
  if (alternatives !== undefined)
    return [...new Set(alternatives.map(each => typeOf(document, each)))].join(' or ')
  const types = [type ?? 'any'].flat()
  const shown = format === undefined || format === 'int64' ? '' : ` (${format})`
  const [first = '', ...others] = types
  const name = first === 'array' && items ? `list of ${typeOf(document, items)}` : first + shown
  return [name, ...others].join(' or ')
}

/** The rules for the values, in sentences. */
function notesOf(schema: Schema): readonly Markup[] {
  const { description, enum: words, default: usual } = schema
  const limits = limitsOf(schema)
  return [
    ...(description ? [markdown(description)] : []),
    ...(words ? [html`<p>${schema.items ? 'Any of' : 'One of'} ${listed(words)}</p>`] : []),
    ...(usual === undefined ? [] : [html`<p>Default: <code>${JSON.stringify(usual)}</code></p>`]),
    ...(limits.length === 0 ? [] : [html`<p class="limits">${limits.join(', ')}</p>`]),
  ]
}

function listed(words: readonly unknown[]): readonly Markup[] {
  return words.map(word => html`<code>${String(word)}</code> `)
}

/** What a number is of, for one and for more. */
type Unit = readonly [one: string, more: string]

const ranges: readonly (readonly [least: keyof Schema, most: keyof Schema, unit: Unit])[] = [
  ['minimum', 'maximum', ['', '']],
  ['exclusiveMinimum', 'exclusiveMaximum', [' (exclusive)', ' (exclusive)']],
  ['minLength', 'maxLength', [' character', ' characters']],
  ['minItems', 'maxItems', [' entry', ' entries']],
]

/** The limits that tell something: every integer is safe, and no text has control characters. */
function limitsOf(schema: Schema): readonly string[] {
  const { multipleOf, pattern } = schema
  const tells = typeof pattern === 'string' && !pattern.includes('\\x00')
  return [
    ...ranges.flatMap(([least, most, unit]) => rangeOf(schema[least], schema[most], unit)),
    ...(multipleOf === undefined ? [] : [`a multiple of ${multipleOf}`]),
    ...(tells ? [`matches ${pattern}`] : []),
  ]
}

function rangeOf(least: unknown, most: unknown, [one, more]: Unit): readonly string[] {
  const from = tellingBound(least)
  const to = tellingBound(most)
  const unit = (to ?? from) === 1 ? one : more
  if (from === undefined) return to === undefined ? [] : [`at most ${to}${unit}`]
  if (to === undefined) return [`at least ${from}${unit}`]
  return [from === to ? `${to}${unit}` : `${from} to ${to}${unit}`]
}

function tellingBound(bound: unknown): unknown {
  return Math.abs(Number(bound)) === Number.MAX_SAFE_INTEGER ? undefined : bound
}

function termList(terms: readonly Term[]): Markup {
  return html`<dl>${terms.map(
    ({ name, type, required, deprecated, notes }) => html`
<dt><code>${name}</code> <span class="type">${type}</span>${required && html` <span class="required">required</span>`}${deprecated === true && html` <span class="deprecated">deprecated</span>`}</dt>
<dd>${notes}</dd>`,
  )}</dl>`
}

const places = [
  ['path', 'In the address'],
  ['query', 'Parameters'],
  ['header', 'Header fields'],
] as const

/** The parameters of an operation by their place; what filters is told apart, a line for each field. */
export function parametersOf(document: ReadDocument, { parameters }: Described): readonly Markup[] {
  const { filters, others } = divide(parameters)
  const lists = places.map(([place, heading]) => {
    const here = others.filter(parameter => parameter.in === place)
    return here.length > 0 && part(heading, termList(here.map(each => toTerm(document, each))))
  })
  return [
    ...lists.filter(list => list !== false),
    ...(filters.length === 0 ? [] : [filterList(document, filters)]),
  ]
}

function part(heading: string, content: Markup): Markup {
  return html`<h3>${heading}</h3>${content}`
}

function toTerm(document: ReadDocument, { name, schema, description, ...rest }: Parameter): Term {
  const { description: general, ...whole } = resolve(document, schema)
  const { enum: words } = whole.items ? resolve(document, whole.items) : whole
  const said = description ?? general
  return {
    name,
    type: typeOf(document, whole),
    required: rest.required === true,
    deprecated: rest.deprecated,
    notes: notesOf({ ...whole, ...(said && { description: said }), ...(words && { enum: words }) }),
  }
}

interface Filter {
  readonly parameter: Parameter
  /** `_gt`, `_lte`, … */
  readonly suffixes: readonly string[]
}

const suffixed = /^(.+?)(_(?:ne|gt|gte|lt|lte|contains|icontains|starts_with|is_null))$/

/** A filter is a parameter that others begin with, such as `area` and `area_gt`. */
function divide(parameters: readonly Parameter[]) {
  const bases = new Set(parameters.map(({ name }) => suffixed.exec(name)?.[1]))
  const filters = parameters
    .filter(({ name }) => bases.has(name))
    .map((parameter): Filter => {
      const { name } = parameter
      const own = parameters.filter(each => suffixed.exec(each.name)?.[1] === name)
      return { parameter, suffixes: own.map(each => each.name.slice(name.length)) }
    })
  const isOther = ({ name }: Parameter) =>
    !filters.some(({ parameter, suffixes }) =>
      ['', ...suffixes].some(suffix => parameter.name + suffix === name),
    )
  return { filters, others: parameters.filter(isOther) }
}

function filterList(document: ReadDocument, filters: readonly Filter[]): Markup {
  const terms = filters.map(({ parameter, suffixes }) => {
    const term = toTerm(document, parameter)
    return { ...term, notes: [...term.notes, html`<p>Also with ${listed(suffixes)}</p>`] }
  })
  return html`<details class="filters"><summary>Filters by ${numberOf(terms.length, 'field')}</summary>${termList(terms)}</details>`
}
