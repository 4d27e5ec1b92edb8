// `npm install`, the first step in this repository: it stays light, and warns of nothing.

import { execFile } from 'node:child_process'
import { cpSync, lstatSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import { folderElsewhere, npm } from '../support/packed.ts'

const execute = promisify(execFile)
const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8'))

/** Whether a range of versions of Node.js has one of 20 in it. */
function takesNode20(range: string): boolean {
  return range.split('||').some(one => {
    const [, sign = '', major] = /^\s*(>=|\^|~|)\s*(\d+)/.exec(one) ?? []
    return sign === '>=' ? Number(major) <= 20 : major === '20'
  })
}

t.test('no package warns on Node.js 20', async t => {
  const ranges = Object.entries<{ engines?: { node?: string } }>(packages)
  for (const [path, { engines }] of ranges)
    if (engines?.node !== undefined) t.ok(takesNode20(engines.node), `${path}: ${engines.node}`)
})

t.test('the empty packages have the names and versions that tap asks for', async t => {
  const parts = Object.keys(packages).filter(path =>
    /node_modules\/(?:tshy|@tapjs\/run)$/.test(path),
  )
  t.strictSame(parts, ['node_modules/@tapjs/run', 'node_modules/tshy'])
  for (const part of parts) t.ok(packages[part].link, `${part} is a folder of tools/tap`)
  const tap = 'node_modules/tap/dist/esm/run.mjs'
  const ran = await execute(process.execPath, [tap]).catch(error => error)
  t.match(ran.stderr, 'The runner of tap is not installed: npm test runs the tests.')
})

t.test('it takes at most 350 MB', async t => {
  const { folder, remove } = folderElsewhere()
  t.teardown(remove)
  for (const file of ['package.json', 'package-lock.json', '.npmrc', 'tools/tap'])
    cpSync(file, join(folder, file), { recursive: true })
  await npm(folder, 'ci')
  const files = readdirSync(join(folder, 'node_modules'), { recursive: true, encoding: 'utf8' })
  const sizes = files.map(file => lstatSync(join(folder, 'node_modules', file)).blocks * 512)
  const size = Math.ceil(sizes.reduce((sum, each) => sum + each, 0) / 2 ** 20)
  t.ok(size <= 350, `${size} MB`)
})
