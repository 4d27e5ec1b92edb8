// Registers an operation about the service itself as a route.

import type { FastifyContextConfig, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { preferredMediaType } from '../http/negotiate.ts'
import { Problem } from '../http/problem.ts'
import type { ServiceOperation } from '../http/service-operation.ts'
import { coerceParameters, parametersToSchema } from '../query/parameter.ts'

export interface ServiceRoute {
  readonly operation: ServiceOperation
  readonly answer: (request: FastifyRequest, reply: FastifyReply) => object | Promise<object>
  readonly config?: FastifyContextConfig
}

export function registerService(
  app: FastifyInstance,
  { operation, answer, config = {} }: ServiceRoute,
): void {
  const { id, path, summary, description, mediaType, scope, parameters = [] } = operation
  const { knowsCaller = false } = operation
  const access = scope === undefined ? { open: !knowsCaller, anyone: knowsCaller } : { scope }
  app.get(path, {
    config: { ...access, ...config },
    schema: {
      operationId: id,
      summary,
      description,
      tags: ['service'],
      querystring: parametersToSchema(parameters),
    },
    preValidation: async request => {
      if (preferredMediaType(request.headers.accept, [mediaType]) === undefined)
        throw new Problem('notAcceptable', { extensions: { available: [mediaType] } })
      coerceParameters(parameters, request.query as Record<string, unknown>)
    },
    handler: async (request, reply) =>
      reply.type(mediaType).send(JSON.stringify(await answer(request, reply))),
  })
}
