// The header fields of answers, as the document has them.

import { pascalCase } from '../resource/model.ts'
import type { Hoist } from './components.ts'

export type HeaderName = keyof typeof headerFields

const text = { type: 'string' }

const headerFields = {
  'Accept-Encoding': { description: 'Content codings of bodies (RFC 9110 §12.5.3)', schema: text, example: 'identity' },
  'Accept-Patch': {
    description: 'Media types of PATCH (RFC 5789 §3.1)',
    schema: text,
    example: 'application/merge-patch+json',
  },
  'Accept-Post': { description: 'Media types of POST', schema: text, example: 'application/json' },
  'Cache-Control': { description: 'How the answer may be cached (RFC 9111 §5.2)', schema: text, example: 'no-cache' },
  Deprecation: { description: 'Since when it is deprecated (RFC 9745)', schema: text, example: '@1793491200' },
  ETag: { description: 'The state of what was answered, for If-Match and If-None-Match', schema: text, example: '"7"' },
  'Idempotent-Replayed': {
    description: '`true`: the stored answer to an earlier request',
    schema: text,
    example: 'true',
  },
  Link: {
    description: 'The pages around this one: `first`, `prev`, `next` (RFC 8288)',
    schema: text,
    example: '</books?limit=2>; rel="first"',
  },
  Location: {
    description: 'The address of what was created',
    schema: { ...text, format: 'uri-reference' },
    example: '/books/3',
  },
  'Preference-Applied': {
    description: 'The preferences that were heeded (RFC 7240 §3)',
    schema: text,
    example: 'return=minimal',
  },
  RateLimit: {
    description: 'What is left of the quota of each policy (draft-ietf-httpapi-ratelimit-headers-11 §4)',
    schema: text,
    example: '"minute";r=99;t=50, "day";r=9999;t=86390',
  },
  'RateLimit-Policy': {
    description: "The quotas of the caller's plan (draft-ietf-httpapi-ratelimit-headers-11 §3)",
    schema: text,
    example: '"minute";q=100;w=60, "day";q=10000;w=86400',
  },
  'Retry-After': {
    description: 'In how many seconds to try again (RFC 9110 §10.2.3)',
    schema: { type: 'integer' },
    example: 1,
  },
  Sunset: {
    description: 'From when it may be gone (RFC 8594)',
    schema: text,
    example: 'Sat, 01 May 2027 00:00:00 GMT',
  },
  Vary: { description: 'What the answer depends on (RFC 9110 §12.5.5)', schema: text, example: 'Accept, Prefer' },
  'WWW-Authenticate': {
    description: 'What credentials are needed, and what was wrong with those that were sent (RFC 6750 §3)',
    schema: text,
    example: 'Bearer realm="restwell"',
  },
  'X-Total-Count': {
    description: 'How many there are, with `Prefer: count=exact`',
    schema: { type: 'integer' },
    example: 3,
  },
} as const

export function headerReferences(names: readonly HeaderName[], hoist: Hoist): object {
  return Object.fromEntries(names.map(name => [name, hoist.ref('headers', pascalCase(name), headerFields[name])]))
}
