// Tools of Python's in virtual environments of their own, each made once and again when its requirements change.

import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const python = process.platform === 'win32' ? 'python' : 'python3'

export function hasPython(): boolean {
  return spawnSync(python, ['-c', 'import ensurepip, venv']).status === 0
}

/** The path of an executable of the environment in `.venv` of the folder, made from its requirements.txt. */
export function executable(folder: string, name: string): string {
  const environment = join(folder, '.venv')
  const stamp = join(environment, 'requirements.txt')
  const requirements = join(folder, 'requirements.txt')
  const wanted = readFileSync(requirements, 'utf8')
  if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== wanted) {
    install(environment, requirements)
    writeFileSync(stamp, wanted)
  }
  return inEnvironment(environment, name)
}

function install(environment: string, requirements: string): void {
  rmSync(environment, { recursive: true, force: true })
  execFileSync(python, ['-m', 'venv', environment], { stdio: 'inherit' })
  const options = [
    '--quiet',
    '--disable-pip-version-check',
    '--require-hashes',
    '--only-binary',
    ':all:',
  ]
  const operands = ['-m', 'pip', 'install', ...options, '-r', requirements]
  execFileSync(inEnvironment(environment, 'python'), operands, { stdio: 'inherit' })
}

function inEnvironment(environment: string, name: string): string {
  return process.platform === 'win32'
    ? join(environment, 'Scripts', `${name}.exe`)
    : join(environment, 'bin', name)
}
