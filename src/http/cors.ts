// CORS: which responses pages from other origins may read (Fetch §3.3). Pages from origins that are not listed may read none.

/** The origins that are listed: `https://app.example.com`, with any port `http://localhost:*`, or `*` for all. */
export type Origins = ReadonlySet<string>

/** Fields that a page may read in addition to those that every page may read (Fetch §3.3.3). */
const exposed = [
  'Allow',
  'Content-Disposition',
  'Content-Location',
  'Deprecation',
  'ETag',
  'Idempotent-Replayed',
  'Link',
  'Location',
  'Preference-Applied',
  'RateLimit',
  'RateLimit-Policy',
  'Request-Id',
  'Retry-After',
  'Sunset',
  'WWW-Authenticate',
  'X-Total-Count',
].join(', ')

const methods = 'GET, HEAD, POST, PUT, PATCH, DELETE'
/** The fields that the service reads, and those that OpenTelemetry and similar libraries add to every request of a page. */
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

/** In seconds, how long a browser may cache the response to a preflight. */
const maxAge = '600'

/**
 * The fields that let a page from `origin` read the response; none if the origin is not listed. There are no cookies, so
 * credentials in the sense of CORS are never allowed. `asked`: the method that a preflight asks about.
 */
export function corsFields(
  origins: Origins,
  origin: string | undefined,
  asked?: string,
): Record<string, string> {
  if (origin === undefined || !isListed(origins, origin)) return {}
  const allowed = { 'access-control-allow-origin': origins.has('*') ? '*' : origin }
  if (asked === undefined) return { ...allowed, 'access-control-expose-headers': exposed }
  return {
    ...allowed,
    'access-control-allow-methods': methods,
    'access-control-allow-headers': fields,
    'access-control-max-age': maxAge,
  }
}

function isListed(origins: Origins, origin: string): boolean {
  return origins.has('*') || origins.has(origin) || origins.has(origin.replace(/:\d+$/, ':*'))
}
