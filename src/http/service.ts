// The operations that are about the service itself: where to go from `/` (RFC 8631), the API catalog (RFC 9727), the probes.

import type { JsonSchema } from '../resource/field.ts'
import { json } from './actions.ts'

export interface ServiceOperation {
  readonly id: string
  readonly path: string
  readonly summary: string
  readonly description: string
  readonly mediaType: string
  /** Whether its answer leads on by `Link`; a probe's does not, and is never kept. */
  readonly linked: boolean
  readonly shape: JsonSchema
  readonly example: unknown
}

/** The documents of the service by their relation to it. */
export const serviceDocuments = [
  { rel: 'service-desc', href: '/openapi.json', type: json },
  { rel: 'service-desc', href: '/openapi.yaml', type: 'application/yaml' },
  { rel: 'service-doc', href: '/docs', type: 'text/html' },
  { rel: 'status', href: '/health', type: json },
  { rel: 'api-catalog', href: '/.well-known/api-catalog', type: 'application/linkset+json' },
] as const

const link = {
  type: 'object',
  required: ['rel', 'href'],
  properties: {
    rel: { type: 'string', description: 'What it is to the service (RFC 8288 §2.1)', examples: ['service-desc'] },
    href: { type: 'string', format: 'uri-reference', description: 'Where it is', examples: ['/openapi.json'] },
    type: { type: 'string', description: 'Its media type', examples: ['application/yaml'] },
  },
}

export const getService: ServiceOperation = {
  id: 'getService',
  path: '/',
  summary: 'Find the way around',
  description: 'The documents of the service and its collections, as links.',
  mediaType: json,
  linked: true,
  shape: {
    $id: 'Service',
    type: 'object',
    description: 'The service and where to go from here',
    required: ['name', 'version', 'links', 'resources'],
    properties: {
      name: { type: 'string', description: 'What this service is', examples: ['Restwell'] },
      version: { type: 'string', description: 'Its version', examples: ['0.1.0'] },
      links: { type: 'array', description: 'Its documents', items: link },
      resources: { type: 'array', description: 'Its collections', items: { type: 'string', examples: ['/books'] } },
    },
  },
  example: {
    name: 'Restwell',
    version: '0.1.0',
    links: [{ rel: 'service-doc', href: '/docs', type: 'text/html' }],
    resources: ['/books'],
  },
}

export const getApiCatalog: ServiceOperation = {
  id: 'getApiCatalog',
  path: '/.well-known/api-catalog',
  summary: 'List the APIs of this host',
  description: 'The catalog by which an API is found from its host name alone (RFC 9727).',
  mediaType: 'application/linkset+json',
  linked: true,
  shape: {
    $id: 'Linkset',
    type: 'object',
    description: 'The APIs of this host as a set of links (RFC 9264 §4.2)',
    required: ['linkset'],
    properties: {
      linkset: { type: 'array', description: 'One entry for each API', items: { type: 'object' } },
    },
  },
  example: { linkset: [{ anchor: '/', 'service-doc': [{ href: '/docs', type: 'text/html' }] }] },
}

const probe = {
  mediaType: json,
  linked: false,
  shape: {
    $id: 'Health',
    type: 'object',
    description: 'Whether the service can do what was asked about',
    required: ['status'],
    properties: { status: { type: 'string', enum: ['pass'], description: 'It can' } },
  },
  example: { status: 'pass' },
}

export const getHealth: ServiceOperation = {
  ...probe,
  id: 'getHealth',
  path: '/health',
  summary: 'Ask whether the service can answer',
  description: 'Asks the database, so that 200 means that requests can be answered.',
}

export const getLiveness: ServiceOperation = {
  ...probe,
  id: 'getLiveness',
  path: '/livez',
  summary: 'Ask whether the process runs',
  description: 'Never asks the database: a process that does not answer here is to be started anew.',
}

export const getReadiness: ServiceOperation = {
  ...probe,
  id: 'getReadiness',
  path: '/readyz',
  summary: 'Ask whether to send requests here',
  description: 'Asks the database for a write that changes nothing; 503 also from when the service is told to stop.',
}

export const serviceOperations = [getService, getApiCatalog, getHealth, getLiveness, getReadiness]
