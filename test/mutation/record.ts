// What a mutation run has found, one JSON line each, so that a run which was interrupted goes on where it was.

import { createHash } from 'node:crypto'
import { appendFileSync, existsSync, globSync, readFileSync } from 'node:fs'
import type { Reach } from './coverage.ts'
import { type Mutant, sourceToMutants } from './mutants.ts'

export interface Trial extends Mutant {
  /** What stood in the place of the fault. */
  readonly text: string
  /** `gone`: tried again, but the text is no longer there. */
  readonly outcome: 'killed' | 'timed out' | 'survived' | 'gone'
  /** The test file that noticed the fault. */
  readonly by?: string
  readonly seconds: number
}

/** Of each mutant the last trial. */
export function readTrials(file: string): ReadonlyMap<string, Trial> {
  return new Map(readLines<Trial>(file).map(trial => [nameOf(trial), trial]))
}

export function nameOf({ file, start, end, replacement }: Mutant): string {
  return [file, start, end, replacement].join(':')
}

export function addLine(file: string | undefined, value: unknown): void {
  if (file !== undefined) appendFileSync(file, `${JSON.stringify(value)}\n`)
}

/** The same fault in the source as it is now, where lines may have moved. */
export function findAgain({ file, line, text, replacement }: Trial): Mutant | undefined {
  if (!existsSync(file)) return undefined
  const source = readFileSync(file, 'utf8')
  return sourceToMutants(file, source)
    .filter(other => other.replacement === replacement)
    .filter(({ start, end }) => source.slice(start, end) === text)
    .toSorted((one, other) => Math.abs(one.line - line) - Math.abs(other.line - line))[0]
}

type Measured = Reach & { readonly hash: string }

/** What test files reached when they and the sources were as they are now. */
export function readReaches(file: string): ReadonlyMap<string, Reach> {
  const sources = hashOfSources()
  const current = readLines<Measured>(file).filter(
    ({ test, hash }) => existsSync(test) && hash === hashOf(sources, test),
  )
  return new Map(current.map(reach => [reach.test, reach]))
}

export function addReach(file: string | undefined, reach: Reach): void {
  addLine(file, { ...reach, hash: hashOf(hashOfSources(), reach.test) } satisfies Measured)
}

function hashOfSources(): string {
  return globSync('src/**/*.ts').sort().reduce(hashOf, '')
}

function hashOf(before: string, file: string): string {
  return createHash('sha256').update(before).update(readFileSync(file)).digest('hex')
}

function readLines<T>(file: string): readonly T[] {
  if (!existsSync(file)) return []
  const lines = readFileSync(file, 'utf8').split('\n')
  return lines.filter(line => line !== '').map(line => JSON.parse(line) as T)
}
