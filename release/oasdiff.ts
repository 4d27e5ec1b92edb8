// oasdiff, pinned by go.mod and go.sum beside it: built once, with the machine's Go or one from PyPI.

import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { executable } from '../test/support/python.ts'

const source = join(import.meta.dirname, 'oasdiff')
const folder = join(import.meta.dirname, '.oasdiff')
const program = join(folder, process.platform === 'win32' ? 'oasdiff.exe' : 'oasdiff')
const stamp = join(folder, 'go.sum')
/**
 * What it takes lightly and callers would not: names that generated clients use, what is meant when something is left out,
 * fields and members that an answer no longer has. What was deprecated is still there for those who use it.
 */
const levels = join(import.meta.dirname, 'levels.txt')

/** What of the next document breaks clients of the base, one a line; none where there is nothing. */
export function breakingChanges(base: string, next: string): readonly string[] {
  if (!isBuilt()) build()
  const operands = [
    'breaking',
    base,
    next,
    '--flatten-params',
    '--severity-levels',
    levels,
    '--fail-on',
    'WARN',
    '--format',
    'json',
  ]
  const { status, stdout, stderr } = spawnSync(program, operands, {
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  })
  // 0: none, 1: some; anything else is a failure of its own.
  if (status !== 0 && status !== 1) throw new Error(`oasdiff failed: ${stderr}`)
  const changes: readonly Change[] = stdout.trim() === '' ? [] : JSON.parse(stdout)
  return changes.filter(({ level }) => level >= warning).map(changeToText)
}

interface Change {
  readonly id: string
  readonly text: string
  readonly level: number
  readonly operation?: string
  readonly path?: string
  readonly section: string
}

const warning = 2

function changeToText({ id, text, operation, path, section }: Change): string {
  return `${operation === undefined ? section : `${operation} ${path}`}: ${text} [${id}]`
}

export function isBuilt(): boolean {
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted()
}

function build(): void {
  rmSync(folder, { recursive: true, force: true })
  const operands = [
    'build',
    '-mod=readonly',
    '-buildvcs=false',
    '-o',
    program,
    'github.com/oasdiff/oasdiff',
  ]
  execFileSync(findGo(), operands, { cwd: source, stdio: 'inherit' })
  writeFileSync(stamp, wanted())
}

function wanted(): string {
  return readFileSync(join(source, 'go.sum'), 'utf8')
}

/** From Go 1.21 on, one that is too old fetches the one that go.mod asks for. */
function findGo(): string {
  const { status, stdout } = spawnSync('go', ['env', 'GOVERSION'], { encoding: 'utf8' })
  const minor = /^go1\.(\d+)/.exec(stdout ?? '')?.[1]
  return status === 0 && Number(minor) >= 21 ? 'go' : executable(source, 'go')
}
