// The Link field (RFC 8288 §3).

export interface Link {
  readonly href: string
  readonly rel: string
  readonly type?: string
}

/** The value of Link; '' for no links. */
export function linkHeader(links: readonly Link[]): string {
  return links.map(linkText).join(', ')
}

function linkText({ href, rel, type }: Link): string {
  const target = `<${encodeTarget(href)}>; rel="${quote(rel)}"`
  return type === undefined ? target : `${target}; type="${quote(type)}"`
}

/** Percent-encodes characters that a URI cannot have (RFC 3986 §2), above all `>` and line ends. */
export function encodeTarget(href: string): string {
  return unsafe.test(href)
    ? href.toWellFormed().replace(new RegExp(unsafe, 'gu'), encodeURIComponent)
    : href
}

const unsafe = /[^\x21\x23-\x3b\x3d\x3f-\x5b\x5d\x5f\x61-\x7a\x7e]/u

function quote(text: string): string {
  return /["\\]/.test(text) ? text.replace(/["\\]/g, '\\$&') : text
}
