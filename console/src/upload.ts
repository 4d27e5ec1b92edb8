// Sends a file. `fetch` tells nothing of how much has been sent, so this asks as browsers did before it.

import { bearer, type Reply, toReply, unreachable } from './ask.ts'

export interface Upload {
  readonly body: Blob
  readonly headers: Readonly<Record<string, string>>
  /** Called with the share that has been sent, up to 1. */
  readonly onProgress: (share: number) => void
  readonly signal: AbortSignal
}

/** Rejects with an `AbortError` where it was cancelled. */
export function upload(path: string, { body, headers, onProgress, signal }: Upload) {
  return new Promise<Reply>((resolve, reject) => {
    const request = new XMLHttpRequest()
    request.open('POST', path)
    const fields = { accept: 'application/json', ...bearer(), ...headers }
    for (const [name, value] of Object.entries(fields)) request.setRequestHeader(name, value)
    request.upload.onprogress = ({ loaded, total }) => onProgress(loaded / total)
    request.onload = () => toReply(toResponse(request)).then(resolve, reject)
    request.onerror = () => resolve(unreachable)
    request.onabort = () => reject(signal.reason)
    signal.addEventListener('abort', () => request.abort())
    request.send(body)
  })
}

function toResponse(request: XMLHttpRequest): Response {
  const lines = request.getAllResponseHeaders().trim().split(/\r?\n/)
  const headers = lines.map(line => {
    const [name = '', ...value] = line.split(':')
    return [name, value.join(':').trim()] as const
  })
  const { status, responseText } = request
  return new Response(status === 204 ? null : responseText, {
    status,
    headers: [...headers] as [string, string][],
  })
}
