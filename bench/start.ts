// `npm run bench:start`: from the start of the process to its first answer, as `npm start` runs it with what is shipped.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { startSettings } from './process.ts'
import { circumstances, progress, writeSection } from './readme.ts'
import { folder } from './rows.ts'
import { summarize, summaryToText } from './summary.ts'

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '20' },
    write: { type: 'boolean', default: false },
  },
})

const settings = startSettings()

/** Milliseconds until the first answer of a process over this file. */
async function startOnce(file: string): Promise<number> {
  const begun = performance.now()
  const child = spawn(
    process.execPath,
    [...settings.flags, join(import.meta.dirname, '../src/cli.ts'), 'serve'],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: {
        PATH: process.env.PATH,
        PORT: '0',
        DATABASE_URL: `sqlite:${file}`,
        LOG_LEVEL: 'warn',
        ...settings.environment,
      },
    },
  )
  const ended = once(child, 'exit')
  for await (const line of createInterface({ input: child.stdout })) {
    const address = /http:\/\/127\.0\.0\.1:\d+$/.exec(line)?.[0]
    if (address === undefined) continue
    const { status } = await fetch(`${address}/books/1`)
    const taken = performance.now() - begun
    if (status !== 200) throw new Error(`The first answer was ${status}.`)
    child.kill('SIGTERM')
    await ended
    return taken
  }
  throw new Error('The service ended before it listened.')
}

mkdirSync(folder, { recursive: true })
const place = mkdtempSync(join(folder, 'start-'))
const rounds = Number(options.rounds)
const fresh: number[] = []
const again: number[] = []
try {
  for (let round = 0; round < rounds; round++) {
    progress(`start ${round + 1} of ${rounds}`)
    fresh.push(await startOnce(join(place, `${round}.db`)))
    again.push(await startOnce(join(place, `${round}.db`)))
  }
} finally {
  rmSync(place, { recursive: true })
  progress('')
}

const text = [
  circumstances(),
  '',
  `- on a new database, sample data included: ${summaryToText(summarize(fresh))} ms`,
  `- on one that is there: ${summaryToText(summarize(again))} ms (goal: under 400)`,
].join('\n')
console.log(text)
if (options.write) writeSection('start', `\n${text}\n`)
