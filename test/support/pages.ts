// Links of a list, and the walk along them.

import type { Received, Service } from './service.ts'

type Get = Service['get']

/** The targets of Link by their relation. */
export function linksOf({
  headers: { link = '' },
}: Pick<Received, 'headers'>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    [...link.matchAll(/<([^>]*)>; rel="(\w+)"/g)].map(([, href, rel]) => [rel, href]),
  )
}

/** The cursor in a link. */
export function cursorOf(received: Received, rel = 'next'): string {
  return new URLSearchParams(linksOf(received)[rel]?.split('?')[1]).get('cursor') ?? ''
}

/** The page and all that `rel` leads to from there, in the order in which they are met. */
export async function walk(
  get: Get,
  page: Received,
  rel: 'next' | 'prev',
): Promise<readonly Received[]> {
  const pages = [page]
  for (
    let href = linksOf(page)[rel];
    href !== undefined;
    href = linksOf(pages.at(-1) as Received)[rel]
  ) {
    pages.push(await get(href))
    if (pages.length > 1000) throw new Error(`The walk along ${rel} does not end: ${href}`)
  }
  return pages
}

/** The rows of all pages from the first to the last, and of the same pages on the way back. */
export async function walkBothWays(get: Get, url: string) {
  const forward = await walk(get, await get(url), 'next')
  const backward = await walk(get, forward.at(-1) as Received, 'prev')
  return {
    forward: forward.map(({ json }) => json),
    backward: backward.map(({ json }) => json).toReversed(),
  }
}
