// The package as its users have it: made, packed, and installed in a folder of their own.

import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { makePackage } from '../../release/package.ts'

const execute = promisify(execFile)

/** A new folder, below which nothing belongs to this repository. */
export function folderElsewhere(): { readonly folder: string; remove(): void } {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'restwell-package-')))
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) }
}

/** What npm needs to know to reach a registry; a run by npm would tell it more, about this repository. */
const reaching =
  /^(?:HOME|NODE_EXTRA_CA_CERTS|SSL_CERT_\w+|(?:https?|no)_proxy|npm_config_(?:cafile|ca|registry|cache))$/i

/** Runs npm with the Node.js of the tests; what npm has stored is not asked for again. */
export async function npm(folder: string, ...operands: readonly string[]): Promise<string> {
  const path = `${dirname(process.execPath)}:${process.env.PATH}`
  const { stdout } = await execute('npm', operands, {
    cwd: folder,
    env: {
      ...Object.fromEntries(Object.entries(process.env).filter(([name]) => reaching.test(name))),
      PATH: path,
      npm_config_prefer_offline: 'true',
      npm_config_audit: 'false',
      npm_config_fund: 'false',
      npm_config_update_notifier: 'false',
    },
  })
  return stdout
}

/** Makes the tarball of the package and returns its path. */
export async function packRestwell(folder: string): Promise<string> {
  const source = join(folder, 'package')
  makePackage(source)
  return pack(source, folder)
}

/** Makes the tarball of the package in a folder. */
export async function pack(source: string, folder: string): Promise<string> {
  await npm(source, 'pack', '--pack-destination', folder)
  const name = readdirSync(folder).find(file => file.endsWith('.tgz'))
  return join(folder, String(name))
}
