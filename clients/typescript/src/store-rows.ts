// Many rows in one request, as JSON in lines: stored at once, or received and stored later.

import { type AnyRows, mediaTypeOf, type RowBody, toBody } from './row-body.ts'
import type { Import } from './types.ts'
import type { Init, Untyped } from './untyped.ts'

/** Sends the rows and nothing else. */
export type Send = (request: Request, body: RowBody) => Promise<Response>

export function storeBy(post: Untyped, send: Send) {
  return async (path: string, rows: AnyRows | Blob, init: Init = {}): Promise<unknown> => {
    const { data, response } = await post(path, await carrying(await keep(rows), init, send))
    return { ...(data as object), response }
  }
}

/** So few that they can be kept, and sent again. */
async function keep(rows: AnyRows | Blob): Promise<AnyRows | Blob> {
  if (rows instanceof Blob) return rows
  const kept: unknown[] = []
  for await (const row of rows) kept.push(row)
  return kept
}

/** None of the rows that were sent is stored; `result` says why. */
export class ImportError extends Error {
  override readonly name = 'ImportError'
  readonly result: Import

  constructor(result: Import) {
    const first = result.findings.slice(0, 3).map(toText)
    const others = result.findings.length + result.more_findings - first.length
    const texts = [...first, ...(others > 0 ? [`${others} more`] : [])].join('; ')
    const detail = result.detail ?? `The import is ${result.state}.`
    super(texts === '' ? detail : `${detail} (${texts})`)
    this.result = result
  }
}

function toText({ line, pointer = '', detail }: Import['findings'][number]): string {
  return `${line === undefined ? '' : `line ${line} `}${pointer} ${detail}`.trim()
}

interface LaterInit extends Init {
  readonly onProgress?: (progress: Import) => void
  readonly signal?: AbortSignal
}

export function storeLaterBy(get: Untyped, post: Untyped, send: Send) {
  return async (
    path: string,
    rows: AnyRows | Blob,
    { onProgress, ...init }: LaterInit = {},
  ): Promise<Import> => {
    const headers = { ...init.headers, prefer: 'respond-async' }
    let { data, response } = await post(path, await carrying(rows, { ...init, headers }, send))
    const { id } = data as Import
    for (;;) {
      const found = data as Import
      onProgress?.(found)
      if (found.state === 'done') return found
      if (found.state === 'failed' || found.state === 'cancelled') throw new ImportError(found)
      await pause(Number(response.headers.get('retry-after') ?? 1) * 1000, init.signal)
      const { headers, signal } = init
      const asked = {
        params: { path: { id } },
        ...(headers && { headers }),
        ...(signal && { signal }),
      }
      ;({ data, response } = await get('/imports/{id}', asked))
    }
  }
}

/** A call whose body is the rows. */
async function carrying(rows: AnyRows | Blob, init: Init, send: Send): Promise<Init> {
  const headers = { ...init.headers, 'content-type': mediaTypeOf(rows) }
  const body = await toBody(rows)
  return { ...init, headers, fetch: request => send(request, body) }
}

function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer)
      reject(signal?.reason)
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop)
      resolve()
    }, milliseconds)
    if (signal?.aborted) stop()
    signal?.addEventListener('abort', stop, { once: true })
  })
}
