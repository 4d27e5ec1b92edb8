// Where callers find everything else: `/` and the API catalog (RFC 8631, RFC 9727 §2, RFC 9264 §4.2).

import type { FastifyInstance } from 'fastify'
import { cacheFields } from '../handlers/call.ts'
import type { Engine } from '../handlers/engine.ts'
import { linkHeader } from '../http/link.ts'
import { getApiCatalog, getService, serviceDocuments } from '../http/service.ts'
import type { Operation } from '../operations/operation.ts'
import { baseOf } from './request.ts'
import { registerService } from './service.ts'

/** `name`, `version`: of the service. `docs`: whether it serves its document. `operations`: those of its resources. */
export function registerDiscovery(
  app: FastifyInstance,
  engine: Engine,
  service: { name: string; version: string },
  { docs, operations }: { docs: boolean; operations: readonly Operation[] },
): void {
  const documents = serviceDocuments.filter(({ rel }) => docs || !rel.startsWith('service-'))
  const read = operations.filter(({ method }) => method === 'GET')
  const readable = new Set(read.map(({ path }) => path))
  const collections = engine.models
    .map(({ name }) => `/${name}`)
    .filter(address => readable.has(address))
  registerService(app, {
    operation: getService,
    answer: (request, reply) => {
      const base = baseOf(request)
      const links = linksBelow(documents, base)
      const { id, kind, scopes } = request.principal
      reply.headers({ ...cacheFields(request.principal), link: linkHeader(links) })
      const resources = collections.map(address => base + address)
      return { ...service, links, resources, caller: { id, kind, scopes: [...scopes] } }
    },
  })
  registerService(app, {
    operation: getApiCatalog,
    answer: (request, reply) => {
      const base = baseOf(request)
      const links = linksBelow(documents, base)
      const own = links.filter(({ rel }) => rel === 'api-catalog')
      reply.headers({ ...cacheFields(request.principal), link: linkHeader(own) })
      return { linkset: [{ anchor: base || '/', ...targets(links) }] }
    },
  })
}

type Documents = readonly { readonly rel: string; readonly href: string; readonly type: string }[]

function linksBelow(documents: Documents, base: string): Documents {
  return documents.map(document => ({ ...document, href: base + document.href }))
}

/** The documents by link relation, in the form of a link context object. */
function targets(links: Documents): Record<string, object[]> {
  const byRelation: Record<string, object[]> = {}
  for (const { rel, href, type } of links)
    if (rel !== 'api-catalog') byRelation[rel] = [...(byRelation[rel] ?? []), { href, type }]
  return byRelation
}
