// Generates a client in each language, builds it, and lets a small program use it on the running service.

import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { startService } from '../../conformance/service.ts'
import { generatorJar } from './generator.ts'
import { type Language, languages } from './languages.ts'

const root = join(import.meta.dirname, '../..')

/** Throws where a step fails; says what each took. */
function roundTrip(name: string, { generator, program, build, run }: Language, address: string): void {
  const folder = join(import.meta.dirname, '.generated', name)
  rmSync(folder, { recursive: true, force: true })
  const step = (what: string, command: string) => {
    const start = performance.now()
    execFileSync('sh', ['-c', command], { cwd: folder, stdio: 'inherit', env: { ...process.env, ADDRESS: address } })
    console.log(`${name.padEnd(6)} ${what.padEnd(10)} ${((performance.now() - start) / 1000).toFixed(1)} s`)
  }
  generate(folder, generator)
  const [from, to] = program
  cpSync(join(import.meta.dirname, from), join(folder, to))
  step('builds', build)
  step('round trip', run)
}

function generate(folder: string, [language = '', ...options]: readonly string[]): void {
  const operands = ['generate', '-i', join(root, 'openapi.yaml'), '-g', language, '-o', folder, ...options]
  const quiet = ['-Dlog.level=error', '-DhideGenerationTimestamp=true']
  execFileSync('java', [...quiet, '-jar', generatorJar(), ...operands], { stdio: ['ignore', 'ignore', 'inherit'] })
}

const isThere = (tool: string) => spawnSync('sh', ['-c', `command -v ${tool}`]).status === 0

const chosen = process.argv.slice(2)
const unknown = chosen.filter(name => languages[name] === undefined)
if (unknown.length > 0) throw new Error(`${unknown.join(', ')}: known are ${Object.keys(languages).join(', ')}`)

const service = await startService('sqlite')
try {
  for (const [name, language] of Object.entries(languages)) {
    if (chosen.length > 0 && !chosen.includes(name)) continue
    if (isThere(language.tool)) roundTrip(name, language, service.address)
    else if (chosen.includes(name)) throw new Error(`${name} needs ${language.tool}.`)
    else console.log(`${name.padEnd(6)} left out: there is no ${language.tool}`)
  }
} finally {
  await service.stop()
}
