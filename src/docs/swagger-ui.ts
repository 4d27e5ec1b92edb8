// Swagger UI at `/docs`, and the document itself at `/openapi.json` and `/openapi.yaml`.

import { hash } from 'node:crypto'
import swaggerUi, { type FastifySwaggerUiOptions } from '@fastify/swagger-ui'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Document, Scalar, visit } from 'yaml'
import { etag, ifNoneMatchHolds, parseEntityTags } from '../http/conditional.ts'
import { welcome } from './introduction.ts'
import { themeCss, viewportScript } from './theme.ts'

/**
 * The document as YAML, as it is committed. Most tools read YAML 1.1, in which a bare `NO`, `12:30:45` or `2024-09-17`
 * is no text: such texts are quoted, which means the same in every version.
 */
export function documentToYaml(document: object): string {
  const yaml = new Document(document, { aliasDuplicateObjects: false })
  visit(yaml, { Scalar: (_, scalar) => quoteAmbiguous(scalar) })
  return yaml.toString({ lineWidth: 0, blockQuote: 'literal' })
}

/** Numbers, times and dates of YAML 1.1 start so; the others are words. */
const ambiguous = /^[-+.\d~=<]|^(?:y|n|yes|no|on|off|true|false|null)$/i

function quoteAmbiguous(scalar: Scalar): void {
  if (typeof scalar.value === 'string' && ambiguous.test(scalar.value)) scalar.type = Scalar.QUOTE_DOUBLE
}

export async function registerSwaggerUi(app: FastifyInstance, title: string): Promise<void> {
  serveDocument(app, '/openapi.json', 'application/json', () => JSON.stringify(app.swagger(), null, 2))
  serveDocument(app, '/openapi.yaml', 'application/yaml', () => documentToYaml(app.swagger()))
  const pages: FastifySwaggerUiOptions = {
    routePrefix: '/docs',
    theme: {
      title,
      css: [{ filename: 'theme.css', content: themeCss }],
      js: [{ filename: 'viewport.js', content: viewportScript }],
    },
    transformSpecification: withWelcome,
    staticCSP: contentSecurityPolicy,
    logo: { type: 'image/svg+xml', content: wordmark(title), href: '/', target: '_self' },
    uiConfig: {
      docExpansion: 'none',
      deepLinking: true,
      tryItOutEnabled: true,
      displayRequestDuration: true,
      filter: true,
    },
  }
  await app.register(async docs => {
    docs.addHook('onRoute', route => {
      route.config = { ...route.config, open: true }
    })
    await docs.register(swaggerUi, pages)
  })
}

function withWelcome(document: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const info = document.info as { readonly description: string }
  return { ...document, info: { ...info, description: welcome + info.description } }
}

/** The page runs its own scripts and speaks to its own service, and to nothing else. The digest is of Swagger UI's own logo. */
const contentSecurityPolicy = {
  'default-src': "'none'",
  'script-src': "'self'",
  'style-src': "'self' 'sha256-RL3ie0nH+Lzz2YNqQN83mnU0J1ot4QL7b99vMdIX99w='",
  'img-src': "'self' data:",
  'connect-src': "'self'",
  'base-uri': "'none'",
  'form-action': "'none'",
  'frame-ancestors': "'none'",
}

/** The name where Swagger UI has a logo. */
function wordmark(name: string): string {
  const font = 'font-family="sans-serif" font-size="26" font-weight="600" fill="#fff"'
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 140 40"><text y="29" ${font}>${name}</text></svg>`
}

/** The text is made when it is first asked for: the routes are all there by then. */
function serveDocument(app: FastifyInstance, url: string, type: string, make: () => string): void {
  let document: { text: string; tag: string } | undefined
  const answer = (request: FastifyRequest, reply: FastifyReply) => {
    if (document === undefined) {
      const text = make()
      document = { text, tag: etag(hash('sha256', text, 'base64url').slice(0, 22)) }
    }
    const field = request.headers['if-none-match']
    const tags = field === undefined ? undefined : parseEntityTags(field, 'If-None-Match')
    const changed = ifNoneMatchHolds(tags, document.tag)
    reply.headers({ etag: document.tag, 'cache-control': 'no-cache' })
    return changed ? reply.type(type).send(document.text) : reply.code(304).send()
  }
  app.get(url, { schema: { hide: true }, config: { open: true } }, answer)
}
