// Figures of a list: `group_by=currency&sum=amount` gives a row for each currency.

import type { Field, JsonSchema } from '../resource/field.ts'
import { valueShape, withoutExamples } from '../resource/field-shape.ts'
import { DefinitionError, isLong, type Model } from '../resource/model.ts'
import {
  count,
  type Figure,
  figuresOf,
  type GroupKey,
  groupKeysOf,
  ofFields,
  type SummaryColumn,
} from './figures.ts'
import {
  type Condition,
  type FilterParameter,
  filterParameters,
  orParameters,
  parseFilters,
} from './filter.ts'
import type { Parameter } from './parameter.ts'
import { parseSearch, searchParameters } from './search.ts'

/** How many fields rows may be grouped by. */
const maxGroupKeys = 2
/** How many rows a summary in JSON has at most. */
export const maxGroups = 1000

/** Everything that may be asked for. */
export interface SummaryParameters {
  readonly filters: readonly FilterParameter[]
  readonly groups: readonly GroupKey[]
  readonly figures: readonly Figure[]
  readonly all: readonly Parameter[]
}

export interface SummaryQuery {
  readonly filters: readonly Condition[]
  readonly groups: readonly GroupKey[]
  readonly figures: readonly Figure[]
}

/** `implied`: the field whose value the address gives. Throws a `DefinitionError` for names that mean two things. */
export function summaryParameters(model: Model, implied?: Field): SummaryParameters {
  const filterable = model.filterable.filter(field => field !== implied)
  const through = model.through.filter(({ reference }) => reference !== implied)
  const filters = filterParameters({ filterable, through })
  const groups = filterable.filter(isGroupable).flatMap(groupKeysOf)
  const figures = [
    count,
    ...filterable.filter(field => isMeasured(model, field)).flatMap(figuresOf),
  ]
  const all = [
    ...chosenParameter('group_by', groups, maxGroupKeys),
    countParameter,
    ...ofFields.flatMap(name => figureParameters(name, figures)),
    ...searchParameters(model),
    ...orParameters(filters),
    ...filters,
  ]
  requireOneMeaning(model, 'a parameter', all)
  requireOneMeaning(model, 'a member', [...groups, ...figures])
  return { filters, groups, figures, all }
}

function requireOneMeaning(
  { file }: Model,
  thing: string,
  named: readonly { readonly name: string }[],
): void {
  const names = named.map(({ name }) => name)
  const twice = names.filter((name, index) => names.indexOf(name) !== index)
  if (twice.length === 0) return
  throw new DefinitionError(
    twice.map(name => `${file}: ${name} would be ${thing} of its summary twice; rename the field`),
  )
}

/** Long texts would make long groups. */
function isGroupable(field: Field): boolean {
  return field.kind.isScalar && !isLong(field)
}

/** A key or a reference is a name, and no number of anything. */
function isMeasured({ key, references }: Model, field: Field): boolean {
  const isName = field === key || references.some(reference => reference.field === field)
  return !isName && field.kind.comparison(field) === 'ordered'
}

const countParameter: Parameter = {
  name: 'count',
  description:
    'Whether to return the number of rows, as is done where no other figure is asked for',
  schema: { type: 'boolean' },
  isGeneral: true,
}

/** None where there is nothing to choose. */
function chosenParameter(
  name: string,
  choice: readonly { readonly name: string }[],
  most: number,
): readonly Parameter[] {
  if (choice.length === 0) return []
  const items = { type: 'string', enum: choice.map(({ name }) => name) }
  return [{ name, schema: { type: 'array', maxItems: most, items }, commas: true }]
}

function figureParameters(name: Figure['figure'], figures: readonly Figure[]) {
  const fields = figures.flatMap(({ figure, field }) =>
    figure === name && field !== undefined ? [field] : [],
  )
  return chosenParameter(name, fields, 20)
}

interface Asked {
  readonly parameters: Readonly<Record<string, unknown>>
  /** The conditions that the address implies. */
  readonly scope: readonly Condition[]
}

/** The summary that checked parameters ask for. */
export function parseSummary(
  model: Model,
  { filters, groups, figures }: SummaryParameters,
  { parameters: query, scope }: Asked,
): SummaryQuery {
  const names = (parameter: string) => (query[parameter] ?? []) as readonly string[]
  const by = [...new Set(names('group_by'))]
  const ofFields = figures.filter(
    ({ figure, field }) => field !== undefined && names(figure).includes(field.name),
  )
  const search = parseSearch(model, query.q)
  const counts = query.count === true || ofFields.length === 0
  return {
    filters: [
      ...scope,
      ...parseFilters(filters, query),
      ...(search === undefined ? [] : [{ search }]),
    ],
    groups: by.flatMap(name => groups.filter(group => group.name === name)),
    figures: counts ? [count, ...ofFields] : ofFields,
  }
}

export function summaryColumns({
  groups,
  figures,
}: Pick<SummaryQuery, 'groups' | 'figures'>): readonly SummaryColumn[] {
  return [...groups, ...figures]
}

/** The component for a row of a summary: every member that may be asked for. */
export function figuresShape(
  { component, name }: Model,
  parameters: Pick<SummaryQuery, 'groups' | 'figures'>,
): JsonSchema {
  const members = summaryColumns(parameters).map(({ name, shown }) => [
    name,
    withoutExamples(valueShape(shown)),
  ])
  return {
    $id: `${component}Figures`,
    description: `What some ${name} have in common, and figures of them`,
    type: 'object',
    minProperties: 1,
    properties: Object.fromEntries(members),
  }
}
