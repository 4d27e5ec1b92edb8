// The document: OpenAPI 3.1 of the registered routes by @fastify/swagger, completed in one pass from the operation table.

import swagger from '@fastify/swagger'
import type { FastifyInstance } from 'fastify'
import type { AccessPolicy } from '../access/access.ts'
import { jsonPatchShape } from '../http/json-patch.ts'
import type { Operation } from '../http/operations.ts'
import { problemShape } from '../http/problem.ts'
import { serviceOperations } from '../http/service.ts'
import type { JsonSchema } from '../resource/field.ts'
import type { Model } from '../resource/model.ts'
import type { Shapes } from '../resource/shapes.ts'
import { type Components, Hoist } from './components.ts'
import { withIntegerFormats } from './integers.ts'
import { introduction } from './introduction.ts'
import { operationParameters } from './parameters.ts'
import type { Refusing } from './problem-responses.ts'
import { operationRequestBody } from './request-body.ts'
import { operationResponses, serviceResponses } from './responses.ts'
import { operationSecurity, scopeNote, securitySchemes } from './security.ts'

export interface DocumentOptions {
  readonly title: string
  readonly version: string
  readonly models: readonly Model[]
  readonly shapes: ReadonlyMap<string, Shapes>
  readonly operations: readonly Operation[]
  readonly policy: AccessPolicy
  /** Whether requests are limited by plans. */
  readonly limited: boolean
}

/** Registers the document; it covers the routes that are registered after this. */
export async function registerOpenapi(app: FastifyInstance, options: DocumentOptions): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: options.title,
        version: options.version,
        description: introduction(refusingOf(options)),
        contact: { name: 'The maintainers of this service' },
        license: { name: 'MIT', identifier: 'MIT' },
      },
      security: [],
      servers: [
        { url: '/', description: 'The current version' },
        { url: '/v1', description: 'Version 1, pinned' },
      ],
      tags: [
        ...options.models.map(({ name, description: about }) => ({ name, description: about })),
        { name: 'service', description: 'The service itself' },
      ],
    },
    hideUntagged: true,
    refResolver: { buildLocalReference: json => String(json.$id) },
    // Parameters and bodies come from the table (`complete`): to resolve each schema here took seconds for hundreds of resources.
    transform: ({ schema, url, route }) => {
      const operation = route.config?.operation
      if (operation === undefined) return { schema, url }
      const { id, summary, description, model } = operation
      return { url, schema: { operationId: id, summary, description, tags: [model.name] } }
    },
    transformObject: input => {
      if (!('openapiObject' in input)) throw new Error('The document is OpenAPI 3.')
      return complete(input.openapiObject as unknown as Document, options) as never
    },
  })
}

interface Document {
  readonly paths: Record<string, Record<string, Record<string, unknown>>>
  readonly components?: Components
}

/** The routes' own parameters and bodies are replaced by richer ones of the same table; none is added or left out. */
function complete(document: Document, options: DocumentOptions): Document {
  const byId = new Map(options.operations.map(operation => [operation.id, operation]))
  const hoist = new Hoist()
  const paths = Object.entries(document.paths).map(([path, item]) => {
    const methods = Object.entries(item).map(([method, skeleton]) => {
      const operation = byId.get(String(skeleton.operationId))
      return [
        method,
        operation ? describe(skeleton, operation, options, hoist) : describeService(skeleton, options, hoist),
      ]
    })
    return [path.replace(/(?<=.)\/$/, ''), Object.fromEntries(methods)]
  })
  return withIntegerFormats({
    ...document,
    paths: Object.fromEntries(paths),
    components: {
      ...hoist.components,
      schemas: { ...allSchemas(options), ...hoist.components.schemas },
      ...(options.policy.required ? { securitySchemes } : {}),
    } as never,
  })
}

function describe(skeleton: object, operation: Operation, options: DocumentOptions, hoist: Hoist): object {
  const { operationId, summary, description: about, tags } = skeleton as Record<string, unknown>
  const shapes = options.shapes.get(operation.model.name) as Shapes
  const body = operationRequestBody(operation, shapes)
  return {
    operationId,
    tags,
    summary,
    description: [about, scopeNote(options.policy, operation)].filter(part => part !== undefined).join(' '),
    ...(operation.model.deprecated === undefined ? {} : { deprecated: true }),
    parameters: operationParameters(operation, hoist),
    ...(body === undefined ? {} : { requestBody: body }),
    ...operationSecurity(options.policy, operation),
    responses: operationResponses(operation, shapes, { ...refusingOf(options), hoist }),
  }
}

function refusingOf({ policy, limited }: DocumentOptions): Refusing {
  return { secured: policy.required, limited }
}

function describeService(skeleton: Record<string, unknown>, options: DocumentOptions, hoist: Hoist): object {
  const operation = serviceOperations.find(({ id }) => id === skeleton.operationId)
  if (operation === undefined) throw new Error(`The operation '${skeleton.operationId}' is in no table.`)
  const security = options.policy.required ? { security: [] } : {}
  return { ...skeleton, ...security, responses: serviceResponses(operation, { ...refusingOf(options), hoist }) }
}

/** The component schemas that are no resource's. */
export const sharedShapes: readonly JsonSchema[] = [
  jsonPatchShape,
  problemShape,
  ...serviceOperations.map(({ shape }) => shape),
]

/** Every component schema; the same objects that validate. */
export function allSchemas({ models, shapes }: Pick<DocumentOptions, 'models' | 'shapes'>): Record<string, JsonSchema> {
  const own = models.flatMap(model => {
    const { representation, listed, create, createBelow, replacement, patch, selection, issued } = shapes.get(
      model.name,
    ) as Shapes
    return [
      representation,
      listed,
      selection,
      create,
      ...Object.values(createBelow),
      // What is issued is not changed.
      ...(issued === undefined ? [replacement, patch] : [issued]),
      ...customShapes(model),
    ]
  })
  const named = [...own, ...sharedShapes].filter(shape => shape !== undefined)
  return Object.fromEntries(named.map(({ $id, ...shape }) => [$id, shape]))
}

function customShapes({ routes }: Model): JsonSchema[] {
  return routes.map(({ component, response }) => ({ $id: component, ...JSON.parse(JSON.stringify(response)) }))
}
