// What every problem must be, whichever layer it comes from (RFC 9457).

import type { Test } from 'tap'

export interface Refused {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
}

/** The phrases of RFC 9110 §15 and RFC 6585, which `about:blank` has for a title (RFC 9457 §4.2.1). */
export const phrases: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  406: 'Not Acceptable',
  408: 'Request Timeout',
  409: 'Conflict',
  412: 'Precondition Failed',
  413: 'Content Too Large',
  414: 'URI Too Long',
  415: 'Unsupported Media Type',
  416: 'Range Not Satisfiable',
  417: 'Expectation Failed',
  421: 'Misdirected Request',
  422: 'Unprocessable Content',
  428: 'Precondition Required',
  429: 'Too Many Requests',
  431: 'Request Header Fields Too Large',
  500: 'Internal Server Error',
  501: 'Not Implemented',
  503: 'Service Unavailable',
  505: 'HTTP Version Not Supported',
  507: 'Insufficient Storage',
}

/** Stable addresses of the project (RFC 9457 §3.1.1). */
const typePattern =
  /^(?:about:blank|https:\/\/restwell\.dev\/problems\/[a-z-]+|https:\/\/iana\.org\/assignments\/http-problem-types#[a-z-]+)$/
const uuidUrn = /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

/** Holds an answer against what every problem is; gives its members. */
export function checkProblem(
  t: Test,
  at: string,
  { status, headers, text }: Refused,
  expected: number,
) {
  const problem = status >= 400 ? JSON.parse(text) : {}
  const found = {
    status,
    mediaType: headers['content-type']?.split(';')[0],
    cacheControl: headers['cache-control'],
    length: headers['content-length'],
    statusTold: problem.status,
    instance: uuidUrn.test(problem.instance),
    error: problem.error,
    type: typePattern.test(problem.type),
    title: problem.type === 'about:blank' ? problem.title : undefined,
  }
  const every = {
    status: expected,
    mediaType: 'application/problem+json',
    cacheControl: 'no-store',
    length: String(Buffer.byteLength(text)),
    statusTold: expected,
    instance: true,
    error: problem.detail,
    type: true,
    title: problem.type === 'about:blank' ? phrases[expected] : undefined,
  }
  t.strictSame(found, every, at)
  return problem
}
