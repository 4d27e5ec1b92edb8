// The tables of the README of the benchmarks, each between two marks, written by the command that measured it.

import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { pinned } from './process.ts'

/** Where, when and on which state of the sources something was measured. */
export function circumstances(cores: 'one each' | 'any' = 'one each'): string {
  const [cpu] = cpus()
  const commit = execFileSync('git', ['describe', '--always', '--dirty'], {
    encoding: 'utf8',
  }).trim()
  const machine = `${cpus().length} cores (${cpu?.model.trim()})`
  const date = new Date().toISOString().slice(0, 10)
  return `${date}, commit ${commit}, Node ${process.version}, ${machine}, ${pinned && cores === 'one each' ? 'pinned' : 'not pinned'}.`
}

/** Puts the text between `<!-- name -->` and `<!-- /name -->`. */
export function writeSection(name: string, text: string): void {
  const file = join(import.meta.dirname, 'README.md')
  const before = readFileSync(file, 'utf8')
  const [start, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`]
  const [from, to] = [before.indexOf(start), before.indexOf(end)]
  if (from === -1 || to === -1) throw new Error(`bench/README.md has no place for ${name}.`)
  writeFileSync(file, `${before.slice(0, from + start.length)}\n${text}\n${before.slice(to)}`)
}

export function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`)
}
