// How callers of a test call: by requests that never leave the process, with responses as the document says.

import { randomUUID } from 'node:crypto'
import type { InjectOptions, LightMyRequestResponse } from 'fastify'
import type { Principal } from '../access/access.ts'
import type { DocumentCheck } from './document-check.ts'
import type { Headers, Received, Sent, TestCaller, TestIdentity } from './test-caller.ts'

/** The parts of calls without a network. */
interface Injecting {
  inject(options: InjectOptions): Promise<LightMyRequestResponse>
}

/** The callers of one service, by their tokens. */
export class Callers {
  readonly #principals = new Map<string, Principal>()

  find(token: string): Principal | undefined {
    return this.#principals.get(token)
  }

  /** Makes callers; without an identity one who sends no credentials. */
  calling(app: Injecting, check: DocumentCheck): (identity?: TestIdentity) => TestCaller {
    return identity => toCaller(app, check, identity === undefined ? {} : this.#admit(identity))
  }

  #admit({ id, scopes, claims = {} }: TestIdentity): Headers {
    const token = `test.${randomUUID()}`
    this.#principals.set(token, {
      id: id ?? `token:${token}`,
      kind: 'token',
      scopes: new Set(scopes),
      plan: undefined,
      claims,
    })
    return { authorization: `Bearer ${token}` }
  }
}

function toCaller(app: Injecting, check: DocumentCheck, credentials: Headers): TestCaller {
  const request = async (method: string, url: string, { headers, json, body }: Sent = {}) => {
    const response = await app.inject({
      method: method as 'GET',
      url,
      headers: {
        ...credentials,
        ...(json !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...withPayload(json === undefined ? body : JSON.stringify(json)),
    })
    const received = toReceived(response)
    const { status, headers: fields, text } = received
    const mistakes = check.mistakes({ method, url, status, headers: fields, body: text })
    if (mistakes.length > 0) throw new Error(`${method} ${url} → ${status}: ${mistakes.join('; ')}`)
    return received
  }
  return callerOf(request)
}

/** A caller with a shorthand for each method. */
export function callerOf(request: TestCaller['request']): TestCaller {
  return {
    request,
    get: (url, headers = {}) => request('GET', url, { headers }),
    post: (url, json, headers = {}) => request('POST', url, { json, headers }),
    put: (url, json, headers = {}) => request('PUT', url, { json, headers }),
    patch: (url, json, headers = {}) => request('PATCH', url, { json, headers }),
    delete: (url, headers = {}) => request('DELETE', url, { headers }),
  }
}

function withPayload(payload: string | Uint8Array | undefined): { payload?: string | Buffer } {
  if (payload === undefined) return {}
  return { payload: typeof payload === 'string' ? payload : Buffer.from(payload) }
}

/** An injected response as a test reads it; a body that is not JSON is found when `json` is read. */
export function toReceived({ statusCode, headers, body }: LightMyRequestResponse): Received {
  return {
    status: statusCode,
    headers: headers as Record<string, string>,
    text: body,
    get json() {
      return JSON.parse(body)
    },
  }
}
