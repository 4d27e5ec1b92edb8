// Swagger UI at `/docs`, and the document itself at `/openapi.json` and `/openapi.yaml`.

import { hash } from 'node:crypto'
import swaggerUi from '@fastify/swagger-ui'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { stringify } from 'yaml'
import { etag, ifNoneMatchHolds } from '../http/conditional.ts'

/** The document as YAML, as it is committed. */
export function documentToYaml(document: object): string {
  return stringify(document, { aliasDuplicateObjects: false, lineWidth: 0, blockQuote: 'literal' })
}

export async function registerSwaggerUi(app: FastifyInstance, title: string): Promise<void> {
  serveDocument(app, '/openapi.json', 'application/json', () => JSON.stringify(app.swagger(), null, 2))
  serveDocument(app, '/openapi.yaml', 'application/yaml', () => documentToYaml(app.swagger()))
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    theme: { title },
    uiConfig: {
      docExpansion: 'none',
      deepLinking: true,
      tryItOutEnabled: true,
      displayRequestDuration: true,
      filter: true,
    },
  })
}

/** The text is made when it is first asked for: the routes are all there by then. */
function serveDocument(app: FastifyInstance, url: string, type: string, make: () => string): void {
  let document: { text: string; tag: string } | undefined
  const answer = (request: FastifyRequest, reply: FastifyReply) => {
    if (document === undefined) {
      const text = make()
      document = { text, tag: etag(hash('sha256', text, 'base64url').slice(0, 22)) }
    }
    reply.headers({ etag: document.tag, 'cache-control': 'no-cache' })
    if (!ifNoneMatchHolds(request.headers['if-none-match'], document.tag)) return reply.code(304).send()
    return reply.type(type).send(document.text)
  }
  app.get(url, { schema: { hide: true } }, answer)
}
