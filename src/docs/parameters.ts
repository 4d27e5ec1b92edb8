// The parameters of an operation, as the document has them.

import { ifMatchParameter, ifNoneMatchParameter } from '../http/conditional.ts'
import type { RequestHeader } from '../http/header-names.ts'
import { idempotencyKeyParameter } from '../http/idempotency.ts'
import { type Preference, preferParameter } from '../http/prefer.ts'
import type { Operation } from '../operations/operation.ts'
import type { Parameter } from '../query/parameter.ts'
import type { JsonSchema } from '../resource/field.ts'
import { pascalCase } from '../resource/model.ts'
import type { ComponentRegistry } from './components.ts'
import type { Parts } from './parts.ts'

const headerParameters: Record<RequestHeader, (preferences: readonly Preference[]) => object> = {
  'If-Match': () => ifMatchParameter,
  'If-None-Match': () => ifNoneMatchParameter,
  'Idempotency-Key': () => idempotencyKeyParameter,
  Prefer: preferParameter,
}

/**
 * What several operations have in common is a component; filters, which are one list's own, stand where they belong. Names
 * of components end in `Parameter`: generators name types by them and by schemas alike.
 */
export function operationParameters(operation: Operation, registry: ComponentRegistry, parts: Parts): object[] {
  const { pathParameters, queryParameters, requestHeaders, preferences } = operation
  const headers = requestHeaders.map(header => ({ header, parameter: headerParameters[header](preferences) }))
  return [
    ...pathParameters.map(parameter => pathParameter(operation, parameter, registry)),
    ...queryParameters.map(parameter => queryParameter(operation, withParts(parameter, parts), registry)),
    ...headers.map(({ header, parameter }) =>
      registry.refOrInline('parameters', `${headerName(header, preferences)}Parameter`, parameter),
    ),
  ]
}

function pathParameter(operation: Operation, parameter: Parameter, registry: ComponentRegistry): object {
  const described = { name: parameter.name, in: 'path', required: true, ...details(parameter) }
  // Its example is another row than those of the other operations.
  if (operation.kind === 'compute') return described
  return registry.refOrInline('parameters', `${pathName(operation, parameter)}Parameter`, described)
}

/** Below a parent the key has another example, so it is another component there. */
function pathName({ model, parent }: Operation, { name }: Parameter): string {
  if (parent === undefined) return `${model.component}Key`
  const above = pascalCase(parent.model)
  return name === model.key.name ? `${model.component}KeyBelow${above}` : `${above}Above${model.component}`
}

function queryParameter({ model, kind }: Operation, parameter: Parameter, registry: ComponentRegistry): object {
  const style = parameter.schema.type === 'array' ? { style: 'form', explode: parameter.commas !== true } : {}
  const described = { name: parameter.name, in: 'query', ...details(parameter), ...style }
  const { name } = parameter
  if (name === 'limit' || name === 'cursor')
    return registry.refOrInline('parameters', `${pascalCase(name)}Parameter`, described)
  if (name !== 'fields') return described
  const list = kind === 'list' && model.listed !== model.fields ? 'List' : ''
  return registry.refOrInline('parameters', `${model.component}${list}FieldsParameter`, described)
}

/** The words of a filter are those of its field. */
function withParts(parameter: Parameter, parts: Parts): Parameter {
  const { items } = parameter.schema as { items?: JsonSchema }
  const part = items?.enum === undefined ? undefined : parts.find(items.enum)
  return part === undefined ? parameter : { ...parameter, schema: { ...parameter.schema, items: part } }
}

function details({ description, schema, example }: Parameter): object {
  return { description, schema, ...(example === undefined ? {} : { example }) }
}

/** Prefer is honoured in part by some operations; each part has its own component. */
function headerName(header: RequestHeader, preferences: readonly Preference[]): string {
  return pascalCase(header === 'Prefer' ? ['Prefer', ...preferences].join('-') : header)
}
