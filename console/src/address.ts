// The address of the page is that of what it shows: `/v1/books?genre=Travel` is a page here and JSON elsewhere.

import type { Api, Operation, Resource } from './document.ts'

/** What every address of the service begins with, such as `/api`. */
export const prefix = typeof document === 'undefined' ? '' : (document.body.dataset.prefix ?? '')

/** The prefix, and `/v1` where the page was asked for by that. */
export function baseOf(path: string): string {
  const isPinned = /^\/v\d+(?:\/|$)/.exec(path.slice(prefix.length))
  return prefix + (isPinned?.[0].replace(/\/$/, '') ?? '')
}

/** The path without that base, and without a slash at its end. */
export function localPath(path: string): string {
  return path.slice(baseOf(path).length).replace(/\/+$/, '') || '/'
}

/** The values of the parameters in an address, if it has this pattern. */
export function match(pattern: string, path: string): Readonly<Record<string, string>> | undefined {
  const wanted = pattern.split('/')
  const parts = path.split('/')
  if (wanted.length !== parts.length) return undefined
  const found: Record<string, string> = {}
  for (const [index, part] of wanted.entries()) {
    const value = decode(parts[index] ?? '')
    const name = /^\{(.+)\}$/.exec(part)?.[1]
    if (value === undefined || (name === undefined ? value !== part : value === ''))
      return undefined
    if (name !== undefined) found[name] = value
  }
  return found
}

function decode(part: string): string | undefined {
  try {
    return decodeURIComponent(part)
  } catch {
    return undefined
  }
}

export function fill(pattern: string, values: Readonly<Record<string, unknown>>): string {
  return pattern.replaceAll(/\{(\w+)\}/g, (_, name) => encodeURIComponent(String(values[name])))
}

/** Where the service says how it does. */
export const statusPath = '/statusz'

export type Place =
  | { readonly kind: 'home' }
  | { readonly kind: 'collection'; readonly resource: Resource; readonly keys: Keys }
  | { readonly kind: 'row'; readonly resource: Resource; readonly keys: Keys }
  | { readonly kind: 'import' }
  | { readonly kind: 'status' }
  | { readonly kind: 'view'; readonly view: Operation; readonly keys: Keys }
  | { readonly kind: 'elsewhere' }

type Keys = Readonly<Record<string, string>>

/** What is at a path. A name goes before a key: `/orders/large` is a view, if there is one. */
export function findPlace({ resources }: Api, path: string): Place {
  if (path === '/') return { kind: 'home' }
  if (path === statusPath) return { kind: 'status' }
  if (/^\/imports\/[^/]+$/.test(path)) return { kind: 'import' }
  for (const resource of resources) {
    const keys = match(resource.path, path)
    if (keys !== undefined) return { kind: 'collection', resource, keys }
  }
  const views = resources.flatMap(resource => resource.views)
  for (const view of views) {
    const keys = match(view.path, path)
    if (keys !== undefined) return { kind: 'view', view, keys }
  }
  for (const resource of resources) {
    const keys = match(resource.member ?? '', path)
    if (keys !== undefined && resource.read !== undefined) return { kind: 'row', resource, keys }
  }
  return { kind: 'elsewhere' }
}

/** The addresses in a field `Link` by their relation (RFC 8288 §3). */
export function parseLinks(field: string | null): Readonly<Record<string, string>> {
  const links = (field ?? '').matchAll(/<([^>]*)>\s*;\s*rel="?(\w+)"?/g)
  return Object.fromEntries([...links].map(([, href = '', rel = '']) => [rel, href]))
}

/** The addresses that are most like one that is not there, the nearest first. */
export function nearest(path: string, paths: readonly string[]): readonly string[] {
  const [first = ''] = path.slice(1).toLowerCase().split('/')
  const near = paths
    .map(other => ({ other, distance: distance(first, other.slice(1).toLowerCase()) }))
    .filter(({ other, distance }) => distance <= Math.max(2, other.length / 3))
    .sort((one, other) => one.distance - other.distance)
  return near.slice(0, 3).map(({ other }) => other)
}

/** The number of letters to add, drop or change (Levenshtein). */
function distance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index)
  for (const [line, letter] of [...one].entries()) {
    const next = [line + 1]
    for (const [column, match] of [...other].entries())
      next.push(
        Math.min(
          (row[column + 1] ?? 0) + 1,
          (next[column] ?? 0) + 1,
          (row[column] ?? 0) + (letter === match ? 0 : 1),
        ),
      )
    row = next
  }
  return row.at(-1) ?? 0
}
