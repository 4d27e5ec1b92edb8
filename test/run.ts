// `npm test`: runs test files, several at a time, and prints those that fail. tap's own runner records what every process loads,
// those of services included, so that none can use what Node compiled before: a fifth of the processors' time.

import { spawnSync } from 'node:child_process'
import { globSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { inGroups, long } from './support/groups.ts'
import { runInTurn, type TestRun } from './support/test-file.ts'

const { values: options, positionals: named } = parseArgs({
  allowPositionals: true,
  options: {
    // Half of the time a test waits, for a process, a database or a clock.
    jobs: { type: 'string', default: String(2 * availableParallelism()) },
    timeout: { type: 'string', default: '600' },
  },
})

const usual = ['test/**/*.test.ts', 'console/test/*.test.ts']
const left = ['test/*/node_modules/**', ...long.map(name => `test/${name}/**`)]
const files = globSync(named.length > 0 ? named : usual, {
  exclude: named.length > 0 ? [] : left,
}).sort()

/** How many files share a process, at most; none waits for others while a processor is idle. */
const together = Math.min(8, Math.ceil(files.length / Number(options.jobs)))

const settings = {
  folder: process.cwd(),
  env: { NODE_COMPILE_CACHE: resolve('node_modules/.cache/tests'), ...process.env },
  timeout: Number(options.timeout) * 1000,
}

/** Each of several takes the next group until there is none. */
async function runAll(): Promise<number> {
  const queue = inGroups(files, together).values()
  let failed = 0
  const work = async () => {
    for (const group of queue) {
      const timeout = settings.timeout * group.length
      for (const [file, run] of await runInTurn(group, { ...settings, timeout })) {
        if (!run.passed) failed += 1
        console.log(report(file, run))
      }
    }
  }
  await Promise.all(Array.from({ length: Number(options.jobs) }, work))
  return failed
}

function report(file: string, { passed, duration, output }: TestRun): string {
  const line = `${passed ? 'ok' : 'not ok'} ${file} ${(duration / 1000).toFixed(1)} s`
  const told = passed ? notes(output) : failures(output)
  return [line, ...told].join('\n')
}

/** What was left out, and what tests say. */
function notes(output: string): readonly string[] {
  return output.match(/^ *(?:ok .* # (?:SKIP|TODO).*|# (?!Subtest|time=|\{ total).*)/gim) ?? []
}

/** All but what passed. */
function failures(output: string): readonly string[] {
  return output.split('\n').filter(line => !/^ *(?:ok |\d+\.\.\d+|TAP version|$)/.test(line))
}

/** Starts what all tests share, or ends it. */
function prepare(step: 'before' | 'after'): void {
  const script = join(import.meta.dirname, 'support', `${step}.ts`)
  const { status } = spawnSync(process.execPath, [script], { stdio: 'inherit' })
  if (status !== 0) throw new Error(`${script} failed.`)
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))
if (files.length === 0) throw new Error(`There is no test file ${named.join(' ')}.`)
prepare('before')
const failed = await runAll()
prepare('after')
console.log(`${files.length - failed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1
