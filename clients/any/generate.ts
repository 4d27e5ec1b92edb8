// A client in one of the languages, made by openapi-generator; a virtual environment of Python's holds it, with a Java of its own.

import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { executable } from '../../test/support/python.ts'
import type { Language } from './languages.ts'

const document = join(import.meta.dirname, '../../openapi.yaml')

/** Writes it into the folder, with the document that it was made of. */
export function generate(folder: string, { generator }: Language): void {
  mkdirSync(folder, { recursive: true })
  const input = join(folder, 'openapi.yaml')
  cpSync(document, input)
  const [language = '', ...options] = generator
  execFileSync(
    executable(import.meta.dirname, 'openapi-generator-cli'),
    ['generate', '-i', input, '-g', language, '-o', folder, ...options],
    {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, JAVA_OPTS: '-Dlog.level=error' },
    },
  )
}
