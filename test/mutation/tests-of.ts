// The tests that could notice a fault, in the order in which they are likely to.

import { readFileSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { inGroups } from '../support/groups.ts'
import { type Reach, runs } from './coverage.ts'
import type { Mutant } from './mutants.ts'
import type { Trial } from './record.ts'

export interface Known {
  readonly reaches: readonly Reach[]
  readonly trials: ReadonlyMap<string, Trial>
  /** How many milliseconds of tests that are not about the source may run. */
  readonly budget: number
}

/**
 * Those that are about the source first, whatever they take. As long as the budget lasts, those follow that found faults in
 * it or beside it, and then the quickest.
 */
export function testsOf(
  { file, start }: Mutant,
  { reaches, trials, budget }: Known,
): readonly (readonly Reach[])[] {
  const finds = Map.groupBy(trials.values(), ({ by }) => by)
  const near = new Map(reaches.map(({ test }) => [test, findsNear(file, finds.get(test) ?? [])]))
  const findsOf = ({ test }: Reach) => near.get(test) ?? 0
  const reaching = reaches
    .filter(reach => runs(reach, file, start))
    .toSorted((one, other) => one.duration - other.duration)
    .toSorted((one, other) => findsOf(other) - findsOf(one))
  const [about = [], others = []] = [true, false].map(wanted =>
    reaching.filter(({ test }) => isAbout(test, file) === wanted),
  )
  let left = budget
  const affordable = others.filter(({ duration }) => {
    left -= duration
    return left > 0
  })
  return [about, affordable].flatMap(part => together(part))
}

/** Those of a folder in one process, as in `npm test`. */
function together(reaches: readonly Reach[]): readonly (readonly Reach[])[] {
  const tests = reaches.map(({ test }) => test)
  return inGroups(tests, 8).map(group => reaches.filter(({ test }) => group.includes(test)))
}

/** How many of the faults that a test found are in a source, and, at a tenth, in its folder: the next one may be there too. */
function findsNear(file: string, found: readonly Trial[]): number {
  const inFile = found.filter(trial => trial.file === file)
  const inFolder = found.filter(trial => dirname(trial.file) === dirname(file))
  return inFile.length + inFolder.length / 10
}

/** Whether a test has the name of the source in its own, imports it, or is of the same folder. */
function isAbout(test: string, file: string): boolean {
  return (
    basename(test).includes(basename(file, '.ts')) ||
    dirname(test) === dirname(file).replace(/^src/, 'test') ||
    readFileSync(test, 'utf8').includes(`/${file}'`)
  )
}
