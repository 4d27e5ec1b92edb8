// The operations about the service itself: the links at `/` (RFC 8631), the API catalog (RFC 9727) and the probes.

import { jsonType } from './media-types.ts'
import type { ServiceOperation } from './service-operation.ts'
import { getStatus } from './status.ts'

/** The beginning of the addresses of the console's files. */
export const consoleAddress = '/console'

/** The documents of the service by their relation to it. */
export const serviceDocuments = [
  { rel: 'service-desc', href: '/openapi.json', type: jsonType },
  { rel: 'service-desc', href: '/openapi.yaml', type: 'application/yaml' },
  { rel: 'service-doc', href: '/docs', type: 'text/html' },
  { rel: 'service-doc', href: '/reference', type: 'text/html' },
  { rel: 'status', href: '/health', type: jsonType },
  { rel: 'api-catalog', href: '/.well-known/api-catalog', type: 'application/linkset+json' },
] as const

const link = {
  type: 'object',
  required: ['rel', 'href'],
  properties: {
    rel: {
      type: 'string',
      description: 'What it is to the service (RFC 8288 §2.1)',
      examples: ['service-desc'],
    },
    href: {
      type: 'string',
      format: 'uri-reference',
      description: 'Where it is',
      examples: ['/openapi.json'],
    },
    type: { type: 'string', description: 'Its media type', examples: ['application/yaml'] },
  },
}

export const getService: ServiceOperation = {
  id: 'getService',
  path: '/',
  summary: 'Find the documents and collections',
  description:
    'Returns links to the documents of the service and to its collections, and what it knows of the caller.',
  mediaType: jsonType,
  linked: true,
  knowsCaller: true,
  shape: {
    $id: 'Service',
    type: 'object',
    description: 'The service, its documents and its collections',
    required: ['name', 'version', 'links', 'resources', 'caller'],
    properties: {
      name: { type: 'string', description: 'What this service is', examples: ['Parcels'] },
      version: { type: 'string', description: 'Its version', examples: ['0.2.0'] },
      links: { type: 'array', description: 'Its documents', items: link },
      resources: {
        type: 'array',
        description: 'Its collections',
        items: { type: 'string', examples: ['/books'] },
      },
      caller: {
        type: 'object',
        description: 'Who asks',
        required: ['id', 'kind', 'scopes'],
        properties: {
          id: { type: 'string', description: 'The owner of rows', examples: ['key:7'] },
          kind: { type: 'string', enum: ['key', 'token', 'anonymous', 'open'] },
          scopes: { type: 'array', items: { type: 'string', examples: ['books:read'] } },
        },
      },
    },
  },
  example: {
    name: 'Parcels',
    version: '0.2.0',
    links: [{ rel: 'service-doc', href: '/docs', type: 'text/html' }],
    resources: ['/books'],
    caller: { id: 'key:7', kind: 'key', scopes: ['books:read'] },
  },
}

export const getApiCatalog: ServiceOperation = {
  id: 'getApiCatalog',
  path: '/.well-known/api-catalog',
  summary: 'List the APIs of this host',
  description: 'Returns the catalog by which an API is found from its host name alone (RFC 9727).',
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
  mediaType: jsonType,
  linked: false,
  shape: {
    $id: 'Health',
    type: 'object',
    description: 'The result of a check that succeeded',
    required: ['status'],
    properties: { status: { type: 'string', enum: ['pass'], description: 'The check succeeded' } },
  },
  example: { status: 'pass' },
}

export const getHealth: ServiceOperation = {
  ...probe,
  id: 'getHealth',
  path: '/health',
  summary: 'Ask whether the service can answer',
  description: 'Tells whether the service can answer requests. It asks the database.',
}

export const getLiveness: ServiceOperation = {
  ...probe,
  id: 'getLiveness',
  path: '/livez',
  summary: 'Ask whether the process runs',
  description:
    'Tells whether the process runs, without asking the database. A process that does not respond should be started again.',
}

export const getReadiness: ServiceOperation = {
  ...probe,
  id: 'getReadiness',
  path: '/readyz',
  summary: 'Ask whether to send requests here',
  description:
    'Tells whether to send requests to this instance. It makes a write that changes nothing, to see whether the database accepts it. The response is also 503 while the service starts, as soon as it is stopping, and when the tables were changed for a later version.',
}

export const serviceOperations: readonly ServiceOperation[] = [
  getService,
  getApiCatalog,
  getHealth,
  getLiveness,
  getReadiness,
  getStatus,
]
