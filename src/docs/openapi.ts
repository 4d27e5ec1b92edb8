// The document: OpenAPI 3.1, made from the operations, their shapes and the description of the service, and from nothing else.

import type { AccessPolicy } from '../access/access.ts'
import type { About } from '../http/about.ts'
import { serviceOperations } from '../http/service.ts'
import type { ServiceOperation } from '../http/service-operation.ts'
import type { Operation } from '../operations/operation.ts'
import type { Model } from '../resource/model.ts'
import type { Shapes } from '../resource/shapes.ts'
import { ComponentRegistry, type Components } from './components.ts'
import { withIntegerFormats } from './integers.ts'
import { introduction } from './introduction.ts'
import { type OwnRoute, ownPaths } from './own-routes.ts'
import { type PlacedParameters, placeParameters } from './parameters.ts'
import type { Parts } from './parts.ts'
import { operationRequestBody } from './request-body.ts'
import {
  operationResponses,
  type PlacedSuccesses,
  placeSuccesses,
  type ResponseSetting,
  serviceResponses,
} from './responses.ts'
import { documentSchemas } from './schemas.ts'
import {
  operationSecurity,
  optionalSecurity,
  scopeNote,
  securitySchemes,
  usualSecurity,
} from './security.ts'
import { serversAt } from './servers.ts'

export interface DocumentOptions {
  readonly about: About
  readonly models: readonly Model[]
  readonly shapes: ReadonlyMap<string, Shapes>
  readonly operations: readonly Operation[]
  /** The project's plugins, and their routes. */
  readonly own?: OwnParts
  readonly policy: AccessPolicy
  /** Whether requests are limited by plans. */
  readonly limited: boolean
  /** The operations about the service itself; all of them by default. */
  readonly service?: readonly ServiceOperation[]
}

export interface OwnParts {
  readonly plugins: readonly { readonly name: string; readonly description?: string }[]
  readonly routes: readonly OwnRoute[]
}

export interface OpenapiDocument {
  readonly openapi: string
  readonly info: Omit<About, 'servers'>
  readonly security: readonly object[]
  readonly servers: readonly { readonly url: string; readonly description?: string }[]
  readonly tags: readonly { readonly name: string; readonly description: string }[]
  readonly paths: Readonly<Record<string, Readonly<Record<string, object>>>>
  readonly components: Components
}

export function openapiDocument(options: DocumentOptions): OpenapiDocument {
  const { about, policy, limited } = options
  const { servers = [], ...said } = about
  const general = introduction({ secured: policy.required, limited })
  const { schemas, parts } = documentSchemas(options)
  const setting = {
    secured: policy.required,
    limited,
    registry: new ComponentRegistry(schemas),
    parts,
  }
  const paths = documentPaths(options, setting)
  return withIntegerFormats({
    openapi: '3.1.0',
    info: infoOf(said, general),
    servers: [...serversAt(''), ...servers],
    security: usualSecurity(policy),
    tags: [
      ...options.models.map(model => ({ name: model.name, description: model.description })),
      ...ownTags(options.own),
      { name: 'service', description: 'The service itself' },
    ],
    paths,
    components: { ...setting.registry.components, ...(policy.required ? { securitySchemes } : {}) },
  })
}

/** A tag for each plugin with routes. */
function ownTags({ plugins, routes }: OwnParts = noOwn): OpenapiDocument['tags'] {
  const named = plugins.filter(({ name }) => routes.some(({ tag }) => tag === name))
  return named.map(({ name, description = `What the plugin ${name} serves` }) => ({
    name,
    description,
  }))
}

const noOwn: OwnParts = { plugins: [], routes: [] }

/** `general`: what holds for every operation. */
function infoOf(said: OpenapiDocument['info'], general: string): OpenapiDocument['info'] {
  const { title, version, description, ...rest } = said
  return {
    title,
    version,
    description: description === undefined ? general : `${description.trim()}\n\n${general}`,
    contact: { name: 'The maintainers of this service' },
    ...rest,
  }
}

/** The properties of the service, the components and their parts. */
interface DocumentSetting extends ResponseSetting {
  readonly parts: Parts
}

interface PlacedSetting extends DocumentSetting {
  readonly parameters: PlacedParameters
  readonly successes: PlacedSuccesses
}

/** By address, then by method: resources first, the service last. */
function documentPaths(
  { operations, own = noOwn, policy, service: shown = serviceOperations }: DocumentOptions,
  setting: DocumentSetting,
): OpenapiDocument['paths'] {
  const placed = {
    ...setting,
    parameters: placeParameters(operations, setting),
    successes: placeSuccesses(operations, setting.registry),
  }
  const items = [...Map.groupBy(operations, ({ path }) => path)].map(([path, methods]) => {
    const described = methods.map(operation => [
      operation.method.toLowerCase(),
      describe(operation, policy, placed),
    ])
    return [
      path,
      { ...withParameters(placed.parameters.get(path)), ...Object.fromEntries(described) },
    ]
  })
  const service = shown.map(operation => [
    operation.path,
    { get: describeService(operation, setting) },
  ])
  const ofPlugins = Object.entries(ownPaths(own.routes, policy, setting))
  return Object.fromEntries([...items, ...ofPlugins, ...service])
}

function withParameters(parameters: readonly object[] = []): object {
  return parameters.length === 0 ? {} : { parameters }
}

function describe(operation: Operation, policy: AccessPolicy, setting: PlacedSetting): object {
  const { id, summary, description, model } = operation
  const body = operationRequestBody(operation)
  const note = scopeNote(policy, operation)
  return {
    operationId: id,
    summary,
    description: note === undefined ? description : `${description} ${note}`,
    tags: [model.name],
    ...(model.deprecated === undefined ? {} : { deprecated: true }),
    ...operationSecurity(policy, operation),
    ...withParameters(setting.parameters.get(operation)),
    ...(body === undefined ? {} : { requestBody: body }),
    responses: operationResponses(operation, setting.successes, setting),
  }
}

function describeService(operation: ServiceOperation, setting: DocumentSetting): object {
  const { id, summary, description, scope, parameters = [] } = operation
  const isScoped = setting.secured && scope !== undefined
  return {
    operationId: id,
    summary,
    description: isScoped ? `${description} Scope: \`${scope}\`.` : description,
    tags: ['service'],
    ...serviceSecurity(operation, setting),
    ...withParameters(parameters.map(parameter => ({ in: 'query', ...parameter }))),
    responses: serviceResponses(operation, setting),
  }
}

/** Credentials are read only where they are needed, or where the response says whose they are. */
function serviceSecurity(
  { knowsCaller, scope }: ServiceOperation,
  { secured }: DocumentSetting,
): object {
  if (!secured) return {}
  if (scope !== undefined) return { 'x-required-scopes': [scope] }
  return { security: knowsCaller ? optionalSecurity : [] }
}
