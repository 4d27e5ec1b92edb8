// What pages of other origins may read of the answers (Fetch standard §3.3: the CORS protocol). Nothing, unless they are listed.

/** The origins that are listed: `https://app.example.com`, or `*` for all. */
export type Origins = ReadonlySet<string>

/** Fields that a page may read beside those that every page may (Fetch §3.3.3). */
const exposed = [
  'Allow',
  'Content-Location',
  'Deprecation',
  'ETag',
  'Idempotent-Replayed',
  'Link',
  'Location',
  'Preference-Applied',
  'RateLimit',
  'RateLimit-Policy',
  'Retry-After',
  'Sunset',
  'WWW-Authenticate',
  'X-Total-Count',
].join(', ')

const methods = 'GET, HEAD, POST, PUT, PATCH, DELETE'
/** Those that the service reads, and those that OpenTelemetry and its like add to every request of a page. */
const fields = [
  'Accept',
  'Authorization',
  'Baggage',
  'Content-Type',
  'Idempotency-Key',
  'If-Match',
  'If-None-Match',
  'Prefer',
  'Traceparent',
  'Tracestate',
].join(', ')

/** How long, in seconds, a browser may remember what it was told before a request. */
const maxAge = '600'

/**
 * The fields that let a page of `origin` read the answer; none for one that is not listed. No cookies are used here, so
 * credentials in the sense of CORS are never allowed. `asked`: the method of a request to come (a preflight).
 */
export function corsFields(origins: Origins, origin: string | undefined, asked?: string): Record<string, string> {
  if (origin === undefined || !(origins.has('*') || origins.has(origin))) return {}
  const allowed = { 'access-control-allow-origin': origins.has('*') ? '*' : origin }
  if (asked === undefined) return { ...allowed, 'access-control-expose-headers': exposed }
  return {
    ...allowed,
    'access-control-allow-methods': methods,
    'access-control-allow-headers': fields,
    'access-control-max-age': maxAge,
  }
}
