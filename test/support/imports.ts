// Rows that are sent to be stored later, and what becomes of them.

import { setTimeout as pause } from 'node:timers/promises'
import type { Received, Service } from './service.ts'

export interface Import {
  readonly id: number
  readonly state: string
  readonly ended_at: string | null
  readonly findings: readonly object[]
  readonly [member: string]: unknown
}

/** Sends NDJSON, unless the headers say otherwise. */
export function sendLater(
  service: Pick<Service, 'request'>,
  url: string,
  body: string,
  headers: Record<string, string> = {},
): Promise<Received> {
  return service.request('POST', url, {
    body,
    headers: { 'content-type': 'application/x-ndjson', prefer: 'respond-async', ...headers },
  })
}

/** Asks until it has ended. */
export async function endOf(
  { get }: Pick<Service, 'get'>,
  { headers }: Received,
  credentials: Record<string, string> = {},
): Promise<Import> {
  for (;;) {
    const found = (await get(String(headers.location), credentials)).json as Import
    if (found.ended_at !== null) return found
    await pause(20)
  }
}
