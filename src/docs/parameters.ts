// The parameters of the document. Parameters of all methods of an address are listed at the address. Parameters of several
// operations are components. All others are written out at their operation.

import { ifMatchParameter, ifNoneMatchParameter } from '../http/conditional.ts'
import type { RequestHeader } from '../http/header-names.ts'
import { idempotencyKeyParameter } from '../http/idempotency.ts'
import { type Preference, preferParameter } from '../http/prefer.ts'
import type { Operation } from '../operations/operation.ts'
import type { Parameter } from '../query/parameter.ts'
import type { JsonSchema } from '../resource/field.ts'
import { type Model, pascalCase } from '../resource/model.ts'
import type { ComponentRegistry } from './components.ts'
import type { Parts } from './parts.ts'

/** The parts of the document that parameters refer to. */
export interface ParameterSetting {
  readonly registry: ComponentRegistry
  readonly parts: Parts
}

/** The parameters of each address, and of each operation. */
export type PlacedParameters = ReadonlyMap<string | Operation, readonly object[]>

interface DescribedParameter {
  readonly name: string
  /** The resource whose fields it is about; undefined if it is about none. */
  readonly model: Model | undefined
  readonly parameter: object
  /** The parameter as text: equal texts are one parameter. */
  readonly text: string
}

interface ParameterPlace {
  readonly of: string | Operation
  readonly parameters: readonly DescribedParameter[]
}

export function placeParameters(
  operations: readonly Operation[],
  setting: ParameterSetting,
): PlacedParameters {
  const byPath = Map.groupBy(operations, ({ path }) => path)
  const places = [...byPath].flatMap(([path, methods]) => placesAt(path, methods, setting))
  const all = places.flatMap(({ parameters }) => parameters)
  const alike = Map.groupBy(all, ({ text }) => text)
  const references = new Map(
    [...alike].map(([text, same]) => [text, reference(same, setting.registry)]),
  )
  const refer = ({ text }: DescribedParameter) => references.get(text) as object
  return new Map(places.map(({ of, parameters }) => [of, parameters.map(refer)]))
}

function placesAt(
  path: string,
  methods: readonly Operation[],
  setting: ParameterSetting,
): ParameterPlace[] {
  const own = methods.map(of => ({ of, parameters: describedParameters(of, setting) }))
  const [first, ...others] = own.map(({ parameters }) => parameters)
  const isCommon = ({ text }: DescribedParameter) =>
    others.every(each => each.some(other => other.text === text))
  const common = others.length === 0 ? [] : (first ?? []).filter(isCommon)
  const texts = new Set(common.map(({ text }) => text))
  const rest = own.map(({ of, parameters }) => ({
    of,
    parameters: parameters.filter(({ text }) => !texts.has(text)),
  }))
  return [{ of: path, parameters: common }, ...rest]
}

/** `alike`: one parameter, repeated for each of its places. */
function reference(alike: readonly DescribedParameter[], registry: ComponentRegistry): object {
  const [{ name, model, parameter }] = alike as [DescribedParameter]
  if (alike.length === 1) return parameter
  const isOfOne = alike.every(other => other.model === model)
  const owner = isOfOne ? (model?.component ?? '') : ''
  return registry.refOrInline('parameters', owner + pascalCase(name), parameter)
}

function describedParameters(
  operation: Operation,
  setting: ParameterSetting,
): DescribedParameter[] {
  const { model, pathParameters, queryParameters, requestHeaders, preferences } = operation
  return [
    ...pathParameters.map(parameter =>
      described(parameter, model, {
        name: parameter.name,
        in: 'path',
        required: true,
        ...details(parameter, setting),
      }),
    ),
    ...queryParameters.map(parameter =>
      described(
        parameter,
        parameter.isGeneral ? undefined : model,
        queryParameter(parameter, setting),
      ),
    ),
    ...requestHeaders.map(header =>
      described(
        { name: headerName(header, preferences) },
        undefined,
        headerParameters[header](preferences),
      ),
    ),
  ]
}

function described(
  { name }: Pick<Parameter, 'name'>,
  model: Model | undefined,
  parameter: object,
): DescribedParameter {
  return { name, model, parameter, text: JSON.stringify(parameter) }
}

/** The values of a list are repeated parameters (`style: form`, `explode: true`), unless it says otherwise. */
function queryParameter(parameter: Parameter, setting: ParameterSetting): object {
  const { name, commas, isRequired } = parameter
  return {
    name,
    in: 'query',
    ...(isRequired ? { required: true } : {}),
    ...details(parameter, setting),
    ...(commas ? { explode: false } : {}),
  }
}

function details(parameter: Parameter, setting: ParameterSetting): object {
  const { description, example } = parameter
  return {
    ...(description === undefined ? {} : { description }),
    schema: valueSchema(parameter, setting),
    ...(example === undefined ? {} : { example }),
  }
}

/** The values of filters on several fields are a component, and so are the words of a field. */
function valueSchema({ schema, shape }: Parameter, { registry, parts }: ParameterSetting): object {
  if (shape !== undefined) return registry.refOrInline('schemas', shape, schema)
  const { items } = schema as { items?: JsonSchema }
  const part = items?.enum === undefined ? undefined : parts.find(items.enum)
  return part === undefined ? schema : { ...schema, items: part }
}

const headerParameters: Record<RequestHeader, (preferences: readonly Preference[]) => object> = {
  'If-Match': () => ifMatchParameter,
  'If-None-Match': () => ifNoneMatchParameter,
  'Idempotency-Key': () => idempotencyKeyParameter,
  Prefer: preferParameter,
}

/** Every `Prefer` parameter has `handling`. Those with more preferences have names of their own. */
function headerName(header: RequestHeader, preferences: readonly Preference[]): string {
  const more = preferences.filter(preference => preference !== 'handling')
  return header === 'Prefer' ? ['Prefer', ...more].join('-') : header
}
