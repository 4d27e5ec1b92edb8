// An action: a change of a resource's own, beside those that every resource has, or in the place of one of them.

import type { RequestHeader } from '../http/header-names.ts'
import { jsonType } from '../http/media-types.ts'
import type { ProblemKind } from '../http/problem.ts'
import { json } from '../http/representation.ts'
import type { Parameter } from '../query/parameter.ts'
import type { JsonSchema } from '../resource/field.ts'
import { schemaRef } from '../resource/shapes.ts'
import type { Address } from './address.ts'
import { bodyProblems, changeProblems, describe, type Wording, withoutBody } from './describe.ts'
import type { Operation, Success } from './operation.ts'
import type { Run } from './run.ts'

export type Action = Run & {
  /** The last part of its address. An action without a name takes the place of the operation with its method. */
  readonly name?: string
  /** `POST` by default, which heeds an `Idempotency-Key`; `DELETE` heeds `If-Match`. */
  readonly method?: 'POST' | 'DELETE'
  readonly wording: Wording
  readonly parameters?: readonly Parameter[]
  readonly body?: { readonly shape: JsonSchema; readonly example: unknown }
  /** Nothing for an action whose response has no body. `creates`: its row is new, and has an address. */
  readonly response?: { readonly shape: JsonSchema; readonly creates?: boolean }
  /** How it may refuse, beside what follows from the rest. */
  readonly problems?: readonly ProblemKind[]
  /** The scope that its caller needs; by default the one to write. */
  readonly scope?: string
  readonly cacheable?: boolean
}

export function actionOperation(address: Address, action: Action): Operation {
  const {
    on,
    name,
    method = 'POST',
    wording,
    parameters = [],
    body,
    response,
    scope,
    cacheable,
  } = action
  const described = describe(address, wording, {
    method,
    on,
    ...(name === undefined ? {} : { path: `${address[on]}/${name}` }),
    queryParameters: parameters,
    requestHeaders: [...headersOf(method), 'Prefer'],
    preferences: ['handling'],
    bodies: body === undefined ? [] : [{ type: jsonType, ...body }],
    offers: response === undefined ? [] : [json],
    successes: [toSuccess(address, action)],
    problems: problemsOf(address, action),
    reads: false,
    ...(scope === undefined ? {} : { scope }),
    ...(cacheable === undefined ? {} : { cacheable }),
    file: address.model.file,
  })
  return { kind: 'action', action, ...described }
}

function headersOf(method: 'POST' | 'DELETE'): readonly RequestHeader[] {
  return method === 'POST' ? ['Idempotency-Key'] : ['If-Match', 'If-None-Match']
}

function toSuccess({ model }: Address, { method = 'POST', response }: Action): Success {
  if (response === undefined) return withoutBody(method === 'DELETE' ? 'Deleted' : 'Done', [])
  const { shape, creates = false } = response
  return {
    status: creates ? 201 : 200,
    description: creates ? 'Created' : `The ${model.singular}`,
    headers: ['ETag', ...(creates ? (['Location'] as const) : [])],
    content: { schema: schemaRef(shape) },
  }
}

function problemsOf(
  address: Address,
  { on, method = 'POST', body, response, problems = [] }: Action,
): ProblemKind[] {
  return [
    ...(body === undefined ? [] : bodyProblems),
    'invalidParameter',
    'insufficientStorage',
    ...(on === 'member' ? (['notFound'] as const) : []),
    ...(response === undefined ? [] : (['notAcceptable'] as const)),
    ...(method === 'POST'
      ? (['idempotencyKeyInUse', 'idempotencyKeyReused'] as const)
      : changeProblems(address)),
    ...problems,
  ]
}
