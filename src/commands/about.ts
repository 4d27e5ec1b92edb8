// A service's description of itself: `service.yaml` of the working folder, and for its gaps, `package.json`.

import { existsSync, readFileSync } from 'node:fs'
import { type About, untitled } from '../http/about.ts'

/** `version`: for a project that says none. */
export async function readAbout(version: string): Promise<About> {
  return { title: untitled, version, ...readManifest(), ...(await readService()) }
}

/** The reader and its packages are loaded for a project that has the file, so that others start without them. */
async function readService(): Promise<Partial<About>> {
  const file = 'service.yaml'
  if (!existsSync(file)) return {}
  const { readServiceFile } = await import('../definitions/service-file.ts')
  return readServiceFile(file)
}

function readManifest(): Partial<About> {
  if (!existsSync('package.json')) return {}
  const manifest = JSON.parse(readFileSync('package.json', 'utf8'))
  const license = licenseOf(manifest.license)
  const author = nameOf(manifest.author)
  return {
    ...(manifest.name && { title: manifest.name }),
    ...(manifest.version && { version: manifest.version }),
    ...(license && { license: { name: license, identifier: license } }),
    ...(author && { contact: { name: author } }),
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
