// Lists that a definition's code asks `db` for: filters and sort as in an address, but by every field, and all rows at once.

import type { Condition } from '../query/filter.ts'
import { parametersToSchema } from '../query/parameter.ts'
import {
  type ListParameters,
  type ListQuery,
  listParameters,
  parseListQuery,
} from '../query/query.ts'
import type { ListOf } from '../resource/db.ts'
import { isComparable } from '../resource/field.ts'
import type { Model } from '../resource/model.ts'
import {
  compile,
  createAjv,
  findingToText,
  parameterFindings,
  type Validate,
} from '../validation/validator.ts'

/** How many rows `db.list` gives without a `limit`. */
export const maxOwnRows = 10_000

/** Filters by their parameters, `sort` and `limit`. */
export type Wanted = Readonly<Record<string, unknown>>

interface Language {
  readonly parameters: ListParameters
  readonly validate: Validate
}

/** Throws an `Error` for what is no parameter of the list, or has no value of its kind. */
export function toOwnQuery(model: Model, wanted: Wanted): ListQuery {
  const { parameters, validate } = languageOf(model)
  const query = toParameters(parameters, wanted)
  const findings = parameterFindings(validate(query), 'query').map(findingToText)
  if (findings.length > 0)
    throw new Error(`db cannot ask ${model.name} for that: ${findings.join('; ')}`)
  const { limit = maxOwnRows } = wanted as ListOf<object>
  const fields = model.fields
  return {
    ...parseListQuery(model, parameters, query),
    limit,
    fields,
    columns: fields,
    size: undefined,
  }
}

export function toOwnFilters(model: Model, wanted: Wanted): readonly Condition[] {
  return toOwnQuery(model, wanted).filters
}

/** Where an address may repeat a parameter, its value is a list. A value that is undefined would be no filter at all. */
function toParameters({ all }: ListParameters, wanted: Wanted): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(wanted).map(([name, value]) => {
      const parameter = all.find(each => each.name === name)
      if (parameter?.schema.type !== 'array') return [name, value ?? null]
      const values = [value ?? null].flat()
      return [name, parameter.commas ? values.flatMap(item => String(item).split(',')) : values]
    }),
  )
}

/** The parameters that are about responses. */
const ofResponses = ['cursor', 'fields', 'include']

const languages = new WeakMap<Model, Language>()

function languageOf(model: Model): Language {
  const known = languages.get(model)
  if (known !== undefined) return known
  const scalars = model.fields.filter(({ kind }) => kind.isScalar)
  const filterable = model.fields.filter(isComparable)
  const parameters = listParameters({ ...model, filterable, sortable: scalars })
  const offered = parameters.all.filter(({ name }) => !ofResponses.includes(name))
  const limit = { name: 'limit', schema: { type: 'integer', minimum: 0, maximum: maxOwnRows } }
  const schema = parametersToSchema([...offered, limit])
  const language = { parameters, validate: compile(createAjv(), schema) }
  languages.set(model, language)
  return language
}
