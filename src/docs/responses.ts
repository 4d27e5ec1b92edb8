// The responses of an operation, as the document has them.

import type { Representation } from '../http/representation.ts'
import type { ServiceOperation } from '../http/service-operation.ts'
import type { Content, Operation, Success } from '../operations/operation.ts'
import type { Model } from '../resource/model.ts'
import { schemaRef } from '../resource/shapes.ts'
import type { ComponentRegistry } from './components.ts'
import { type HeaderName, headerReferences } from './header-fields.ts'
import { problemResponses, type Refusing } from './problem-responses.ts'

/** The properties of the service, and the components. */
export interface ResponseSetting extends Refusing {
  readonly registry: ComponentRegistry
}

/** The successful responses of each operation, by their statuses. One that several operations have is a component. */
export type PlacedSuccesses = ReadonlyMap<Operation, object>

export function placeSuccesses(
  operations: readonly Operation[],
  registry: ComponentRegistry,
): PlacedSuccesses {
  const described = operations.map(operation => ({
    operation,
    responses: operation.successes.map(success => describedResponse(operation, success, registry)),
  }))
  const all = described.flatMap(({ responses }) => responses)
  const alike = Map.groupBy(all, ({ text }) => text)
  const place = ({ status, component, response, text }: DescribedResponse) => {
    const isShared = component !== undefined && (alike.get(text) ?? []).length > 1
    return [status, isShared ? registry.refOrInline('responses', component, response) : response]
  }
  return new Map(
    described.map(({ operation, responses }) => [
      operation,
      Object.fromEntries(responses.map(place)),
    ]),
  )
}

interface DescribedResponse {
  readonly status: number
  readonly component: string | undefined
  readonly response: object
  /** The response as text: equal texts are one response. */
  readonly text: string
}

export function operationResponses(
  operation: Operation,
  successes: PlacedSuccesses,
  setting: ResponseSetting,
): object {
  return {
    ...successes.get(operation),
    ...problemResponses(operation.problems, setting, setting.registry),
  }
}

export function serviceResponses(
  { linked, mediaType, shape, example }: ServiceOperation,
  setting: ResponseSetting,
): object {
  const { registry } = setting
  const response = {
    description: String(shape.description),
    ...(linked ? { headers: headerReferences(['Link'], registry) } : {}),
    content: { [mediaType]: { schema: schemaRef(shape), example } },
  }
  return {
    200: registry.refOrInline('responses', String(shape.$id), response),
    ...problemResponses(['invalidParameter'], setting, registry),
  }
}

/** The introduction explains what is the same for every response: `Cache-Control`, `Vary`, `Preference-Applied`, `RateLimit`. */
function describedResponse(
  { model, offers }: Operation,
  { status, description, headers, content, others, component }: Success,
  registry: ComponentRegistry,
): DescribedResponse {
  const names = [...new Set([...headers, ...endHeaders(model)])]
  const response = {
    description,
    ...(names.length === 0 ? {} : { headers: headerReferences(names, registry) }),
    ...(content === undefined && others === undefined
      ? {}
      : { content: { ...(content && contentOf(content, offers)), ...others } }),
  }
  return { status, component, response, text: JSON.stringify(response) }
}

/** The body of a response in each representation of it. */
function contentOf(content: Content, offers: readonly Representation[]): object {
  return Object.fromEntries(offers.map(offer => [offer.type, represented(content, offer)]))
}

/** A body in JSON that has no example, or that of its schema, shows none of its own. */
function represented(
  content: Content,
  { schema: toSchema, write, isText }: Representation,
): object {
  const { schema, example, hasSchemaExample = false, fields = [] } = content
  const shape = { schema: toSchema(schema) }
  if (example === undefined || (hasSchemaExample && !isText)) return shape
  return { ...shape, example: isText ? write(example, fields) : example }
}

/** The header fields of a deprecated resource. */
function endHeaders({ deprecated }: Model): readonly HeaderName[] {
  if (deprecated === undefined) return []
  const { sunset, link } = deprecated
  return [
    'Deprecation',
    ...(sunset === undefined ? [] : (['Sunset'] as const)),
    ...(link === undefined ? [] : (['Link'] as const)),
  ]
}
