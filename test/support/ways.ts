// Every way in which a body gets into the service, and a check that a bad one has left nothing behind.

import type { Test } from 'tap'
import type { Received, Service } from './service.ts'

export const json = 'application/json'
export const mergePatch = 'application/merge-patch+json'
export const jsonPatch = 'application/json-patch+json'

export interface Way {
  readonly way: string
  readonly method: string
  readonly url: string
  readonly type: string
}

/** The body is a car's, but for that of a user. */
export const ways: readonly Way[] = [
  { way: 'POST', method: 'POST', url: '/cars', type: json },
  { way: 'PUT', method: 'PUT', url: '/cars/1', type: json },
  { way: 'PUT of a chosen key', method: 'PUT', url: '/users/ada', type: json },
  { way: 'merge patch', method: 'PATCH', url: '/cars/1', type: mergePatch },
  { way: 'JSON', method: 'PATCH', url: '/cars/1', type: json },
  { way: 'JSON Patch', method: 'PATCH', url: '/cars/1', type: jsonPatch },
]

const collections = ['/cars', '/books', '/countries', '/events', '/users']

/** Runs the attempts; all that there is must be as it was. */
export async function unharmed(
  t: Test,
  { get }: Service,
  attempts: () => Promise<void>,
): Promise<void> {
  const contents = async () =>
    (await Promise.all(collections.map(url => get(`${url}?limit=1000`)))).map(all => all.text)
  const before = await contents()
  await attempts()
  t.strictSame(await contents(), before, 'nothing was stored')
}

/** Sends a body as it is. */
export function send(
  { request }: Service,
  { method, url, type }: Way,
  body: string | Buffer,
): Promise<Received> {
  return request(method, url, { body, headers: { 'content-type': type } })
}
