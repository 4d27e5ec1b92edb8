// The gate: a change of openapi.yaml that breaks clients of the released one needs a version that may break.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { breakingChanges } from './oasdiff.ts'
import { mayBreak } from './version.ts'

const released = join(import.meta.dirname, 'openapi.yaml')
const next = join(import.meta.dirname, '../openapi.yaml')

function versionOf(document: string): string {
  return parse(readFileSync(document, 'utf8')).info.version
}

const versions = [versionOf(released), versionOf(next)] as const
const changes = breakingChanges(released, next)
for (const change of changes) console.log(change)
if (changes.length === 0) console.log(`Nothing breaks clients of ${versions[0]}.`)
else if (mayBreak(...versions))
  console.log(`This breaks clients of ${versions[0]}, which ${versions[1]} may.`)
else {
  console.error(
    `This breaks clients of ${versions[0]}. Keep what was, or give package.json a version that may break.`,
  )
  process.exitCode = 1
}
