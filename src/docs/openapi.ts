// The document: OpenAPI 3.1 of the registered routes by @fastify/swagger, completed in one pass from the operation table.

import swagger from '@fastify/swagger'
import type { FastifyInstance } from 'fastify'
import type { AccessPolicy } from '../access/access.ts'
import { serviceOperations } from '../http/service.ts'
import type { Operation } from '../operations/operation.ts'
import type { Model } from '../resource/model.ts'
import type { Shapes } from '../resource/shapes.ts'
import { type Components, Hoist } from './components.ts'
import { withIntegerFormats } from './integers.ts'
import { introduction } from './introduction.ts'
import { operationParameters } from './parameters.ts'
import type { Parts } from './parts.ts'
import { operationRequestBody } from './request-body.ts'
import { operationResponses, type ResponseSetting, serviceResponses } from './responses.ts'
import { documentSchemas } from './schemas.ts'
import { operationSecurity, scopeNote, securitySchemes } from './security.ts'
import { serversAt } from './servers.ts'

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
        description: introduction({ secured: options.policy.required, limited: options.limited }),
        contact: { name: 'The maintainers of this service' },
        license: { name: 'MIT', identifier: 'MIT' },
      },
      security: [],
      servers: serversAt(''),
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
  const { schemas, parts } = documentSchemas(options)
  const { policy, limited } = options
  const setting = { secured: policy.required, limited, hoist: new Hoist(), parts }
  const paths = Object.entries(document.paths).map(([path, item]) => {
    const methods = Object.entries(item).map(([method, skeleton]) => {
      const operation = byId.get(String(skeleton.operationId))
      const described = operation ? describe(operation, options, setting) : describeService(skeleton, setting)
      return [method, { ...skeleton, ...described }]
    })
    return [path.replace(/(?<=.)\/$/, ''), Object.fromEntries(methods)]
  })
  return withIntegerFormats({
    ...document,
    paths: Object.fromEntries(paths),
    components: {
      ...setting.hoist.components,
      schemas,
      ...(policy.required ? { securitySchemes } : {}),
    } as never,
  })
}

/** What the service is like, and where the components go. */
interface Setting extends ResponseSetting {
  readonly parts: Parts
}

function describe(operation: Operation, { policy }: DocumentOptions, setting: Setting): object {
  const body = operationRequestBody(operation)
  const note = scopeNote(policy, operation)
  return {
    description: note === undefined ? operation.description : `${operation.description} ${note}`,
    ...(operation.model.deprecated === undefined ? {} : { deprecated: true }),
    parameters: operationParameters(operation, setting.hoist, setting.parts),
    ...(body === undefined ? {} : { requestBody: body }),
    ...operationSecurity(policy, operation),
    responses: operationResponses(operation, setting),
  }
}

function describeService({ operationId }: Record<string, unknown>, setting: Setting): object {
  const operation = serviceOperations.find(({ id }) => id === operationId)
  if (operation === undefined) throw new Error(`The operation '${operationId}' is in no table.`)
  return { ...(setting.secured ? { security: [] } : {}), responses: serviceResponses(operation, setting) }
}
