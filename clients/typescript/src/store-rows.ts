// Many rows in one request, as JSON in lines: stored at once, or received and stored later.

import type { Import } from './types.ts'
import type { Init, Untyped } from './untyped.ts'

export function storeBy(post: Untyped) {
  return async (path: string, rows: Iterable<unknown>, init: Init = {}): Promise<unknown> => {
    const { data, response } = await send(post, path, rows, init)
    return { ...(data as object), response }
  }
}

/** None of the rows that were sent is stored; `result` says why. */
export class ImportError extends Error {
  override readonly name = 'ImportError'
  readonly result: Import

  constructor(result: Import) {
    super(result.detail ?? `The import is ${result.state}.`)
    this.result = result
  }
}

interface LaterInit extends Init {
  readonly onProgress?: (progress: Import) => void
  readonly signal?: AbortSignal
}

export function storeLaterBy(get: Untyped, post: Untyped) {
  return async (
    path: string,
    rows: Iterable<unknown>,
    { onProgress, ...init }: LaterInit = {},
  ): Promise<Import> => {
    const headers = { ...init.headers, prefer: 'respond-async' }
    let { data, response } = await send(post, path, rows, { ...init, headers })
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

function send(post: Untyped, path: string, rows: Iterable<unknown>, init: Init) {
  const body = Array.from(rows, row => `${JSON.stringify(row)}\n`).join('')
  const headers = { ...init.headers, 'content-type': 'application/x-ndjson' }
  const bodySerializer = (text: string) => text
  return post(path, { ...init, headers, body, bodySerializer })
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
