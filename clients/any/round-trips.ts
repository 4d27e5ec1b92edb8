// Generates a client in each language, builds it, and lets a small program use it on the running service.

import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { startService } from '../../conformance/service.ts'
import { generate } from './generate.ts'
import { type Language, languages } from './languages.ts'

/** Throws where a step fails; says what each took. */
function roundTrip(name: string, language: Language, address: string): void {
  const { program, build, run } = language
  const folder = join(import.meta.dirname, '.generated', name)
  rmSync(folder, { recursive: true, force: true })
  const step = (what: string, command: string) => {
    const start = performance.now()
    execFileSync('sh', ['-c', command], {
      cwd: folder,
      stdio: 'inherit',
      env: { ...process.env, ADDRESS: address },
    })
    console.log(
      `${name.padEnd(6)} ${what.padEnd(10)} ${((performance.now() - start) / 1000).toFixed(1)} s`,
    )
  }
  generate(folder, language)
  const [from, to] = program
  cpSync(join(import.meta.dirname, from), join(folder, to))
  step('builds', build)
  step('round trip', run)
}

const isThere = (check: string) => spawnSync('sh', ['-c', check]).status === 0

const chosen = process.argv.slice(2)
const unknown = chosen.filter(name => languages[name] === undefined)
if (unknown.length > 0)
  throw new Error(`${unknown.join(', ')}: known are ${Object.keys(languages).join(', ')}`)

const service = await startService({ database: 'sqlite' }, { AUTH: 'none' })
try {
  for (const [name, language] of Object.entries(languages)) {
    if (chosen.length > 0 && !chosen.includes(name)) continue
    if (isThere(language.check)) roundTrip(name, language, service.address)
    else if (chosen.includes(name)) throw new Error(`${name} needs ${language.tool}.`)
    else console.log(`${name.padEnd(6)} left out: there is no ${language.tool} here`)
  }
} finally {
  await service.stop()
}
