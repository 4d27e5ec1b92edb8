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
import { basename, dirname, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { startPostgres } from '../support/postgres-server.ts'
import { runTest } from '../support/test-file.ts'
import { measureReach, type Reach } from './coverage.ts'
import { applyMutant, type Mutant, sourceToMutants } from './mutants.ts'

const { values: options } = parseArgs({
  options: {
    /** How many mutants are tried. */
    count: { type: 'string', default: '500' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    jobs: { type: 'string', default: String(availableParallelism()) },
    /** How many seconds of tests a mutant has to survive. */
    budget: { type: 'string', default: '90' },
    /** Only mutants of the sources whose path starts so. */
    only: { type: 'string', default: 'src/' },
  },
})

/** What needs a browser, a container or the whole machine proves nothing about one line. */
const tests = globSync('test/**/*.test.ts').filter(
  name => !/^test\/(?:bench|deploy|release|mutation)\//.test(name),
)

const server = process.env.TEST_POSTGRES_URL ? undefined : await startPostgres()
const env = {
  ...process.env,
  TAP_BAIL: '1',
  TEST_POSTGRES_URL: process.env.TEST_POSTGRES_URL ?? server?.url,
}
/** The sources in which each test found a fault: it is likely to find the next one there too. */
const finds = new Map<string, string[]>()
const folders = Array.from({ length: Number(options.jobs) }, copyOfTheProject)
try {
  const reaches = (await inParallel(tests, reachOf)).filter(isDefined)
  console.log(
    `seed ${options.seed}; ${reaches.length} of ${tests.length} test files pass as they are`,
  )
  const mutants = sample(
    globSync(`${options.only}**/*.ts`).sort().flatMap(readMutants),
    Number(options.count),
  )
  const noteProgress = progressOf(mutants.length)
  const survivals = await inParallel(mutants, async (mutant, folder) => {
    const survived = await survives(mutant, folder, reaches)
    noteProgress()
    return survived
  })
  const killed = survivals.filter(survived => !survived).length
  if (mutants.length > 0)
    console.log(
      `${killed} of ${mutants.length} mutants killed (${((100 * killed) / mutants.length).toFixed(1)} %)`,
    )
} finally {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
  await server?.stop()
}

function copyOfTheProject(): string {
  const folder = mkdtempSync(join(tmpdir(), 'restwell-mutation-'))
  const left = ['.git', '.tap', 'node_modules', 'data']
  cpSync('.', folder, { recursive: true, filter: path => !left.includes(basename(path)) })
  symlinkSync(resolve('node_modules'), join(folder, 'node_modules'))
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
async function reachOf(test: string, folder: string): Promise<Reach | undefined> {
  const reach = (await measureReach(folder, test, env)) ?? (await measureReach(folder, test, env))
  if (reach === undefined) console.log(`left out ${test}, which fails as it is`)
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

function readMutants(file: string): readonly Mutant[] {
  return sourceToMutants(file, readFileSync(file, 'utf8'))
}

/** Whether the tests that run its place all pass. A survivor is printed. */
async function survives(
  mutant: Mutant,
  folder: string,
  reaches: readonly Reach[],
): Promise<boolean> {
  const path = join(folder, mutant.file)
  const text = readFileSync(path, 'utf8')
  writeFileSync(path, applyMutant(text, mutant))
  try {
    for (const { test, duration } of testsOf(mutant, reaches)) {
      const { passed } = await runTest(test, { folder, env, timeout: duration * 5 + 20_000 })
      if (passed) continue
      finds.set(test, [...(finds.get(test) ?? []), mutant.file])
      return false
    }
    console.log(describe(mutant, text))
    return true
  } finally {
    writeFileSync(path, text)
  }
}

/**
 * Those that are about the source first, whatever they take. As long as the budget lasts, those follow that found faults in
 * it or beside it, and then the quickest.
 */
function testsOf({ file, start }: Mutant, reaches: readonly Reach[]): readonly Reach[] {
  const reaching = reaches
    .filter(({ runs }) => runs(file, start))
    .toSorted((one, other) => one.duration - other.duration)
    .toSorted((one, other) => findsNear(file, other.test) - findsNear(file, one.test))
  const [about = [], others = []] = [true, false].map(wanted =>
    reaching.filter(({ test }) => isAbout(test, file) === wanted),
  )
  let left = Number(options.budget) * 1000
  const affordable = others.filter(({ duration }) => {
    left -= duration
    return left > 0
  })
  return [...about, ...affordable]
}

/** How many faults a test has found in a source, and, at a tenth, in its folder. */
function findsNear(file: string, test: string): number {
  const found = finds.get(test) ?? []
  const inFile = found.filter(other => other === file)
  const inFolder = found.filter(other => dirname(other) === dirname(file))
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

function describe({ file, line, start, end, replacement }: Mutant, text: string): string {
  const short = (part: string) => part.replaceAll(/\s+/g, ' ').slice(0, 80)
  return `survived ${file}:${line}  ${short(text.slice(start, end))}  →  ${short(replacement)}`
}

function isDefined<T>(value: T | undefined): value is T {
  return value !== undefined
}
