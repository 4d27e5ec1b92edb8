// The introduction of the document. It says what holds for every operation, so that operations need not repeat it.

import type { Refusing } from './problem-responses.ts'
import { anyOrigin } from './servers.ts'

const always = [
  '**Errors** are problem details (RFC 9457) in `application/problem+json`, with every mistake listed in `errors`. An operation lists the errors that are particular to it; `default` stands for those that any request may get.',
  '**Lists** are JSON arrays, one page at a time. Follow `rel="next"` in the `Link` header (RFC 8288) to the next page. Choose members with `fields`, and the order with `sort`: `sort=-area,name` sorts by `area` from high to low, then by `name`. As `text/csv` or `application/x-ndjson` (in `Accept`) a list without `limit` has every row; `Prefer: csv=spreadsheet` makes CSV safe for spreadsheets.',
  '**Filters** are named by their field. `genre=Travel` keeps the rows with that value, or with a list that has it; if you repeat it, the rows with one of the values. `_ne` after the name finds all other rows. `_gt`, `_gte`, `_lt` and `_lte` compare, `_contains` and `_starts_with` look for a text as it is written, `_icontains` for one in upper or lower case, and `_is_null` is `true` or `false`. All filters of a request must hold, but of the fields that `or` names, the filters of one are enough: `or=status,total&status=open&total_gt=5`.',
  '**Nothing is lost or sent twice**: send the `ETag` that you read as `If-Match`, and a change that would undo another is refused; send it as `If-None-Match`, and a read returns 304 until something changes.',
  '**Retries are safe**: a POST with an `Idempotency-Key` is done once, however often it is sent; a stored response to it says `Idempotent-Replayed: true`.',
  '**Changes**: PUT replaces the whole row, so that a member that is left out gets its default or null. PATCH takes a merge patch (RFC 7396), which has the members to change, or a JSON Patch (RFC 6902), whose operations are applied in order.',
  '**Every response** has in `Request-Id` the id by which the operator finds the request; it says in `Cache-Control` and `Vary` how it may be cached, and in `Preference-Applied` which parts of `Prefer` were followed.',
]

const credentials =
  '**Credentials**: send an API key or a token as `Authorization: Bearer …`. Each operation names the scope that it needs.'

const limits =
  '**Limits**: `RateLimit-Policy` names your quotas and `RateLimit` what is left of them. When one is used up, requests get 429 and, in `Retry-After`, the seconds to wait.'

const versions =
  '**Versions**: additions may come at any time; addresses that begin with `/v1` keep that version.'

/** The description of the service, as Markdown. */
export function introduction({ secured, limited }: Refusing): string {
  const points = [
    ...always,
    ...(secured ? [credentials] : []),
    ...(limited ? [limits] : []),
    versions,
  ]
  return `Every resource works in the same way.\n\n${points.map(point => `- ${point}`).join('\n')}\n`
}

/** Only the page itself shows it, because readers of the document elsewhere have no button to press. */
export const welcome = `Welcome. Open an operation, look at its example and press **Execute**: this page sends it to the running service. The [reference](${anyOrigin}/reference) has each in curl, TypeScript and Python.

The document, to make a client of or to keep: [openapi.yaml](${anyOrigin}/openapi.yaml) · [openapi.json](${anyOrigin}/openapi.json)

`
