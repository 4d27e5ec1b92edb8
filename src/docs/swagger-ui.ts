// Swagger UI at `/docs`, and the document itself at `/openapi.json` and `/openapi.yaml`.

import { readFileSync } from 'node:fs'
import swaggerUi, { type FastifySwaggerUiOptions } from '@fastify/swagger-ui'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { About } from '../http/about.ts'
import { Packed, sendPacked } from './packed.ts'
import { pageDocument } from './page-document.ts'
import { pageScript } from './page-script.ts'
import { registerReference } from './reference/reference.ts'
import { anyOrigin, atOrigin, type OriginOf, withServers } from './servers.ts'
import { themeCss } from './theme.ts'
import { documentToYamlInSlices } from './yaml.ts'

export interface PageOptions {
  readonly about: About
  /** Whether the rows of a resource are shown at its address. */
  readonly linked: boolean
  /** The address of the service in its document. */
  readonly originOf: OriginOf
  /** The prefix of all addresses for this caller, such as `/api`; mostly empty. */
  readonly prefixOf: (request: FastifyRequest['raw']) => string
}

const uiConfig = {
  docExpansion: 'none' as const,
  deepLinking: true,
  tryItOutEnabled: true,
  displayRequestDuration: true,
  filter: true,
}

export async function registerSwaggerUi(
  app: FastifyInstance,
  { about, linked, originOf, prefixOf }: PageOptions,
): Promise<void> {
  const text = keptText(app)
  const document = () => JSON.parse(text())
  const answers = {
    json: documentAnswer('application/json', originOf, async () => text()),
    yaml: documentAnswer('application/yaml', originOf, () => documentToYamlInSlices(document())),
    page: documentAnswer(
      'application/json',
      ({ raw }) => prefixOf(raw),
      async () => JSON.stringify(pageDocument(document(), linked)),
    ),
  }
  const open = { schema: { hide: true }, config: { open: true } }
  app.get('/openapi.json', open, answers.json)
  app.get('/openapi.yaml', open, answers.yaml)
  registerReference(app, document, { linked, originOf, prefixOf })
  const pages: FastifySwaggerUiOptions = {
    routePrefix: '/docs',
    // Its files are found from the page itself, whatever a proxy has put before it.
    indexPrefix: '.',
    theme: {
      title: escapeMarkup(about.title),
      css: [{ filename: 'theme.css', content: themeCss }],
      js: [{ filename: 'page.js', content: pageScript }],
    },
    staticCSP: contentSecurityPolicy(about),
    logo: wordmark(about.title),
    uiConfig,
  }
  for (const { name, type } of largeFiles)
    app.get(`/docs/static/${name}`, open, fileAnswer(name, type))
  await app.register(async docs => {
    docs.addHook('onRoute', route => {
      route.config = { ...route.config, open: true }
      // Swagger UI's own route would write the document again for each request.
      if (route.url === '/docs/json') route.handler = answers.page
      if (route.url === '/docs/yaml') route.handler = answers.yaml
    })
    await docs.register(swaggerUi, pages)
  })
}

/** The document as text, which takes less memory than the object would. */
function keptText(app: FastifyInstance): () => string {
  let text: string | undefined
  return () => {
    text ??= JSON.stringify(withServers(app.swagger(), anyOrigin))
    return text
  }
}

/** The page may run only its own scripts and call only its own service, at its other addresses too. The digest is that of Swagger UI's logo. */
function contentSecurityPolicy({ servers = [] }: About) {
  return {
    'default-src': "'none'",
    'script-src': "'self'",
    'style-src': "'self' 'sha256-RL3ie0nH+Lzz2YNqQN83mnU0J1ot4QL7b99vMdIX99w='",
    'img-src': "'self' data:",
    'connect-src': ["'self'", ...servers.map(({ url }) => new URL(url).origin)].join(' '),
    'base-uri': "'none'",
    'form-action': "'none'",
    'frame-ancestors': "'none'",
  }
}

/** @fastify/swagger-ui writes the title into its page as it is. */
function escapeMarkup(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
}

/** The name of the service, in the place of Swagger UI's logo, with room for letters of the usual width. */
function wordmark(name: string) {
  const box = `0 0 ${12 + 16 * name.length} 40`
  const font = 'font-family="sans-serif" font-size="26" font-weight="600" fill="#fff"'
  const text = `<text y="29" ${font}>${escapeMarkup(name)}</text>`
  const content = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${box}">${text}</svg>`
  return { type: 'image/svg+xml', content }
}

/** Makes the text at the first request, once for all requests. By then, all routes are registered. */
function documentAnswer(type: string, originOf: OriginOf, make: () => Promise<string>) {
  let made: Promise<string> | undefined
  // Nearly all callers use the same address.
  let last: { origin: string; packed: Packed } | undefined
  return async (request: FastifyRequest, reply: FastifyReply) => {
    made ??= make()
    const text = await made
    const origin = originOf(request)
    if (last?.origin !== origin) last = { origin, packed: new Packed(atOrigin(text, origin), type) }
    return sendPacked(last.packed, request, reply)
  }
}

/** Nearly all that Swagger UI loads. It is served without @fastify/static, which cannot compress. */
const largeFiles = [
  { name: 'swagger-ui-bundle.js', type: 'text/javascript; charset=utf-8' },
  { name: 'swagger-ui-standalone-preset.js', type: 'text/javascript; charset=utf-8' },
  { name: 'swagger-ui.css', type: 'text/css; charset=utf-8' },
] as const

const folder = new URL('static/', import.meta.resolve('@fastify/swagger-ui'))

/** Reads the file at the first request. */
function fileAnswer(name: string, type: string) {
  let packed: Packed | undefined
  return (request: FastifyRequest, reply: FastifyReply) => {
    packed ??= new Packed(readFileSync(new URL(name, folder), 'utf8'), type)
    return sendPacked(packed, request, reply)
  }
}
