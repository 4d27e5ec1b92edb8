// The header fields that make a difference to an operation, and those that its responses may have to themselves.

export type RequestHeader = 'If-Match' | 'If-None-Match' | 'Idempotency-Key' | 'Prefer'

export type ResponseHeader =
  | 'Content-Location'
  | 'Deprecation'
  | 'ETag'
  | 'Link'
  | 'Location'
  | 'Returned-ETag'
  | 'Sunset'
  | 'X-Total-Count'
