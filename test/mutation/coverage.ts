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

/** What one test file ran, and how long it took. */
export interface Reach {
  readonly test: string
  /** In milliseconds. */
  readonly duration: number
  runs(file: string, offset: number): boolean
}

/** Runs a test file once. Nothing when it fails as it is: it could prove nothing. */
export async function measureReach(
  folder: string,
  test: string,
  env: NodeJS.ProcessEnv,
): Promise<Reach | undefined> {
  const output = mkdtempSync(join(tmpdir(), 'restwell-reach-'))
  try {
    const { passed, duration } = await runTest(test, {
      folder,
      env: { ...env, NODE_V8_COVERAGE: output },
      timeout: 600_000,
    })
    if (!passed) return undefined
    const processes = readdirSync(output).map(name => scriptsOf(folder, join(output, name)))
    return {
      test,
      duration,
      runs: (file, offset) => processes.some(scripts => isRun(scripts.get(file) ?? [], offset)),
    }
  } finally {
    rmSync(output, { recursive: true, force: true })
  }
}

function scriptsOf(folder: string, file: string): Map<string, readonly Range[]> {
  const { result } = JSON.parse(readFileSync(file, 'utf8')) as { result: readonly Script[] }
  const own = result.filter(({ url }) => url.startsWith('file:') && url.includes('/src/'))
  return new Map(
    own.map(({ url, functions }) => [
      relative(folder, fileURLToPath(url)),
      functions.flatMap(({ ranges }) => ranges),
    ]),
  )
}

/** The innermost range around a place says how often it was run. */
function isRun(ranges: readonly Range[], offset: number): boolean {
  let innermost: Range | undefined
  for (const range of ranges) {
    if (offset < range.startOffset || offset >= range.endOffset) continue
    if (innermost === undefined || lengthOf(range) <= lengthOf(innermost)) innermost = range
  }
  return innermost !== undefined && innermost.count > 0
}

function lengthOf({ startOffset, endOffset }: Range): number {
  return endOffset - startOffset
}
