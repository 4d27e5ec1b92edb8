// The links between the pages of a list (RFC 8288 §3). Each keeps every parameter of the request except the cursor.

import { encodeTarget, type Link } from './link.ts'
import { maxTargetLength } from './message.ts'

/**
 * In bytes, how long the links of a page may be together before dispensable ones are left out. By default proxies accept a
 * head of 4 KiB, and clients one of 16 KiB.
 */
export const maxLinksLength = 3000

export interface Cursors {
  readonly next: string | undefined
  readonly prev: string | undefined
}

/**
 * The links from a page, whose address begins with `base`. If they get too long, `first` is left out, and then `prev`, but
 * never the last one. Undefined if the address of the next page would itself be too long.
 */
export function pageLinks(
  base: string,
  url: string,
  { next, prev }: Cursors,
): readonly Link[] | undefined {
  const [path = '', ...search] = url.split('?')
  const kept = search.join('?').split('&').filter(isKept)
  const to = (rel: string, ...cursor: readonly string[]) => {
    const all = [...kept, ...cursor.map(text => `cursor=${text}`)]
    return {
      rel,
      href: encodeTarget(base + (all.length === 0 ? path : `${path}?${all.join('&')}`)),
    }
  }
  const onward = next === undefined ? [] : [to('next', next)]
  if (onward.some(({ href }) => href.length > maxTargetLength)) return undefined
  const all = [to('first'), ...(prev === undefined ? [] : [to('prev', prev)]), ...onward]
  const choices = all.map((_, left) => all.slice(left))
  return choices.find(links => lengthOf(links) <= maxLinksLength) ?? all.slice(-1)
}

function isKept(part: string): boolean {
  return part !== '' && nameOf(part) !== 'cursor'
}

/** `curs%6Fr` is the same name (RFC 3986 §6.2.2.2). Text that cannot be decoded was refused before. */
function nameOf(part: string): string {
  const [name = ''] = part.split('=')
  return name.includes('%') ? decodeURIComponent(name) : name
}

function lengthOf(links: readonly Link[]): number {
  return links.reduce(
    (sum, { href, rel }) => sum + href.length + rel.length + '<>; rel="", '.length,
    0,
  )
}
