// The console: what a browser shows at every address. The page is the same everywhere and has no data in it: its script
// reads the document, and asks the API as its viewer.

import { hash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Packed, sendPacked } from '../docs/packed.ts'
import { htmlType } from '../http/media-types.ts'
import { pagePolicy } from '../http/page-policy.ts'
import { Problem } from '../http/problem.ts'
import { consoleAddress } from '../http/service.ts'
import { getStatus } from '../http/status.ts'
import type { Operation } from '../operations/operation.ts'
import { toRoutePath } from './routes.ts'

export interface ConsoleOptions {
  readonly title: string
  /** The prefix of all addresses for a request, such as `/api`; mostly empty. */
  readonly prefixOf: (request: FastifyRequest['raw']) => string
  readonly operations: readonly Operation[]
  /** Whether there are figures for a page of operators. */
  readonly hasStatus: boolean
}

export function registerConsole(app: FastifyInstance, options: ConsoleOptions): void {
  const { hasStatus, operations, prefixOf, title } = options
  const files = new ConsoleFiles()
  const reads = operations.filter(({ method }) => method === 'GET')
  const page = { schema: { hide: true }, constraints: { prefers: htmlType }, onSend: restrictPage }
  const send = (request: FastifyRequest, reply: FastifyReply) =>
    sendPage(files.page(title, prefixOf(request.raw)), request, reply)
  const own = ['/', ...(hasStatus ? [getStatus.path] : [])]
  for (const url of new Set([...own, ...reads.map(({ path }) => toRoutePath(path))]))
    app.route({ method: ['GET', 'HEAD'], url, ...page, config: { open: true }, handler: send })
  app.get('*', { ...page, config: { open: true, isElsewhere: true } }, (request, reply) =>
    send(request, reply.code(404)),
  )
  app.get<{ Params: FileParams }>(
    `${consoleAddress}/:version/:name`,
    { schema: { hide: true }, config: { open: true } },
    (request, reply) => sendFile(files, request, reply),
  )
}

interface FileParams {
  readonly version: string
  readonly name: string
}

/** It calls only its own service. */
const policy = pagePolicy("img-src 'self'", "connect-src 'self'")

/** After the app's own hook, which forbids everything. */
async function restrictPage(_request: FastifyRequest, reply: FastifyReply, payload: unknown) {
  if (reply.statusCode !== 304) reply.header('content-security-policy', policy)
  return payload
}

/** The address that brought the page also brings JSON, so a cache keeps it for those who ask for a page. */
function sendPage(page: Packed, request: FastifyRequest, reply: FastifyReply) {
  return sendPacked(page, request, reply.header('vary', 'Accept'))
}

/** Its address has the version of all, so it may be kept for ever; at the address of another version it is for now only. */
function sendFile(
  files: ConsoleFiles,
  request: FastifyRequest<{ Params: FileParams }>,
  reply: FastifyReply,
) {
  const { name, version } = request.params
  const file = files.find(name)
  if (file === undefined) throw new Problem('notFound')
  const lasts = version === files.version
  return sendPacked(file, request, reply, lasts ? 'public, max-age=31536000, immutable' : undefined)
}

const types: Readonly<Record<string, string>> = {
  'app.js': 'text/javascript; charset=utf-8',
  'plots.js': 'text/javascript; charset=utf-8',
  'app.css': 'text/css; charset=utf-8',
  'icon.svg': 'image/svg+xml',
}

/** The compiled files (`console/`), read when the first of them is asked for: most services are never looked at. */
class ConsoleFiles {
  readonly #files = new Map<string, Packed>()
  #version: string | undefined

  /** Another one if any of them is another: they name each other by addresses that begin alike. */
  get version(): string {
    this.#version ??= hash('sha256', this.#digests().join(), 'base64url').slice(0, 22)
    return this.#version
  }

  find(name: string): Packed | undefined {
    const type = Object.hasOwn(types, name) ? types[name] : undefined
    if (type === undefined) return undefined
    const found =
      this.#files.get(name) ?? new Packed(readFileSync(new URL(name, folder), 'utf8'), type)
    this.#files.set(name, found)
    return found
  }

  #digests(): readonly unknown[] {
    return Object.keys(types).map(name => this.find(name)?.digest)
  }

  /** The page of a service of this title. Its addresses begin with the prefix. */
  page(title: string, prefix: string): Packed {
    const start = escapeMarkup(prefix)
    const at = (name: string) => `${start}${consoleAddress}/${this.version}/${name}`
    const text = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeMarkup(title)}</title>
<link rel="icon" href="${at('icon.svg')}">
<link rel="stylesheet" href="${at('app.css')}">
<script type="module" src="${at('app.js')}"></script>
</head>
<body data-prefix="${start}">
<div id="app"></div>
<noscript>This page needs JavaScript. Without it, the same address gives JSON to callers that do not ask for HTML.</noscript>
</body>
</html>
`
    return new Packed(text, `${htmlType}; charset=utf-8`)
  }
}

const folder = new URL('../../console/built/', import.meta.url)

function escapeMarkup(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** On the route of the page for every address that has no other. */
    isElsewhere?: boolean
  }
}
