// Every error that a caller sees, in one table (RFC 9457: Problem Details for HTTP APIs).

import { instanceOf } from './request-id.ts'

/** One mistake, in the body (`pointer`, RFC 6901 §6) or in a parameter. `line`: of a body with a row in each line. */
export type Finding =
  | { line?: number; pointer: string; detail: string }
  | { parameter: string; in: 'path' | 'query' | 'header'; detail: string }

interface ProblemDescription {
  readonly status: number
  /** The phrase of the status for `about:blank` (RFC 9457 §4.2.1), or else a summary of the type. */
  readonly title: string
  /** The `detail`, unless the code that refuses gives a more precise one. */
  readonly detail: string
  /** The last part of the type's address, or the whole of a registered one; absent if the status says everything. */
  readonly type?: string
}

/** The kinds of problem. A retired `type` is never reused. */
export const problems = {
  malformed: {
    status: 400,
    title: 'Bad Request',
    detail: 'This request was not properly formatted. Please send again.',
  },
  invalidParameter: {
    status: 400,
    title: 'Bad Request',
    detail: 'Request had invalid or unknown parameters.',
  },
  unauthorized: { status: 401, title: 'Unauthorized', detail: 'Credentials are needed for this.' },
  forbidden: { status: 403, title: 'Forbidden', detail: 'The credentials do not allow this.' },
  notFound: { status: 404, title: 'Not Found', detail: 'The requested resource was not found.' },
  methodNotAllowed: {
    status: 405,
    title: 'Method Not Allowed',
    detail: 'The method is not supported here.',
  },
  notAcceptable: {
    status: 406,
    title: 'Not Acceptable',
    detail: 'No acceptable media type is available.',
  },
  requestTimeout: {
    status: 408,
    title: 'Request Timeout',
    detail: 'The request did not arrive in time.',
  },
  conflict: {
    status: 409,
    title: 'Conflict',
    detail: 'The request conflicts with what is stored.',
  },
  idempotencyKeyInUse: {
    status: 409,
    title: 'Idempotency key in use',
    detail: 'A request with this Idempotency-Key is still being processed.',
    type: 'idempotency-key-in-use',
  },
  preconditionFailed: {
    status: 412,
    title: 'Precondition Failed',
    detail: 'The resource has changed: a precondition of the request does not hold.',
  },
  contentTooLarge: {
    status: 413,
    title: 'Content Too Large',
    detail: 'The request body is too large.',
  },
  uriTooLong: { status: 414, title: 'URI Too Long', detail: 'The request target is too long.' },
  unsupportedMediaType: {
    status: 415,
    title: 'Unsupported Media Type',
    detail: 'The mediatype is not supported.',
  },
  rangeNotSatisfiable: {
    status: 416,
    title: 'Range Not Satisfiable',
    detail: 'The requested range does not exist.',
  },
  expectationFailed: {
    status: 417,
    title: 'Expectation Failed',
    detail: 'The expectation cannot be met.',
  },
  misdirected: {
    status: 421,
    title: 'Misdirected Request',
    detail:
      'This host name is not allowed. The operator of the service can allow it (ALLOWED_HOSTS).',
  },
  invalidBody: {
    status: 422,
    title: 'Unprocessable Content',
    detail: 'Request had invalid or missing data.',
  },
  refusedByRule: {
    status: 422,
    title: 'Refused by a rule',
    detail: 'A rule of the service does not allow it.',
    type: 'refused-by-rule',
  },
  idempotencyKeyReused: {
    status: 422,
    title: 'Idempotency key reused',
    detail: 'This Idempotency-Key was used before with another request.',
    type: 'idempotency-key-reused',
  },
  preconditionRequired: {
    status: 428,
    title: 'Precondition Required',
    detail: 'This resource is only changed by requests with If-Match.',
  },
  quotaExceeded: {
    status: 429,
    title: 'Request cannot be satisfied as assigned quota has been exceeded',
    detail: 'Too many requests.',
    type: 'https://iana.org/assignments/http-problem-types#quota-exceeded',
  },
  headersTooLarge: {
    status: 431,
    title: 'Request Header Fields Too Large',
    detail: 'The request header fields are too large.',
  },
  internal: {
    status: 500,
    title: 'Internal Server Error',
    detail: 'The server failed; the fault is logged under the instance of this problem.',
  },
  notImplemented: {
    status: 501,
    title: 'Not Implemented',
    detail: 'The method is not known to this server.',
  },
  unavailable: {
    status: 503,
    title: 'Service Unavailable',
    detail: 'The service cannot answer at the moment. Please try again.',
  },
  overloaded: {
    status: 503,
    title: 'Service Unavailable',
    detail: 'The service has more to do than it can. Please try again.',
  },
  httpVersionNotSupported: {
    status: 505,
    title: 'HTTP Version Not Supported',
    detail: 'Only HTTP/1.1 and HTTP/1.0 are supported.',
  },
  insufficientStorage: {
    status: 507,
    title: 'Insufficient Storage',
    detail: 'There is no room left to store this. Nothing was changed.',
  },
} as const satisfies Record<string, ProblemDescription>

export type ProblemKind = keyof typeof problems

/** The beginning of the addresses of types. They are identifiers (RFC 9457 §3.1.1), so they never follow the Host header. */
export const problemTypeBase = 'https://restwell.dev/problems/'

/** The address of a type. */
export function problemType({ type }: ProblemDescription): string {
  if (type === undefined) return 'about:blank'
  return type.startsWith('https:') ? type : problemTypeBase + type
}

export interface ProblemDetails {
  readonly detail?: string
  readonly errors?: readonly Finding[]
  /** Response header fields that belong to it, such as `Allow`. */
  readonly headers?: Readonly<Record<string, string>>
  /** Extension members (RFC 9457 §3.2). */
  readonly extensions?: Readonly<Record<string, unknown>>
}

/**
 * An error that the caller is to read; every other error is a fault. It is an `Error`, but made without the constructor of
 * `Error`: nobody reads the stack of a refusal, and collecting it costs as much as the rest of the response.
 */
export class Problem implements Error {
  readonly name = 'Problem'
  readonly message: string
  readonly kind: ProblemKind
  readonly status: number
  readonly title: string
  readonly type: string
  readonly errors: readonly Finding[] | undefined
  readonly headers: Readonly<Record<string, string>>
  readonly extensions: Readonly<Record<string, unknown>>

  constructor(kind: ProblemKind, details: ProblemDetails = {}) {
    const description: ProblemDescription = problems[kind]
    const { status, title, detail } = description
    this.message = details.detail ?? detail
    this.kind = kind
    this.status = status
    this.title = title
    this.type = problemType(description)
    this.errors = details.errors
    this.headers = details.headers ?? none
    this.extensions = details.extensions ?? none
  }
}

const none = Object.freeze({})

Object.setPrototypeOf(Problem.prototype, Error.prototype)

export const problemMediaType = 'application/problem+json'

/**
 * The text of a problem. `requestId` (a UUID) becomes its `instance`. `error` repeats `detail`, for clients that
 * know only `{"error": "…"}`.
 */
export function problemToText(
  { type, title, status, message, errors, extensions }: Problem,
  requestId: string,
): string {
  const detail = JSON.stringify(message)
  const always = `"type":"${type}","title":"${title}","status":${status},"detail":${detail},"instance":"${instanceOf(requestId)}","error":${detail}`
  const findings = errors === undefined ? '' : `,"errors":${JSON.stringify(errors)}`
  const more = JSON.stringify(extensions).slice(1, -1)
  return `{${always}${findings}${more === '' ? '' : `,${more}`}}`
}
