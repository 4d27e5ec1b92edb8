// The package as its users have it: made, packed, and installed in a folder of their own.

import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs'
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

/** Runs npm with the Node.js of the tests. */
export const npm = npmWith(process.execPath)

/** Makes what runs npm with a Node.js; what npm has stored is not asked for again. */
export function npmWith(program: string) {
  return async (folder: string, ...operands: readonly string[]): Promise<string> => {
    const { stdout } = await execute('npm', operands, {
      cwd: folder,
      env: {
        ...Object.fromEntries(Object.entries(process.env).filter(([name]) => reaching.test(name))),
        PATH: `${dirname(program)}:${process.env.PATH}`,
        npm_config_prefer_offline: 'true',
        npm_config_audit: 'false',
        npm_config_fund: 'false',
        npm_config_update_notifier: 'false',
      },
    })
    return stdout
  }
}

/** Installs the oldest Node.js with which projects run, and returns its path. */
export async function oldestNode(folder: string): Promise<string> {
  const read = (file: string) => JSON.parse(readFileSync(file, 'utf8'))
  const [, version = ''] = /^>=(.*)$/.exec(read('create/template/package.json').engines.node) ?? []
  const names = Object.keys(read('package.json').optionalDependencies)
  const name = names.find(one => one.endsWith(`${process.platform}-${process.arch}`))
  const home = join(folder, 'oldest')
  mkdirSync(home)
  await npm(home, 'install', '--prefix', home, `${name}@${version}`)
  return join(home, 'node_modules', String(name), 'bin/node')
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
