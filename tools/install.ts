// `node tools/install.ts FOLDER...`: installs the packages of folders that have a lock of their own, unless they are there.

import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '..')

/** Whether it had to install them. `folder`: a path in this repository. */
export function installPackages(folder: string): boolean {
  const lock = join(root, folder, 'package-lock.json')
  const installed = join(root, folder, 'node_modules', 'installed.json')
  if (existsSync(installed) && readFileSync(installed).equals(readFileSync(lock))) return false
  const { status, stderr } = spawnSync('npm', ['ci'], {
    cwd: join(root, folder),
    encoding: 'utf8',
    shell: process.platform === 'win32',
  })
  if (status !== 0) throw new Error(`The packages of ${folder} cannot be installed.\n${stderr}`)
  cpSync(lock, installed)
  return true
}

if (import.meta.main) for (const folder of process.argv.slice(2)) installPackages(folder)
