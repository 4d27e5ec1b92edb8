// The responses of an operation, as the document has them.

import type { Representation } from '../http/representation.ts'
import type { ServiceOperation } from '../http/service.ts'
import type { Operation, Success } from '../operations/operation.ts'
import type { Model } from '../resource/model.ts'
import { schemaRef } from '../resource/shapes.ts'
import type { ComponentRegistry } from './components.ts'
import { type HeaderName, headerReferences } from './header-fields.ts'
import { problemResponses, type Refusing } from './problem-responses.ts'

/** What the service is like, and where the components go. */
export interface ResponseSetting extends Refusing {
  readonly registry: ComponentRegistry
}

/** What says the same of every response is in the introduction: `Cache-Control`, `Vary`, `Preference-Applied`, `RateLimit`. */
export function operationResponses(operation: Operation, setting: ResponseSetting): object {
  const { registry } = setting
  const successes = operation.successes.map(each => [
    each.status,
    success(operation, each, registry),
  ])
  return {
    ...Object.fromEntries(successes),
    ...problemResponses(operation.problems, setting, registry),
  }
}

export function serviceResponses(
  { linked, mediaType, shape, example }: ServiceOperation,
  setting: ResponseSetting,
): object {
  const { registry } = setting
  return {
    200: {
      description: String(shape.description),
      ...(linked ? { headers: headerReferences(['Link'], registry) } : {}),
      content: { [mediaType]: { schema: schemaRef(shape), example } },
    },
    ...problemResponses(['invalidParameter'], setting, registry),
  }
}

function success(
  { model, offers }: Operation,
  success: Success,
  registry: ComponentRegistry,
): object {
  const { description, component, content } = success
  const names = [...new Set([...success.headers, ...endHeaders(model)])]
  const response = {
    description,
    ...(names.length === 0 ? {} : { headers: headerReferences(names, registry) }),
    ...(content === undefined ? {} : { content: contentOf(content, offers) }),
  }
  if (component === undefined) return response
  if (content !== undefined) return registry.refOrInline('responses', component, response)
  return model.deprecated ? response : registry.ref('responses', component, response)
}

type Content = NonNullable<Success['content']>

/** The body of a response in each representation of it. */
function contentOf(content: Content, offers: readonly Representation[]): object {
  return Object.fromEntries(offers.map(offer => [offer.type, represented(content, offer)]))
}

/** Without an example of its own a body has that of its schema. */
function represented({ schema, example }: Content, offer: Representation): object {
  const shape = { schema: offer.schema(schema) }
  return example === undefined ? shape : { ...shape, example: offer.example(example) }
}

/** Of a resource that is going away. */
function endHeaders({ deprecated }: Model): readonly HeaderName[] {
  if (deprecated === undefined) return []
  const { sunset, link } = deprecated
  return [
    'Deprecation',
    ...(sunset === undefined ? [] : (['Sunset'] as const)),
    ...(link === undefined ? [] : (['Link'] as const)),
  ]
}
