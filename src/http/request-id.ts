// The id of a request: the same text in `Request-Id`, in the log and in the `instance` of a problem (RFC 9457 §3.1.5).

/** A UUID, with or without its hyphens: nginx and others leave them out. */
const uuid = /^[\da-f]{8}(?:-?[\da-f]{4}){3}-?[\da-f]{12}$/i

/** The id that a proxy has given to a request; undefined for a text that is no UUID, because callers could write it. */
export function parseRequestId(field: string | readonly string[] | undefined): string | undefined {
  return typeof field === 'string' && uuid.test(field) ? field : undefined
}

/** The URI of a request, by which its problem is known. */
export function instanceOf(requestId: string): string {
  return `urn:uuid:${requestId}`
}
