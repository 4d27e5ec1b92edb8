// `npm create restwell`: from the two tarballs alone, a project that starts, and whose checks pass.

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import t from 'tap'
import { folderElsewhere, npmWith, oldestNode, pack, packRestwell } from '../support/packed.ts'
import { runNode, serveNode } from '../support/process.ts'
import { tutorialFiles } from '../support/readme.ts'

const { folder, remove } = folderElsewhere()
t.teardown(remove)

let restwell = ''
let create = ''

t.before(async () => {
  restwell = await packRestwell(folder)
  const packed = join(folder, 'create')
  mkdirSync(packed)
  create = await pack(resolve('create'), packed)
})

t.test('both packages have one version', async t => {
  const versionIn = (file: string) => JSON.parse(readFileSync(file, 'utf8')).version
  t.equal(versionIn('create/package.json'), versionIn('package.json'))
})

for (const [which, programOf] of [
  ['the Node.js of the tests', async () => process.execPath],
  ['the oldest Node.js that it takes', oldestNode],
] as const)
  t.test(`a project made and run with ${which}`, async t => {
    const place = join(folder, which.replaceAll(' ', '-'))
    mkdirSync(place)
    const program = await programOf(place)
    const npm = npmWith(program)
    const made = ['exec', '--yes', '--package', create, '--', 'create-restwell', 'my-api']
    await npm(place, ...made, '--restwell', restwell)
    const project = join(place, 'my-api')

    t.strictSame(readdirSync(project).sort(), [
      '.biome.json',
      '.dockerignore',
      '.env.example',
      '.github',
      '.gitignore',
      'Dockerfile',
      'README.md',
      'node_modules',
      'openapi.yaml',
      'package-lock.json',
      'package.json',
      'schemas',
      'test',
      'tsconfig.json',
    ])
    t.equal(JSON.parse(readFileSync(join(project, 'package.json'), 'utf8')).name, 'my-api')
    await t.resolves(npm(project, 'run', 'check'), 'it lints, its types hold, its tests pass')

    for (const file of tutorialFiles()) writeFileSync(join(project, file.name), file.text)
    await npm(project, 'run', 'openapi')
    await t.resolves(npm(project, 'test'), 'so they do with what the tutorial adds')
    const call = ['node_modules/restwell/lib/bin.js', 'serve']
    const server = await serveNode(t, call, project, {}, program)
    const tasks = await (await fetch(`${server.address}/tasks`)).json()
    t.match(tasks, [
      { id: 1, state: 'open' },
      { id: 2, state: 'open' },
    ])
    t.equal((await fetch(`${server.address}/rooms`)).status, 200)
    t.equal((await server.stop()).code, 0)
  })

t.test('a folder that has files is left alone', async t => {
  mkdirSync(join(folder, 'my-api'))
  writeFileSync(join(folder, 'my-api/notes.txt'), '')
  const { code, err } = await runNode(t, [resolve('create/create.js'), 'my-api'], folder)
  t.equal(code, 1)
  t.match(err, /my-api is not empty/)
})

for (const [call, code, said] of [
  [[], 2, /^Usage: npm create restwell <folder>/],
  [['--help'], 0, /^Usage: npm create restwell <folder>/],
  [['My API'], 1, /cannot be the name of a package/],
  [['api', '--instal'], 2, /Unknown option '--instal'/],
] as const)
  t.test(`create-restwell ${call.join(' ')}`, async t => {
    const ended = await runNode(t, [resolve('create/create.js'), ...call], folder)
    t.equal(ended.code, code)
    t.match(ended.out + ended.err, said)
  })
