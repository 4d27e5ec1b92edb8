// Asks the API as the viewer: with the credentials that the viewer gave to this tab, if any.

import { prefix } from './address.ts'
import { text } from './text.ts'

export interface Finding {
  /** Of the rows that were sent, from 1. */
  readonly line?: number
  readonly pointer?: string
  readonly parameter?: string
  readonly detail: string
}

/** An error of the service (RFC 9457), or of the way there. */
export interface Problem {
  readonly status: number
  readonly title: string
  readonly detail: string
  readonly errors?: readonly Finding[]
  readonly instance?: string
}

export interface Reply {
  readonly status: number
  readonly headers: Headers
  readonly value: unknown
  readonly problem: Problem | undefined
}

export interface Sent {
  readonly body?: unknown
  readonly type?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly signal?: AbortSignal
}

const place = `restwell-credentials${prefix}`

export function credentials(): string | null {
  return sessionStorage.getItem(place)
}

export function keepCredentials(value: string): void {
  if (value === '') sessionStorage.removeItem(place)
  else sessionStorage.setItem(place, value)
}

/** A text that is no JSON. One that breaks off is none. */
export async function askText(
  path: string,
  headers: Readonly<Record<string, string>>,
): Promise<{ readonly text: string; readonly problem: Problem | undefined }> {
  try {
    const response = await fetch(path, { headers: { ...bearer(), ...headers } })
    if (response.ok) return { text: await response.text(), problem: undefined }
    return { text: '', problem: (await toReply(response)).problem }
  } catch {
    return { text: '', problem: unreachable.problem }
  }
}

export function bearer(): { readonly authorization?: string } {
  const kept = credentials()
  return kept === null ? {} : { authorization: `Bearer ${kept}` }
}

export async function ask(method: string, path: string, sent: Sent = {}): Promise<Reply> {
  const { body, type = 'application/json', headers = {}, signal } = sent
  const request = {
    method,
    headers: {
      accept: 'application/json',
      ...bearer(),
      ...(body === undefined ? {} : { 'content-type': type }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(signal === undefined ? {} : { signal }),
  }
  try {
    return await toReply(await fetch(path, request))
  } catch (error) {
    if (signal?.aborted) throw error
    return unreachable
  }
}

export const unreachable: Reply = {
  status: 0,
  headers: new Headers(),
  value: undefined,
  problem: { status: 0, title: 'No response', detail: text.offline },
}

export async function toReply(response: Response): Promise<Reply> {
  const { status, headers, ok } = response
  const isJson = /\bjson\b/.test(headers.get('content-type') ?? '')
  // The response to HEAD says that it would be JSON.
  const body = await response.text()
  const value: unknown = isJson && body !== '' ? JSON.parse(body) : undefined
  const problem = ok
    ? undefined
    : ((value ?? { status, title: String(status), detail: '' }) as Problem)
  return { status, headers, value, problem }
}
