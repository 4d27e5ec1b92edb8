// `npm run test:mutation`: puts random small faults into copies of src/, one at a time, and prints which the tests do not notice.

import {
  cpSync,
  globSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { startPostgres } from '../support/postgres-server.ts'
import { runInTurn } from '../support/test-file.ts'
import { measureReach, type Reach } from './coverage.ts'
import { applyMutant, type Mutant, sourceToMutants } from './mutants.ts'
import {
  addLine,
  addReach,
  findAgain,
  nameOf,
  readReaches,
  readTrials,
  type Trial,
} from './record.ts'
import { testsOf } from './tests-of.ts'

const { values: options, positionals: named } = parseArgs({
  allowPositionals: true,
  options: {
    /** How many mutants are tried. */
    count: { type: 'string', default: '500' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    jobs: { type: 'string', default: String(availableParallelism()) },
    /** How many seconds of tests a mutant has to survive. */
    budget: { type: 'string', default: '90' },
    /** Only mutants of the sources whose path starts so. */
    only: { type: 'string', default: 'src/' },
    /** Where each trial is kept. A run with the same record, seed and count goes on with the others. */
    record: { type: 'string' },
    /** Tries once more what survived by the record or was too slow, by the test files that are named. */
    again: { type: 'boolean', default: false },
  },
})

/** What needs a browser, a container or the whole machine proves nothing about one line. */
const useless = /^test\/(?:bench|deploy|release|mutation|.*node_modules)\//
const tests = globSync(named.length > 0 ? named : 'test/**/*.test.ts').filter(
  name => !useless.test(name),
)

/** A fault to try, under the name of the record. */
interface Work {
  readonly recorded: Mutant
  readonly mutant: Mutant | undefined
}

const record = options.record
const reachRecord = record && `${record}.reach`
const trials = new Map(record === undefined ? [] : readTrials(record))

const server = process.env.TEST_POSTGRES_URL ? undefined : await startPostgres({ durable: false })
const env = {
  ...process.env,
  TAP_BAIL: '1',
  TEST_POSTGRES_URL: process.env.TEST_POSTGRES_URL ?? server?.url,
}
const folders = Array.from({ length: Number(options.jobs) }, copyOfTheProject)
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))
process.once('exit', () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})
try {
  const measured = reachRecord === undefined ? new Map() : readReaches(reachRecord)
  const all = await inParallel(tests, async (test, folder) => {
    return measured.get(test) ?? (await reachOf(test, folder))
  })
  const reaches = all.filter(({ passed }) => passed)
  console.log(
    `seed ${options.seed}; ${reaches.length} of ${tests.length} test files pass as they are`,
  )
  const work = options.again ? survivors() : randomMutants()
  const noteProgress = progressOf(work.length)
  await inParallel(work, async (item, folder) => {
    const trial = await tryOut(item, folder, reaches)
    addLine(record, trial)
    trials.set(nameOf(trial), trial)
    if (trial.outcome === 'survived') console.log(describe(trial))
    noteProgress()
  })
  if (trials.size > 0) console.log(summary())
} finally {
  await server?.stop()
}

function copyOfTheProject(): string {
  const folder = mkdtempSync(join(tmpdir(), 'restwell-mutation-'))
  const left = ['.git', '.tap', 'node_modules', 'data']
  cpSync('.', folder, { recursive: true, filter: path => !left.includes(basename(path)) })
  for (const packages of globSync('{,test/*/,tools/*/}node_modules'))
    symlinkSync(resolve(packages), join(folder, packages))
  return folder
}

/** Each folder takes the next item when it is done with one. */
async function inParallel<T, R>(
  items: readonly T[],
  work: (item: T, folder: string) => Promise<R>,
): Promise<R[]> {
  const results: R[] = []
  const waiting = items.entries()
  await Promise.all(
    folders.map(async folder => {
      for (const [index, item] of waiting) results[index] = await work(item, folder)
    }),
  )
  return results
}

/** A test that failed once may have met a busy machine, so it has a second chance. */
async function reachOf(test: string, folder: string): Promise<Reach> {
  const first = await measureReach(folder, test, env)
  const reach = first.passed ? first : await measureReach(folder, test, env)
  if (!reach.passed) console.log(`left out ${test}, which fails as it is`)
  addReach(reachRecord, reach)
  return reach
}

/** A run takes hours, so every 50th mutant is told on stderr. */
function progressOf(count: number): () => void {
  let tried = 0
  return () => {
    tried += 1
    if (tried % 50 === 0) console.error(`${tried} of ${count} mutants tried`)
  }
}

/** Those of the sample that the record does not have yet. */
function randomMutants(): readonly Work[] {
  const all = globSync(`${options.only}**/*.ts`).sort().flatMap(readMutants)
  return sample(all, Number(options.count))
    .filter(mutant => !trials.has(nameOf(mutant)))
    .map(mutant => ({ recorded: mutant, mutant }))
}

function survivors(): readonly Work[] {
  return [...trials.values()]
    .filter(({ outcome }) => outcome === 'survived' || outcome === 'timed out')
    .filter(({ file }) => file.startsWith(options.only))
    .map(trial => ({ recorded: trial, mutant: findAgain(trial) }))
}

function readMutants(file: string): readonly Mutant[] {
  return sourceToMutants(file, readFileSync(file, 'utf8'))
}

/** Runs the tests of its place until one fails. */
async function tryOut(
  { recorded, mutant }: Work,
  folder: string,
  reaches: readonly Reach[],
): Promise<Trial> {
  const { file, line, start, end, replacement } = recorded
  const place = { file, line, start, end, replacement }
  if (mutant === undefined) return { ...place, text: '', outcome: 'gone', seconds: 0 }
  const path = join(folder, file)
  const source = readFileSync(path, 'utf8')
  const started = performance.now()
  writeFileSync(path, applyMutant(source, mutant))
  try {
    const tests = testsOf(mutant, { reaches, trials, budget: Number(options.budget) * 1000 })
    const found = await findFailure(folder, tests)
    return {
      ...place,
      text: source.slice(mutant.start, mutant.end),
      ...found,
      seconds: Math.round((performance.now() - started) / 100) / 10,
    }
  } finally {
    writeFileSync(path, source)
  }
}

async function findFailure(
  folder: string,
  groups: readonly (readonly Reach[])[],
): Promise<Pick<Trial, 'outcome' | 'by'>> {
  for (const group of groups) {
    const usual = group.reduce((sum, { duration }) => sum + duration, 0)
    const timeout = usual * 5 + 20_000
    const files = group.map(({ test }) => test)
    const settings = {
      folder,
      env: { ...env, NODE_COMPILE_CACHE: join(folder, '.cache') },
      timeout,
    }
    for (const [by, { passed, duration }] of await runInTurn(files, settings))
      if (!passed) return { outcome: duration < timeout ? 'killed' : 'timed out', by }
  }
  return { outcome: 'survived' }
}

/** A sample that the seed decides (a linear congruential generator, as in Numerical Recipes). */
function sample<T>(all: readonly T[], count: number): readonly T[] {
  let state = Number(options.seed)
  const keyed = all.map(item => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32
    return { item, key: state }
  })
  const chosen = keyed.toSorted((one, other) => one.key - other.key).slice(0, count)
  return chosen.map(({ item }) => item)
}

function summary(): string {
  const counts = Map.groupBy(trials.values(), ({ outcome }) => outcome)
  const countOf = (outcome: Trial['outcome']) => counts.get(outcome)?.length ?? 0
  const late = countOf('timed out')
  const killed = countOf('killed') + late
  const share = ((100 * killed) / trials.size).toFixed(1)
  return `${killed} of ${trials.size} mutants killed (${share} %), ${late} of them by a timeout; ${countOf('gone')} are gone`
}

function describe({ file, line, text, replacement }: Trial): string {
  const short = (part: string) => part.replaceAll(/\s+/g, ' ').slice(0, 80)
  return `survived ${file}:${line}  ${short(text)}  →  ${short(replacement)}`
}
