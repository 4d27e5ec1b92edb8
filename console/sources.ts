// The digest of what `built/` is made from. A test compares it, so that stale files are noticed without the tools of the build.

import { hash } from 'node:crypto'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const made = [
  ...['package-lock.json', 'build.ts', 'tsconfig.json', 'src/*'],
  ...['../src/formats/csv-records.ts', '../src/formats/formats.ts'],
]

export function digestOfSources(): string {
  const files = globSync(made, { cwd: import.meta.dirname }).sort()
  const texts = files.map(
    file => `${file}\n${readFileSync(join(import.meta.dirname, file), 'utf8')}`,
  )
  return hash('sha256', texts.join('\n'))
}
