// Where everything else is found from: `/`, the API catalog and health (RFC 8631, RFC 9727 §2, RFC 9264 §4.2).

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { linkHeader } from '../http/link.ts'
import { preferredMediaType } from '../http/negotiate.ts'
import { Problem } from '../http/problem.ts'
import { getApiCatalog, getHealth, getService, type ServiceOperation, serviceDocuments } from '../http/service.ts'
import { parametersToSchema } from '../query/parameter.ts'
import { baseOf, cacheFields, type Engine } from './engine.ts'

/** `name`, `version`: of the service. */
export function registerDiscovery(app: FastifyInstance, engine: Engine, service: { name: string; version: string }) {
  register(app, getService, (request, reply) => {
    const base = baseOf(request)
    const links = linksBelow(base)
    reply.headers({ ...cacheFields, link: linkHeader(links) })
    return { ...service, links, resources: engine.models.map(({ name }) => `${base}/${name}`) }
  })
  register(app, getApiCatalog, (request, reply) => {
    const base = baseOf(request)
    const own = linksBelow(base).filter(({ rel }) => rel === 'api-catalog')
    reply.headers({ ...cacheFields, link: linkHeader(own) })
    return { linkset: [{ anchor: base || '/', ...targets(base) }] }
  })
  register(app, getHealth, async (_request, reply) => {
    await engine.store.query({ text: 'select 1', values: [] })
    reply.header('cache-control', 'no-store')
    return { status: 'pass' }
  })
}

type Answer = (request: FastifyRequest, reply: FastifyReply) => object | Promise<object>

function register(app: FastifyInstance, operation: ServiceOperation, answer: Answer): void {
  const { id, path, summary, description, mediaType } = operation
  app.get(path, {
    schema: { operationId: id, summary, description, tags: ['Service'], querystring: parametersToSchema([]) },
    preValidation: async request => {
      if (preferredMediaType(request.headers.accept, [mediaType]) === undefined)
        throw new Problem('notAcceptable', { extensions: { available: [mediaType] } })
    },
    handler: async (request, reply) => reply.type(mediaType).send(JSON.stringify(await answer(request, reply))),
  })
}

function linksBelow(base: string) {
  return serviceDocuments.map(document => ({ ...document, href: base + document.href }))
}

/** The documents by relation, as a link context object has them. */
function targets(base: string): Record<string, object[]> {
  const byRelation: Record<string, object[]> = {}
  for (const { rel, href, type } of linksBelow(base))
    if (rel !== 'api-catalog') byRelation[rel] = [...(byRelation[rel] ?? []), { href, type }]
  return byRelation
}
