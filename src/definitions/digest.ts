// The digest of a project: one text that changes with any of its files.

import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isCode, schemasFolder } from './load.ts'
import { pluginsFolder } from './plugins.ts'

/** `settings`: the files that say the rest, of which any may be missing. */
export async function digestOfProject(settings: readonly string[]): Promise<string> {
  const code = await Promise.all([schemasFolder, pluginsFolder].map(codeIn))
  const files = [...code.flat().sort(), ...settings]
  const contents = await Promise.all(files.map(path => orNothing(readFile(path, 'utf8'), '')))
  return createHash('sha256')
    .update(JSON.stringify([files, contents]))
    .digest('base64url')
}

async function codeIn(folder: string): Promise<readonly string[]> {
  const entries = await orNothing(readdir(folder, { recursive: true }), [])
  return entries.filter(isCode).map(path => join(folder, path))
}

async function orNothing<T>(reading: Promise<T>, nothing: T): Promise<T> {
  return reading.catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error
    return nothing
  })
}
