// The track record: how many rounds a durability test does, and its line in RELIABILITY.md where one is asked for.

import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import type { Test } from 'tap'

/** So many as `npm run test:durability` was told, or the few of an ordinary run. */
export function rounds(few: number): number {
  return Number(process.env.DURABILITY_ROUNDS ?? few)
}

export interface Outcome {
  readonly method: string
  readonly rounds: number
  readonly acknowledged: number
  readonly lost: number
}

const file = 'RELIABILITY.md'
const mark = '<!-- further lines go here -->'

/** Which services were killed: as `npm run test:durability -- --workers=4` says. */
const workers = process.env.TEST_WORKERS ?? '1'

/** Tells the outcome, and keeps it where `npm run test:durability -- --record` asks for that. */
export function record(t: Test, outcome: Outcome): void {
  const { rounds, acknowledged, lost } = outcome
  const method = workers === '1' ? outcome.method : `${outcome.method}, ${workers} workers`
  t.comment(`${method}: rounds ${rounds}, acknowledged ${acknowledged}, lost ${lost}`)
  if (process.env.DURABILITY_RECORD === undefined) return
  const commit = execFileSync('git', ['describe', '--always', '--dirty'], {
    encoding: 'utf8',
  }).trim()
  const date = new Date().toISOString().slice(0, 10)
  const line = `| ${[date, commit, method, rounds, acknowledged.toLocaleString('en'), lost].join(' | ')} |`
  writeFileSync(file, readFileSync(file, 'utf8').replace(mark, `${line}\n${mark}`))
}
