// What a call throws when the service, or something before it, refuses (RFC 9457).

import type { components } from './api.ts'

type Problem = components['schemas']['Problem']

/** The kinds of problem that any service may have, by their status; those below have a `type` of their own. */
const kinds = {
  400: 'bad-request',
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not-found',
  405: 'method-not-allowed',
  406: 'not-acceptable',
  408: 'request-timeout',
  409: 'conflict',
  412: 'precondition-failed',
  413: 'content-too-large',
  414: 'uri-too-long',
  415: 'unsupported-media-type',
  417: 'expectation-failed',
  421: 'misdirected-request',
  422: 'unprocessable-content',
  428: 'precondition-required',
  429: 'too-many-requests',
  431: 'headers-too-large',
  500: 'internal-server-error',
  501: 'not-implemented',
  502: 'bad-gateway',
  503: 'service-unavailable',
  504: 'gateway-timeout',
  505: 'http-version-not-supported',
  507: 'insufficient-storage',
} as const

const typed = {
  'https://restwell.dev/problems/idempotency-key-in-use': 'idempotency-key-in-use',
  'https://restwell.dev/problems/idempotency-key-reused': 'idempotency-key-reused',
  'https://restwell.dev/problems/refused-by-rule': 'refused-by-rule',
  'https://iana.org/assignments/http-problem-types#quota-exceeded': 'quota-exceeded',
} as const

export type ProblemKind =
  | (typeof kinds)[keyof typeof kinds]
  | (typeof typed)[keyof typeof typed]
  | 'other'

/** A response that is of no use. `request`: the one that it answers. */
export class ResponseError extends Error {
  override readonly name: string = 'ResponseError'
  readonly request: Request
  readonly response: Response
  readonly status: number

  constructor(
    message: string,
    { request, response }: { request: Request; response: Response },
    options: { cause?: unknown } = {},
  ) {
    const { pathname } = new URL(request.url)
    super(`${request.method} ${pathname}: ${response.status} ${message}`, options)
    this.request = request
    this.response = response
    this.status = response.status
  }

  /** The id by which the operator finds the request in the log. */
  get requestId(): string | undefined {
    return this.response.headers.get('request-id') ?? undefined
  }
}

/** A refusal. Its message says all of it: `POST /cars: 422 Request had invalid or missing data. (#/color is required)`. */
export class ProblemError extends ResponseError {
  override readonly name = 'ProblemError'
  readonly kind: ProblemKind
  /** The address of the kind; `about:blank` if the status says everything. */
  readonly type: string
  readonly title: string
  readonly detail: string
  /** The id of the request as a URI; undefined if something before the service has answered. */
  readonly instance: string | undefined
  /** Every finding, with a `pointer` into the body or the `parameter` that it is about. */
  readonly errors: NonNullable<Problem['errors']>
  /** With 406: the media types that there are. */
  readonly available: readonly string[]
  /** With 429: the quotas that are used up. */
  readonly violatedPolicies: readonly string[]
  /** In seconds, when to try again, if the response says so. */
  readonly retryAfter: number | undefined

  constructor(exchange: { request: Request; response: Response }, problem: Partial<Problem>) {
    const { response } = exchange
    const title = problem.title ?? (response.statusText || `Status ${response.status}`)
    const detail = problem.detail ?? title
    const errors = problem.errors ?? []
    super([detail, ...findings(errors)].join(' '), exchange)
    this.type = problem.type ?? 'about:blank'
    this.kind = kindOf(this.type, response.status)
    this.title = title
    this.detail = detail
    this.instance = problem.instance
    this.errors = errors
    this.available = problem.available ?? []
    this.violatedPolicies = problem['violated-policies'] ?? []
    this.retryAfter = retryAfter(response)
  }
}

function kindOf(type: string, status: number): ProblemKind {
  return typed[type as keyof typeof typed] ?? kinds[status as keyof typeof kinds] ?? 'other'
}

function findings(errors: NonNullable<Problem['errors']>): string[] {
  if (errors.length === 0) return []
  const texts = errors.map(({ pointer, parameter, detail }) =>
    `${pointer ?? parameter ?? ''} ${detail}`.trim(),
  )
  return [`(${texts.join('; ')})`]
}

/** `Retry-After` in seconds from now: it has seconds, or the time (RFC 9110 §10.2.3). */
export function retryAfter({ headers }: Response): number | undefined {
  const field = headers.get('retry-after') ?? ''
  const wait = /^\d+$/.test(field) ? Number(field) : (Date.parse(field) - Date.now()) / 1000
  return Number.isNaN(wait) ? undefined : Math.max(0, wait)
}

/** What stands before the service may answer in its own words; then there is the status alone. */
export async function toProblemError(request: Request, response: Response): Promise<ProblemError> {
  const isProblem = response.headers.get('content-type')?.startsWith('application/problem+json')
  const problem = isProblem === true ? await problemOf(response.clone()) : {}
  return new ProblemError({ request, response }, problem)
}

/** A text that breaks off says as little as none. */
async function problemOf(response: Response): Promise<Partial<Problem>> {
  const text = await response.text()
  try {
    return JSON.parse(text)
  } catch {
    return {}
  }
}
