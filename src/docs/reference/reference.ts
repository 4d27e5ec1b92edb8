// The reference at `/reference`: pages to read, made from the document, with an example of each operation in each language.

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { htmlType } from '../../http/media-types.ts'
import { pagePolicy } from '../../http/page-policy.ts'
import { Problem } from '../../http/problem.ts'
import { LruMap } from '../../store/lru-map.ts'
import { Packed, sendPacked } from '../packed.ts'
import { anyOrigin, type OriginOf } from '../servers.ts'
import type { ReadDocument } from './described.ts'
import { script, style } from './files.ts'
import { escapeText } from './html.ts'
import { anyPrefix, referenceAddress } from './places.ts'

export interface ReferenceOptions {
  /** Whether the rows of a resource are shown at its address. */
  readonly linked: boolean
  readonly originOf: OriginOf
  readonly prefixOf: (request: FastifyRequest['raw']) => string
}

/** `read`: gives the document, once all routes are registered. */
export function registerReference(
  app: FastifyInstance,
  read: () => ReadDocument,
  { linked, originOf, prefixOf }: ReferenceOptions,
): void {
  const pages = new Pages(read, linked)
  const options = { schema: { hide: true }, config: { open: true } }
  const send = async (tag: string, request: FastifyRequest, reply: FastifyReply) => {
    const at = { origin: originOf(request), prefix: prefixOf(request.raw) }
    return sendPacked(await pages.find(tag, at), request, reply)
  }
  const shown = { ...options, onSend: restrictPage }
  app.get(referenceAddress, shown, (request, reply) => send('', request, reply))
  app.get<{ Params: { tag: string } }>(`${referenceAddress}/:tag`, shown, (request, reply) =>
    send(request.params.tag, request, reply),
  )
  const files = {
    'style.css': new Packed(style, 'text/css; charset=utf-8'),
    'page.js': new Packed(script, 'text/javascript; charset=utf-8'),
  }
  for (const [name, packed] of Object.entries(files))
    app.get(`${referenceAddress}/${name}`, options, (request, reply) =>
      sendPacked(packed, request, reply),
    )
}

/** It calls nobody. */
const policy = pagePolicy('img-src data:')

/** After the app's own hook, which forbids everything. */
async function restrictPage(_request: FastifyRequest, reply: FastifyReply, payload: unknown) {
  if (reply.statusCode === 200) reply.header('content-security-policy', policy)
  return payload
}

interface At {
  readonly origin: string
  /** The prefix of all addresses for this caller. */
  readonly prefix: string
}

/** How many pages are kept, each as it was last asked for. */
const keptPages = 50

/** Pages are made when they are asked for: a service of many resources has many. */
class Pages {
  readonly #read: () => ReadDocument
  readonly #linked: boolean
  readonly #kept = new LruMap<string, At & { readonly packed: Packed }>(keptPages)

  constructor(read: () => ReadDocument, linked: boolean) {
    this.#read = read
    this.#linked = linked
  }

  /** `tag`: '' for the page that leads to all others. */
  async find(tag: string, at: At): Promise<Packed> {
    const kept = this.#kept.get(tag)
    if (kept?.origin === at.origin && kept.prefix === at.prefix) return kept.packed
    const packed = new Packed(placed(await this.#make(tag), at), `${htmlType}; charset=utf-8`)
    this.#kept.set(tag, { ...at, packed })
    return packed
  }

  /** A start need not wait for the code that makes pages. */
  async #make(tag: string): Promise<string> {
    const { indexPage, readDocument, tagPage } = await import('./pages.ts')
    const reading = readDocument(this.#read(), this.#linked)
    const text = tag === '' ? indexPage(reading) : tagPage(reading, tag)
    if (text === undefined) throw new Problem('notFound')
    return text
  }
}

/** An address that is not known is made up, so that it can be seen where it belongs. */
function placed(text: string, { origin, prefix }: At): string {
  const known = origin.startsWith('http') ? origin : `https://api.example.com${origin}`
  return text.replaceAll(anyOrigin, escapeText(known)).replaceAll(anyPrefix, escapeText(prefix))
}
