// What a service says of itself: the name, version, license and author of the project in the working folder.

import { existsSync, readFileSync } from 'node:fs'
import { type About, ours } from '../http/service.ts'

/** `version`: for a folder without a `package.json`, or one that says none. */
export function readAbout(version: string): About {
  if (!existsSync('package.json')) return { ...ours, version }
  const { restwell, ...manifest } = JSON.parse(readFileSync('package.json', 'utf8'))
  return {
    title: restwell?.title ?? manifest.name ?? ours.title,
    version: manifest.version ?? version,
    license: licenseOf(manifest.license),
    contact: nameOf(manifest.author),
  }
}

/** An SPDX identifier; a project that nobody may use, or that says it in prose, has none. */
function licenseOf(license: unknown): string | undefined {
  const isIdentifier = typeof license === 'string' && /^[\w.+-]+$/.test(license)
  return isIdentifier && license !== 'UNLICENSED' ? license : undefined
}

/** `Ann Example <ann@example.com>`, or an object. */
function nameOf(author: unknown): string | undefined {
  const name =
    typeof author === 'object' && author !== null && 'name' in author ? author.name : author
  return typeof name === 'string' ? name.split(/[<(]/)[0]?.trim() || undefined : undefined
}
