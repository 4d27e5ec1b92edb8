// Chooses the media type of a response (RFC 9110 §12.5.1 Accept, §12.4.2 quality values, §8.3.1 media types).

interface MediaRange {
  /** `type/subtype` in lower case; either may be `*`. */
  readonly essence: string
  /** 0 (not acceptable) to 1. */
  readonly quality: number
}

const name = "[\\w!#$%&'+.^`|~-]+"
const rangeText = new RegExp(`^(?:\\*/\\*|${name}/(?:\\*|${name}))$`)
const token = "[\\w!#$%&'*+.^`|~-]+"
const parameterText = new RegExp(`^(${token})=(${token}|"(?:[^"\\\\]|\\\\.)*")$`)
const qualityText = /^(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/

/**
 * The one of `available` that the client prefers, the first of equals. Undefined: none is acceptable (406). A field without
 * a well-formed range counts as absent. Parameters other than `q` are ignored: no media type here has variants that a
 * parameter could name, and a `charset` means nothing for JSON (RFC 8259 §11).
 */
export function preferredMediaType(
  accept: string | undefined,
  available: readonly string[],
): string | undefined {
  if (accept === undefined || accept === '*/*') return available[0]
  if (available.includes(accept)) return accept
  const ranges = splitOutsideQuotes(accept, ',').flatMap(parseRange)
  if (ranges.length === 0) return available[0]
  let best: { mediaType?: string; quality: number } = { quality: 0 }
  for (const mediaType of available) {
    const quality = qualityOf(mediaType, ranges)
    if (quality > best.quality) best = { mediaType, quality }
  }
  return best.mediaType
}

/** `type/subtype` in lower case, without parameters. */
export function essence(contentType: string): string {
  const end = contentType.indexOf(';')
  return (end === -1 ? contentType : contentType.slice(0, end)).trim().toLowerCase()
}

/** Whether a text of this media type is JSON (RFC 6839 §3.1). */
export function isJson(mediaType: string): boolean {
  return /^application\/(?:[\w!#$&^.-]+\+)?json$/.test(mediaType)
}

/** The non-empty parts of a field value, trimmed. A separator inside a quoted string (§5.6.4) does not separate. */
export function splitOutsideQuotes(text: string, separator: ',' | ';'): string[] {
  // A string that is never closed runs to the end. If it failed instead, each quote would scan the rest again.
  const part =
    separator === ','
      ? /(?:[^",]|"(?:[^"\\]|\\.)*\\?(?:"|$))+/gs
      : /(?:[^";]|"(?:[^"\\]|\\.)*\\?(?:"|$))+/gs
  return (text.match(part) ?? []).map(found => found.trim()).filter(found => found !== '')
}

/** The range, or nothing if it is malformed. */
function parseRange(element: string): MediaRange[] {
  const found = parameters(element)
  // A `q` is the weight, whatever its position (§12.5.1).
  const quality = found.find(([name]) => name === 'q')?.[1] ?? '1'
  const wellFormed =
    found.every(([name]) => name !== '') &&
    rangeText.test(essence(element)) &&
    qualityText.test(quality)
  return wellFormed ? [{ essence: essence(element), quality: Number(quality) }] : []
}

type MediaTypeParameter = readonly [name: string, value: string]

/** The parameters of a media type; a malformed one has the name ''. */
function parameters(text: string): MediaTypeParameter[] {
  return splitOutsideQuotes(text, ';')
    .slice(1)
    .map(part => {
      const [, name = '', value = ''] = parameterText.exec(part.toLowerCase()) ?? []
      return [name, value.startsWith('"') ? value.slice(1, -1).replace(/\\(.)/gs, '$1') : value]
    })
}

/** The quality from the most specific range, the best of equally specific ones. */
function qualityOf(mediaType: string, ranges: readonly MediaRange[]): number {
  let best = { specificity: 0, quality: 0 }
  for (const range of ranges) {
    const found = { specificity: specificity(range, mediaType), quality: range.quality }
    const order = found.specificity - best.specificity || found.quality - best.quality
    if (found.specificity > 0 && order > 0) best = found
  }
  return best.quality
}

/** How closely the range names the media type; 0: not at all. */
function specificity({ essence }: MediaRange, mediaType: string): number {
  if (essence === mediaType) return 4
  // Clients that read a dialect of JSON (`application/hal+json`) read JSON. A range for JSON itself counts first.
  if (essence.endsWith('+json') && mediaType === 'application/json') return 3
  if (essence === `${mediaType.split('/')[0]}/*`) return 2
  return essence === '*/*' ? 1 : 0
}
