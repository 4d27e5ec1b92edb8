// The query of a list: filters, sort, page and fields, made from checked parameters.

import type { Field } from '../resource/field.ts'
import type { Include } from '../resource/include.ts'
import { DefinitionError, isComputed, type Model } from '../resource/model.ts'
import { fromStored, type Row, type SqlValue, toStored } from '../resource/row.ts'
import { decodeCursor, encodeCursor, type Position } from './cursor.ts'
import {
  type Filter,
  type FilterParameter,
  filterParameters,
  orParameters,
  parseFilters,
} from './filter.ts'
import { chosenIncludes, includeParameters, linkingFields } from './include.ts'
import { countFitting, type PageSize, pageSize } from './page-size.ts'
import type { Parameter } from './parameter.ts'
import { type Plan, planOf, rankedPlan, toPlan } from './plan.ts'
import { parseSearch, type Search, searchParameters } from './search.ts'

export const defaultLimit = 20
export const maxLimit = 1000

/** In bytes, the longest cursor: that text at four bytes a character, and the rest of the cursor, in base64. */
export const maxCursorLength = 6000

/** A query on one table. */
export interface ListQuery extends Plan {
  readonly position: Position | undefined
  readonly limit: number
  /** The fields to return, in the order of the table. */
  readonly fields: readonly Field[]
  /** The related rows to return with each. */
  readonly includes: readonly Include[]
  /** The columns to read: `fields` first, or all of the table if some are computed, then the sort keys and what is included by, where they are not among them. */
  readonly columns: readonly Field[]
  /** How to measure the rows; undefined if no page of this query can be too large. */
  readonly size: PageSize | undefined
  readonly search?: Search | undefined
  /** Whether it has the best rows first where a search finds few; it has an order already if its caller names one, or goes on. */
  readonly mayBeRanked?: boolean
}

export interface ListParameters {
  readonly filters: readonly FilterParameter[]
  readonly all: readonly Parameter[]
  /** The usual query: all rows in the order of the key. */
  readonly plain: Plan
}

/** `implied`: the field whose value the address gives, so that filters and sorts by it would have no effect. */
export function listParameters(model: Model, implied?: Field): ListParameters {
  const filterable = model.filterable.filter(field => field !== implied)
  const sortable = model.sortable.filter(field => field !== implied)
  const through = model.through.filter(({ reference }) => reference !== implied)
  const filters = filterParameters({ filterable, through })
  const sort = sortable.length === 0 ? [] : [sortParameter({ sortable })]
  const general = [
    limitParameter,
    cursorParameter,
    ...searchParameters(model),
    ...sort,
    fieldsParameter(model, model.listed),
    ...includeParameters(model),
    ...orParameters(filters),
  ]
  const all = [...general, ...filters]
  const taken = new Set([...namesOf(general), ...reserved])
  const collisions = namesOf(filters).filter(name => taken.size === taken.add(name).size)
  if (collisions.length > 0)
    throw new DefinitionError(
      collisions.map(
        name => `${model.file}: ${name} collides with a parameter of its list; rename the field`,
      ),
    )
  return { filters, all, plain: toPlan(model, { filters: [], search: undefined, names: [] }) }
}

function namesOf(parameters: readonly Parameter[]): readonly string[] {
  return parameters.map(({ name }) => name)
}

/** Names of parameters that a list may yet have. */
const reserved = ['include', 'or', 'q']

const limitParameter: Parameter = {
  name: 'limit',
  description: `The number of results per page (${defaultLimit} by default); a page of large rows may have fewer, and its \`next\` link goes on. CSV and JSON in lines have all rows where neither \`limit\` nor \`cursor\` is sent`,
  // Without a default in the schema: generated clients would send it, and never get a whole list.
  schema: { type: 'integer', minimum: 1, maximum: maxLimit },
  isGeneral: true,
}

const cursorParameter: Parameter = {
  name: 'cursor',
  description:
    'Where the page begins: taken from the `Link` header of another page, with all other parameters unchanged',
  schema: { type: 'string', maxLength: maxCursorLength },
  isGeneral: true,
}

function sortParameter({ sortable }: Pick<Model, 'sortable'>): Parameter {
  const items = { type: 'string', enum: sortable.flatMap(({ name }) => [name, `-${name}`]) }
  return {
    name: 'sort',
    schema: { type: 'array', maxItems: 10, items },
    commas: true,
  }
}

/** `fields=id,name`: the members to return, of a list or of one row. `byDefault`: those that are returned without it. */
export function fieldsParameter({ shown: fields }: Model, byDefault = fields): Parameter {
  const items = { type: 'string', enum: fields.map(({ name }) => name) }
  const isWhole = byDefault === fields
  const shown = byDefault.map(({ name }) => `\`${name}\``).join(', ')
  return {
    name: 'fields',
    ...(isWhole ? {} : { description: `By default ${shown}` }),
    schema: {
      type: 'array',
      minItems: 1,
      maxItems: 100,
      items,
      ...(isWhole ? {} : { default: byDefault.map(({ name }) => name) }),
    },
    commas: true,
  }
}

/** The fields that a checked `fields` names, in the order of the table. */
export function chosenFields(model: Model, chosen: unknown): readonly Field[] | undefined {
  return Array.isArray(chosen) ? model.shown.filter(({ name }) => chosen.includes(name)) : undefined
}

/**
 * The query for checked parameters; `scope`: the filters that the address implies. Throws a `ParameterError` for a cursor of
 * another list.
 */
export function parseListQuery(
  model: Model,
  parameters: ListParameters,
  query: Readonly<Record<string, unknown>>,
  scope: readonly Filter[] = [],
): ListQuery {
  const filtered = [...scope, ...parseFilters(parameters.filters, query)]
  const search = parseSearch(model, query.q)
  const isPlain = filtered.length === 0 && query.sort === undefined && search === undefined
  const asked = { filters: filtered, search, names: query.sort as readonly string[] | undefined }
  const plan = isPlain ? parameters.plain : planOf(model, asked, query.cursor)
  const { filters, sort, signature } = plan
  const fields = chosenFields(model, query.fields) ?? model.listed
  const sortFields = sort.map(({ field }) => field)
  const limit = (query.limit as number | undefined) ?? defaultLimit
  const includes = chosenIncludes(model, query.include)
  const columns = readColumns(columnsOf(model, fields), [...sortFields, ...linkingFields(includes)])
  return {
    filters,
    sort,
    position:
      query.cursor === undefined
        ? undefined
        : storedPosition(decodeCursor(String(query.cursor), signature, sortFields), sortFields),
    limit,
    fields,
    includes,
    columns,
    size: pageSize(columns, limit, { computed: computedOf(model, fields) }),
    signature,
    ...(search && {
      search,
      mayBeRanked: query.sort === undefined && query.cursor === undefined,
    }),
  }
}

function readColumns(first: readonly Field[], needed: readonly Field[]): readonly Field[] {
  return [...first, ...new Set(needed.filter(field => !first.includes(field)))]
}

/** The same query, with the best rows first. */
export function ranked(model: Model, query: ListQuery): ListQuery {
  if (query.search === undefined) return query
  const plan = rankedPlan(model, query, query.search)
  const fields = plan.sort.map(({ field }) => field)
  return { ...query, ...plan, columns: readColumns(query.columns, fields) }
}

/** The fields to read to show these: a computed member may need every field. */
export function columnsOf(model: Model, fields: readonly Field[]): readonly Field[] {
  return computedOf(model, fields).length > 0 ? model.fields : fields
}

export function computedOf(model: Model, fields: readonly Field[]): readonly Field[] {
  return fields.filter(field => isComputed(model, field))
}

/** A cursor has the values that its caller sees. */
function storedPosition({ values, backward }: Position, fields: readonly Field[]): Position {
  return { backward, values: fields.map((field, index) => toStored(field, values[index])) }
}

export interface Page {
  readonly rows: readonly Row[]
  readonly next: string | undefined
  readonly prev: string | undefined
}

/** How many of the rows that were found are on the page. */
export function countOnPage({ limit, size }: ListQuery, found: readonly Row[]): number {
  return Math.min(limit, size === undefined ? found.length : countFitting(size, found))
}

/** Makes a page from the rows that were found: up to `limit` + 1, nearest to the position first; of the first `count`. */
export function rowsToPage(
  query: ListQuery,
  found: readonly Row[],
  count = countOnPage(query, found),
): Page {
  const { position, signature } = query
  const backward = position?.backward === true
  const more = found.length > count
  const rows = backward ? found.slice(0, count).reverse() : found.slice(0, count)
  const cursorAt = (row: Row | undefined, back: boolean) =>
    row && encodeCursor({ values: sortValues(query, row), backward: back }, signature)
  return {
    rows,
    next: (backward ? position !== undefined : more) ? cursorAt(rows.at(-1), false) : undefined,
    prev: (backward ? more : position !== undefined) ? cursorAt(rows[0], true) : undefined,
  }
}

function sortValues({ sort, columns }: ListQuery, row: Row): readonly SqlValue[] {
  return sort.map(({ field, prefix }) => {
    // So that cursors are the same for every database: SQLite's booleans are 0 and 1.
    const value = fromStored(field, row[columns.indexOf(field)] ?? null) as SqlValue
    return prefix === undefined || typeof value !== 'string'
      ? value
      : firstCharacters(value, prefix)
  })
}

/** Counts by code point, as SQL does. */
function firstCharacters(text: string, count: number): string {
  return text.length <= count ? text : [...text.slice(0, 2 * count)].slice(0, count).join('')
}
