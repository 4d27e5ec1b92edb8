// The responses of an operation, as the document has them.

import type { Action } from '../http/actions.ts'
import type { Operation } from '../http/operations.ts'
import type { ServiceOperation } from '../http/service.ts'
import { answerShape } from '../resource/answer-shape.ts'
import {
  type Below,
  changedRowExample,
  createdExample,
  listExample,
  patchExample,
  replacementExample,
  rowExample,
} from '../resource/example.ts'
import { schemaExample } from '../resource/field-example.ts'
import type { Model } from '../resource/model.ts'
import type { Shapes } from '../resource/shapes.ts'
import { type Hoist, schemaRef } from './components.ts'
import { type HeaderName, headerReferences } from './header-fields.ts'
import { problemResponses, type Refusing } from './problem-responses.ts'

/** What the service is like, and where the components go. */
export interface ResponseSetting extends Refusing {
  readonly hoist: Hoist
}

export function operationResponses(operation: Operation, shapes: Shapes, setting: ResponseSetting): object {
  const { hoist } = setting
  const successes = operation.successes.map(status => [status, success(operation, shapes, status, hoist)])
  return { ...Object.fromEntries(successes), ...problemResponses(operation.problems, setting, hoist) }
}

export function serviceResponses(
  { linked, mediaType, shape, example }: ServiceOperation,
  setting: ResponseSetting,
): object {
  const { hoist } = setting
  return {
    200: {
      description: String(shape.description),
      ...(linked ? { headers: headerReferences(['Link'], hoist) } : {}),
      content: { [mediaType]: { schema: schemaRef(shape), example } },
    },
    ...problemResponses(['invalidParameter'], setting, hoist),
  }
}

function success(operation: Operation, shapes: Shapes, status: number, hoist: Hoist): object {
  const { action, model } = operation
  const names = successHeaders(operation, status)
  const headers = names.length === 0 ? {} : { headers: headerReferences(names, hoist) }
  const bare = bareResponses[status]
  if (bare !== undefined) {
    const response = { description: bare.description, ...headers }
    const name = bareNames[action] ?? bare.name
    return model.deprecated === undefined ? hoist.ref('responses', name, response) : response
  }
  const { schema, example } = answerOf(operation, shapes)
  const content = { [operation.offers[0] as string]: { schema, example } }
  return { description: status === 201 ? 'Created' : answerDescription(operation), ...headers, content }
}

/** Responses without a body, which are the same for every resource. */
const bareResponses: Readonly<Record<number, { readonly name: string; readonly description: string }>> = {
  204: { name: 'Saved', description: 'Done. The response has no body.' },
  304: { name: 'NotModified', description: 'Nothing has changed: the copy that you have is current.' },
}

/** Where their header fields are others. */
const bareNames: Partial<Record<Action, string>> = { list: 'PageNotModified', remove: 'Deleted', revoke: 'Deleted' }

function answerDescription({ action, model, custom }: Operation): string {
  if (custom !== undefined) return custom.summary
  return action === 'list' ? `A page of ${model.name}` : `The ${model.singular}`
}

/** What says the same of every response is in the introduction: `Cache-Control`, `Vary`, `Preference-Applied`, `RateLimit`. */
function successHeaders(operation: Operation, status: number): readonly HeaderName[] {
  return [...new Set([...ownHeaders(operation, status), ...endHeaders(operation)])]
}

function ownHeaders({ action, heeds }: Operation, status: number): readonly HeaderName[] {
  if (action === 'remove' || action === 'revoke' || action === 'compute') return []
  return [
    'ETag',
    ...(action === 'list' ? (['Link', 'X-Total-Count'] as const) : []),
    ...(status === 201 ? (['Location'] as const) : []),
    ...(heeds.includes('Idempotency-Key') ? (['Idempotent-Replayed'] as const) : []),
  ]
}

/** Of a resource that is going away. */
function endHeaders({ model: { deprecated } }: Operation): readonly HeaderName[] {
  if (deprecated === undefined) return []
  const { sunset, link } = deprecated
  return [
    'Deprecation',
    ...(sunset === undefined ? [] : (['Sunset'] as const)),
    ...(link === undefined ? [] : (['Link'] as const)),
  ]
}

/** A read may return a choice of members; a write always returns all. */
function answerOf({ action, model, custom, below }: Operation, shapes: Shapes): { schema: object; example: unknown } {
  if (shapes.issued !== undefined && (action === 'issue' || action === 'rotate'))
    return { schema: schemaRef(shapes.issued), example: issuedExample(action, model) }
  if (custom !== undefined)
    return { schema: schemaRef({ $id: custom.component }), example: schemaExample(answerShape(custom.response)) }
  if (action === 'list')
    return { schema: { type: 'array', items: schemaRef(shapes.view) }, example: listExample(model, below) }
  const schema = schemaRef(action === 'read' ? shapes.view : shapes.representation)
  return { schema, example: memberExample(action, model, below) }
}

/** No text that a scanner of leaked secrets would take for one. */
function issuedExample(action: Action, model: Model): object {
  return { ...(action === 'issue' ? createdExample(model) : rowExample(model)), secret: 'rw_live_…' }
}

function memberExample(action: Action, model: Model, below: Below | undefined): object {
  if (action === 'create') return createdExample(model, below)
  if (action === 'replace') return changedRowExample(model, replacementExample(model, below), below)
  return action === 'update' ? changedRowExample(model, patchExample(model), below) : rowExample(model, below)
}
