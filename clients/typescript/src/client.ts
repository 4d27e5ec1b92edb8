// A client of the service: the calls of its document, typed, and what every caller would write on top of them.

import createFetchClient from 'openapi-fetch'
import type { paths } from './api.ts'
import { ProblemError, toProblemError } from './problem-error.ts'
import { type Retrying, retryingFetch } from './retry.ts'
import type { Call, Change, Pages, WithoutKey } from './types.ts'

export type { components, operations, paths } from './api.ts'
export { ProblemError } from './problem-error.ts'

export interface ClientOptions extends Retrying {
  /** Where the service is; with `/v1` at its end, pinned to that version. */
  readonly baseUrl: string
  /** A key of the service, sent as `Authorization: Bearer …`. */
  readonly token?: string
}

/** Every call answers `{ data, response }` or throws: a `ProblemError` for a refusal, else what `fetch` throws. */
export interface Client {
  readonly GET: Call<'get'>
  readonly POST: Call<'post'>
  readonly PUT: Call<'put'>
  readonly PATCH: Call<'patch'>
  readonly DELETE: Call<'delete'>
  /** Every item of a list, page after page. */
  readonly pages: Pages
  /** Reads a member, takes the changes to it and makes them if nobody was faster; otherwise it starts again. */
  readonly change: Change
}

/** How often a change is tried at the most. */
const changeAttempts = 5

/** Posts that heed no `Idempotency-Key`, so they are sent once. The compiler says when the document has others. */
const sentOnce: Readonly<Record<WithoutKey, true>> = { '/keys/{id}/rotate': true }

type Untyped = (
  path: string,
  init?: object,
) => Promise<{ readonly data?: unknown; readonly response: Response }>

export function createClient({ baseUrl, token, ...retrying }: ClientOptions): Client {
  const client = createFetchClient<paths, 'application/json'>({
    baseUrl,
    fetch: retryingFetch(retrying),
    headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
  })
  client.use({
    onRequest: ({ request, schemaPath }) => {
      if (
        request.method === 'POST' &&
        !(schemaPath in sentOnce) &&
        !request.headers.has('idempotency-key')
      )
        request.headers.set('idempotency-key', crypto.randomUUID())
    },
    onResponse: async ({ response }) => {
      if (response.status >= 400) throw await toProblemError(response)
    },
  })
  const { GET, POST, PUT, PATCH, DELETE } = client as unknown as Record<
    'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    Untyped
  >
  return {
    GET,
    POST,
    PUT,
    PATCH,
    DELETE,
    pages: pagesBy(GET),
    change: changeBy(GET, PATCH),
  } as unknown as Client
}

interface ListInit {
  readonly params?: { readonly query?: object }
}

function pagesBy(get: Untyped) {
  return async function* (path: string, init: ListInit = {}): AsyncGenerator<unknown> {
    let query = init.params?.query ?? {}
    for (;;) {
      const { data, response } = await get(path, { ...init, params: { ...init.params, query } })
      yield* data as unknown[]
      const cursor = nextCursor(response)
      if (cursor === undefined) return
      query = { ...query, cursor }
    }
  }
}

/** From `Link: </books?cursor=…>; rel="next"` (RFC 8288). */
function nextCursor({ headers, url }: Response): string | undefined {
  const next = /<([^>]*)>\s*;\s*rel="?next"?/.exec(headers.get('link') ?? '')?.[1]
  return next === undefined
    ? undefined
    : (new URL(next, url).searchParams.get('cursor') ?? undefined)
}

function changeBy(get: Untyped, patch: Untyped) {
  return async (
    path: string,
    parameters: object,
    edit: (current: unknown) => unknown,
  ): Promise<unknown> => {
    for (let attempt = 1; ; attempt++) {
      const { data, response } = await get(path, { params: { path: parameters } })
      const header = { 'If-Match': response.headers.get('etag') }
      const body = await edit(data)
      try {
        return await patch(path, { params: { path: parameters, header }, body })
      } catch (error) {
        if (attempt === changeAttempts || !(error instanceof ProblemError) || error.status !== 412)
          throw error
      }
    }
  }
}
