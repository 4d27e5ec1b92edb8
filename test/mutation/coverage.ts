// Which test files run which part of which source, by the coverage that V8 counts; Node strips types in place, so places are kept.

import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runTest } from '../support/test-file.ts'

interface Range {
  readonly startOffset: number
  readonly endOffset: number
  readonly count: number
}

interface Script {
  readonly url: string
  readonly functions: readonly { readonly ranges: readonly Range[] }[]
}

/** From a place in a text to the one before which it ends. */
export type Span = readonly [start: number, end: number]

/** What one test file ran, and how long it took. */
export interface Reach {
  readonly test: string
  readonly passed: boolean
  /** In milliseconds. */
  readonly duration: number
  /** The parts that it ran, by source. */
  readonly ran: Readonly<Record<string, readonly Span[]>>
}

/** Runs a test file once. One that fails as it is could prove nothing. */
export async function measureReach(
  folder: string,
  test: string,
  env: NodeJS.ProcessEnv,
): Promise<Reach> {
  const output = mkdtempSync(join(tmpdir(), 'restwell-reach-'))
  try {
    const { passed, duration } = await runTest(test, {
      folder,
      env: { ...env, NODE_V8_COVERAGE: output },
      timeout: 600_000,
    })
    const scripts = passed
      ? readdirSync(output).flatMap(name => scriptsOf(folder, join(output, name)))
      : []
    return { test, passed, duration, ran: scriptsToSpans(scripts) }
  } finally {
    rmSync(output, { recursive: true, force: true })
  }
}

export function runs({ ran }: Reach, file: string, offset: number): boolean {
  return (ran[file] ?? []).some(([start, end]) => start <= offset && offset < end)
}

type Ranges = readonly [file: string, ranges: readonly Range[]]

/** What a process ran of the sources. */
function scriptsOf(folder: string, file: string): readonly Ranges[] {
  const { result } = JSON.parse(readFileSync(file, 'utf8')) as { result: readonly Script[] }
  const own = result.filter(({ url }) => url.startsWith('file:') && url.includes('/src/'))
  return own.map(({ url, functions }) => [
    relative(folder, fileURLToPath(url)),
    functions.flatMap(({ ranges }) => ranges),
  ])
}

/** What any of several processes ran. */
function scriptsToSpans(scripts: readonly Ranges[]): Readonly<Record<string, readonly Span[]>> {
  const byFile = Object.entries(Object.groupBy(scripts, ([file]) => file))
  return Object.fromEntries(
    byFile.map(([file, those = []]) => [file, rangesToSpans(those.map(([, ranges]) => ranges))]),
  )
}

/** Of each process, the innermost range around a place says how often it was run. */
export function rangesToSpans(processes: readonly (readonly Range[])[]): readonly Span[] {
  const length = Math.max(0, ...processes.flat().map(({ endOffset }) => endOffset))
  const ran = new Uint8Array(length)
  for (const ranges of processes) {
    const own = new Uint8Array(length)
    for (const { startOffset, endOffset, count } of ranges.toSorted(longestFirst))
      own.fill(Math.min(count, 1), startOffset, endOffset)
    for (const [place, value] of own.entries()) if (value === 1) ran[place] = 1
  }
  return [...ran.join('').matchAll(/1+/g)].map(({ index, 0: { length } }) => [
    index,
    index + length,
  ])
}

function longestFirst(one: Range, other: Range): number {
  return lengthOf(other) - lengthOf(one)
}

function lengthOf({ startOffset, endOffset }: Range): number {
  return endOffset - startOffset
}
