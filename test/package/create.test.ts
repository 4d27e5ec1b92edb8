// `npm create restwell`: from the two tarballs alone, a project that starts, and whose checks pass.

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import t from 'tap'
import { folderElsewhere, npm, pack, packRestwell } from '../support/packed.ts'
import { runNode, serveNode } from '../support/process.ts'

const { folder, remove } = folderElsewhere()
t.teardown(remove)
const project = join(folder, 'my-api')

const label = `
  import { resource, Type } from 'restwell'
  export const labels = resource('labels', Type.Object({ text: Type.String({ maxLength: 20 }) }), {
    description: 'What tasks are sorted by',
  })`

t.before(async () => {
  const restwell = await packRestwell(folder)
  const packed = join(folder, 'create')
  mkdirSync(packed)
  const create = await pack(resolve('create'), packed)
  const call = ['exec', '--yes', '--package', create, '--', 'create-restwell', 'my-api']
  await npm(folder, ...call, '--restwell', restwell)
})

t.test('both packages have one version', async t => {
  const versionIn = (file: string) => JSON.parse(readFileSync(file, 'utf8')).version
  t.equal(versionIn('create/package.json'), versionIn('package.json'))
})

t.test('it has what a project needs', async t => {
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
})

t.test('it lints, its types hold and its tests pass', async t => {
  await t.resolves(npm(project, 'run', 'check'))
})

t.test('it serves its resource, and one more', async t => {
  writeFileSync(join(project, 'schemas/labels.ts'), label)
  const server = await serveNode(t, ['node_modules/restwell/lib/bin.js', 'serve'], project)
  const tasks = await (await fetch(`${server.address}/tasks`)).json()
  t.match(tasks, [
    { id: 1, state: 'open' },
    { id: 2, state: 'open' },
  ])
  t.equal((await fetch(`${server.address}/labels`)).status, 200)
  t.equal((await server.stop()).code, 0)
})

t.test('a folder that has files is left alone', async t => {
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
