// The common parts of clients in all languages.

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The facts of the document that a client needs before it is generated. */
export interface Described {
  readonly info: { readonly title: string; readonly version: string }
  readonly paths: Readonly<
    Record<
      string,
      { readonly get?: { readonly operationId: string; readonly tags: readonly string[] } }
    >
  >
}

/** The folder of our own client in a language. */
export function templateOf(language: string): string {
  return fileURLToPath(new URL(`../../clients/${language}`, import.meta.url))
}

/** The first list of the service, for the example of its README. */
export function firstList({ paths }: Described) {
  const [path, item] = Object.entries(paths).find(([each]) => /^\/\w+$/.test(each)) ?? ['/', {}]
  return { path, get: item.get ?? { operationId: 'getService', tags: ['service'] } }
}

/** The part of our README that goes for every service. */
export async function generalPart(language: string, from: string, to: string): Promise<string> {
  const ours = await readFile(join(templateOf(language), 'README.md'), 'utf8')
  return ours.slice(ours.indexOf(from), ours.indexOf(to)).trimEnd()
}
