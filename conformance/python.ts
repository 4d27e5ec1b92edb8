// The fuzzer in a virtual environment of its own, made once and again when its requirements change.

import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const folder = join(import.meta.dirname, '.venv')
const stamp = join(folder, 'requirements.txt')
const requirements = join(import.meta.dirname, 'requirements.txt')

/** The path of an executable of the environment. */
export function executable(name: string): string {
  const wanted = readFileSync(requirements, 'utf8')
  if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== wanted) install(wanted)
  return inEnvironment(name)
}

function install(wanted: string): void {
  rmSync(folder, { recursive: true, force: true })
  execFileSync(process.platform === 'win32' ? 'python' : 'python3', ['-m', 'venv', folder], { stdio: 'inherit' })
  const options = ['--quiet', '--disable-pip-version-check', '--require-hashes', '--only-binary', ':all:']
  execFileSync(inEnvironment('python'), ['-m', 'pip', 'install', ...options, '-r', requirements], { stdio: 'inherit' })
  writeFileSync(stamp, wanted)
}

function inEnvironment(name: string): string {
  return process.platform === 'win32' ? join(folder, 'Scripts', `${name}.exe`) : join(folder, 'bin', name)
}
