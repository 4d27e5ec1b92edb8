// The header fields of responses, as the document has them.

import { pascalCase } from '../resource/model.ts'
import type { ComponentRegistry } from './components.ts'

export type HeaderName = keyof typeof headerFields

const text = { type: 'string' }

/** `required`: the field is always there. For the others, the description says when. */
const headerFields = {
  Accept: { description: 'With 415: the media types of PUT (RFC 9110 §15.5.16)', schema: text },
  'Accept-Encoding': {
    description: 'With 415: the content codings of bodies (RFC 9110 §12.5.3)',
    schema: text,
  },
  'Accept-Patch': {
    description: 'With 415: the media types of PATCH (RFC 5789 §3.1)',
    schema: text,
  },
  'Accept-Post': { description: 'With 415: the media types of POST', schema: text },
  'Cache-Control': {
    description: 'How the response may be cached (RFC 9111 §5.2)',
    required: true,
    schema: text,
    example: 'no-store',
  },
  'Content-Disposition': {
    description: 'With a whole list: the name of a file for it (RFC 6266)',
    schema: text,
    example: 'attachment; filename="books.csv"',
  },
  'Content-Location': {
    description: 'The address of what is returned, as a read of it would return it (RFC 9110 §8.7)',
    schema: { ...text, format: 'uri-reference' },
    example: '/books/3',
  },
  'Created-ETag': {
    description:
      'The state of what was created, for `If-Match` and `If-None-Match`; none with several rows',
    schema: text,
    example: '"7"',
  },
  'Created-Location': {
    description: 'The address of what was created; none with several rows',
    schema: { ...text, format: 'uri-reference' },
    example: '/books/3',
  },
  'Current-ETag': {
    description: 'The current `ETag`, if there is one',
    schema: text,
    example: '"8"',
  },
  Deprecation: {
    description: 'The date since which this is deprecated (RFC 9745)',
    required: true,
    schema: text,
    example: '@1793491200',
  },
  ETag: {
    description: 'The state of what is returned, for `If-Match` and `If-None-Match`',
    required: true,
    schema: text,
    example: '"7"',
  },
  'Import-Location': {
    description: 'The address of the import, which says what became of the rows',
    required: true,
    schema: { ...text, format: 'uri-reference' },
    example: '/imports/1',
  },
  Link: {
    description: 'The pages around this one: `first`, `prev`, `next` (RFC 8288)',
    required: true,
    schema: text,
    example: '</books?limit=2>; rel="first"',
  },
  Location: {
    description: 'The address of what was created',
    required: true,
    schema: { ...text, format: 'uri-reference' },
    example: '/books/3',
  },
  'Page-ETag': {
    description: 'The state of the page, for `If-Match` and `If-None-Match`; a whole list has none',
    schema: text,
    example: '"7"',
  },
  'Page-Link': {
    description:
      'The pages around this one: `first`, `prev`, `next` (RFC 8288); a whole list has none',
    schema: text,
    example: '</books?limit=2>; rel="first"',
  },
  'Progress-Retry-After': {
    description: 'The number of seconds to wait before asking again; none once it has ended',
    schema: { type: 'integer' },
    example: 1,
  },
  RateLimit: {
    description:
      'What is left of the quota of each policy (draft-ietf-httpapi-ratelimit-headers-11 §4)',
    schema: text,
    example: '"minute";r=99;t=50, "day";r=9999;t=86390',
  },
  'RateLimit-Policy': {
    description: "The quotas of the caller's plan (draft-ietf-httpapi-ratelimit-headers-11 §3)",
    schema: text,
    example: '"minute";q=100;w=60, "day";q=10000;w=86400',
  },
  'Retry-After': {
    description:
      'The number of seconds to wait before trying again (RFC 9110 §10.2.3), with 429 and 503',
    schema: { type: 'integer' },
    example: 1,
  },
  'Returned-ETag': {
    description:
      'The state of what is returned, for `If-Match` and `If-None-Match`; none without a body',
    schema: text,
    example: '"7"',
  },
  Sunset: {
    description: 'The date from which this may be gone (RFC 8594)',
    required: true,
    schema: text,
    example: 'Sat, 01 May 2027 00:00:00 GMT',
  },
  'WWW-Authenticate': {
    description:
      'With 401 and 403: the credentials that are needed, and what is wrong with those that were sent (RFC 6750 §3)',
    schema: text,
    example: 'Bearer realm="api"',
  },
  'X-Total-Count': {
    description: 'The number of all matches, with `Prefer: count=exact` or `count=estimated`',
    schema: { type: 'integer' },
    example: 3,
  },
} as const

/** The same field under the name by which it is sent, where its component has another. */
const sentAs: Partial<Record<HeaderName, string>> = {
  'Created-ETag': 'ETag',
  'Created-Location': 'Location',
  'Current-ETag': 'ETag',
  'Import-Location': 'Location',
  'Page-ETag': 'ETag',
  'Page-Link': 'Link',
  'Progress-Retry-After': 'Retry-After',
  'Returned-ETag': 'ETag',
}

export function headerReferences(
  names: readonly HeaderName[],
  registry: ComponentRegistry,
): object {
  const references = names.map(name => [
    sentAs[name] ?? name,
    registry.ref('headers', pascalCase(name), headerFields[name]),
  ])
  return Object.fromEntries(references)
}
