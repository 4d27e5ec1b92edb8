// The parameters of an operation, as the document has them.

import type { RequestHeader } from '../http/actions.ts'
import { ifMatchParameter, ifNoneMatchParameter } from '../http/conditional.ts'
import { idempotencyKeyParameter } from '../http/idempotency.ts'
import type { Operation } from '../http/operations.ts'
import { type Preference, preferParameter } from '../http/prefer.ts'
import type { Parameter } from '../query/parameter.ts'
import { pascalCase } from '../resource/model.ts'
import type { Hoist } from './components.ts'

const headerParameters: Record<RequestHeader, (preferences: readonly Preference[]) => object> = {
  'If-Match': () => ifMatchParameter,
  'If-None-Match': () => ifNoneMatchParameter,
  'Idempotency-Key': () => idempotencyKeyParameter,
  Prefer: preferParameter,
}

export function operationParameters(operation: Operation, hoist: Hoist): object[] {
  const { pathParameters, queryParameters, heeds, preferences } = operation
  const headers = heeds.map(header => ({ header, parameter: headerParameters[header](preferences) }))
  return [
    ...pathParameters.map(parameter => pathReference(operation, parameter, hoist)),
    ...queryParameters.map(parameter => queryReference(operation, parameter, hoist)),
    ...headers.map(({ header, parameter }) => hoist.ref('parameters', headerName(header, preferences), parameter)),
  ]
}

/** The key below a parent, or of something computed, is a component of its own: its example is another row. */
function pathReference({ model, parent, custom }: Operation, parameter: Parameter, hoist: Hoist): object {
  const component = { name: parameter.name, in: 'path', required: true, ...details(parameter) }
  const kind = parameter.name === model.key.name ? (parent?.model ?? custom?.name ?? '') : ''
  return hoist.ref('parameters', pascalCase(`${kind}_${model.component}_path_${parameter.name}`), component)
}

function queryReference({ model }: Operation, parameter: Parameter, hoist: Hoist): object {
  const style = parameter.schema.type === 'array' ? { style: 'form', explode: parameter.commas !== true } : {}
  const component = { name: parameter.name, in: 'query', ...details(parameter), ...style }
  const shared = parameter.name === 'limit' || parameter.name === 'cursor'
  return hoist.ref(
    'parameters',
    pascalCase(shared ? parameter.name : `${model.component}_${parameter.name}`),
    component,
  )
}

function details({ description, schema, example }: Parameter): object {
  return { description, schema, ...(example === undefined ? {} : { example }) }
}

/** Prefer is honoured in part by some operations; each part has its own component. */
function headerName(header: RequestHeader, preferences: readonly Preference[]): string {
  return pascalCase(header === 'Prefer' ? ['Prefer', ...preferences].join('-') : header)
}
