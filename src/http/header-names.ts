// The request header fields that matter to operations, and the response header fields of their own.

export type RequestHeader = 'If-Match' | 'If-None-Match' | 'Idempotency-Key' | 'Prefer'

export type ResponseHeader =
  | 'Content-Disposition'
  | 'Content-Location'
  | 'Created-ETag'
  | 'Created-Location'
  | 'Deprecation'
  | 'ETag'
  | 'Import-Location'
  | 'Link'
  | 'Location'
  | 'Returned-ETag'
  | 'Page-ETag'
  | 'Page-Link'
  | 'Progress-Retry-After'
  | 'Sunset'
  | 'X-Total-Count'
