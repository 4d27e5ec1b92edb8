// What a reader of the document is told first: what goes for every operation, and so is said at none of them.

import type { Refusing } from './problem-responses.ts'

const always = [
  '**Errors** are problem details (RFC 9457) in `application/problem+json`, with every mistake listed in `errors`. An operation lists the errors that tell something about it; `default` stands for those that any request may meet.',
  '**Lists** are JSON arrays, one page at a time. Follow `rel="next"` in the `Link` header (RFC 8288) to the next page. Filter by field, order with `sort`, choose members with `fields`.',
  '**Nothing is lost or sent twice**: send the `ETag` that you read as `If-Match`, and a change that would undo another is refused; send it as `If-None-Match`, and a read returns 304 until something changes.',
  '**Retries are safe**: a POST with an `Idempotency-Key` is done once, however often it is sent.',
  '**Every response** says in `Cache-Control` and `Vary` how it may be cached, and in `Preference-Applied` which parts of `Prefer` were followed.',
]

const credentials =
  '**Credentials**: send an API key or a token as `Authorization: Bearer …`. Each operation names the scope that it needs.'

const limits =
  '**Limits**: `RateLimit-Policy` names your quotas and `RateLimit` what is left of them. When one is used up, requests get 429 and, in `Retry-After`, the seconds to wait.'

const versions = '**Versions**: additions may come at any time; addresses that begin with `/v1` keep that version.'

/** The description of the service, as Markdown. */
export function introduction({ secured, limited }: Refusing): string {
  const points = [...always, ...(secured ? [credentials] : []), ...(limited ? [limits] : []), versions]
  return `Every resource works in the same way.\n\n${points.map(point => `- ${point}`).join('\n')}\n`
}

/** What only the page itself can say: readers of the document elsewhere have no button to press. */
export const welcome = `Welcome. Open an operation, look at its example and press **Execute**: this page sends it to the running service.

The document, to make a client of or to keep: [openapi.yaml](/openapi.yaml) · [openapi.json](/openapi.json)

`
