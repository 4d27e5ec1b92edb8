// The callers of a test's service, with their requests and responses.

/** The caller. */
export interface TestIdentity {
  /** The caller's id, which owns the rows that it makes; another for each caller by default. */
  readonly id?: string
  /** `books:read`, `books:write`, `books:admin`, or `*` for everything. */
  readonly scopes: readonly string[]
  /** Further claims of its token. */
  readonly claims?: Readonly<Record<string, unknown>>
}

export interface Sent {
  readonly headers?: Readonly<Record<string, string>>
  /** Sent as JSON; `application/json` unless the headers say otherwise. */
  readonly json?: unknown
  /** Sent as it is. */
  readonly body?: string | Uint8Array
}

export interface Received {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
  /** The parsed body. A test knows what it expects, so it is not typed. */
  // biome-ignore lint/suspicious/noExplicitAny: see above
  readonly json: any
}

export type Headers = Readonly<Record<string, string>>

/** Rejects where a response is not as the document says. */
export interface TestCaller {
  request(method: string, url: string, sent?: Sent): Promise<Received>
  get(url: string, headers?: Headers): Promise<Received>
  post(url: string, json: unknown, headers?: Headers): Promise<Received>
  put(url: string, json: unknown, headers?: Headers): Promise<Received>
  /** A merge patch, unless the headers say otherwise. */
  patch(url: string, json: unknown, headers?: Headers): Promise<Received>
  delete(url: string, headers?: Headers): Promise<Received>
}
