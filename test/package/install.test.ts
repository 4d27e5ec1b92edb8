// The package in a folder of its own, with nothing of this repository around it: it serves, its types hold, it is small.

import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { gunzipSync } from 'node:zlib'
import t from 'tap'
import { folderElsewhere, npm, packRestwell } from '../support/packed.ts'
import { runNode, serveNode } from '../support/process.ts'

const { folder, remove } = folderElsewhere()
t.teardown(remove)

const project = {
  'package.json': '{ "name": "pets", "version": "1.2.3", "private": true, "type": "module" }',
  'tsconfig.json': `{
    "compilerOptions": {
      "target": "esnext", "module": "nodenext", "strict": true, "noEmit": true,
      "allowImportingTsExtensions": true, "exactOptionalPropertyTypes": true
    },
    "include": ["schemas", "pets.test.ts"]
  }`,
  'pets.test.ts': `
    import { testService } from 'restwell/test'
    const service = await testService()
    const { status } = await service.as({ scopes: ['pets:write'] }).post('/pets', { name: 'Rex', kind: 'dog' })
    if (status !== 201) throw new Error('The status is ' + status + '.')
    await service.close()`,
  'schemas/pets.ts': `
    import { Enum, Refusal, resource, Type } from 'restwell'
    export const pets = resource('pets', Type.Object({
      name: Type.String({ minLength: 1, maxLength: 50, examples: ['Rex'] }),
      kind: Enum(['cat', 'dog'], { description: 'What it is' }),
    }), {
      description: 'Animals with a home',
      hooks: {
        beforeWrite({ after }) {
          if (after?.name === 'Cat' && after.kind === 'dog') throw new Refusal(422, 'A dog is no cat.', 'name')
        },
      },
    })`,
}

t.before(async () => {
  const tarball = await packRestwell(folder)
  const packed = statSync(tarball).size
  const unpacked = gunzipSync(readFileSync(tarball)).length
  t.ok(packed <= 500_000 && unpacked <= 2_100_000, `${packed} bytes, ${unpacked} unpacked`)
  mkdirSync(join(folder, 'schemas'))
  for (const [file, text] of Object.entries(project)) writeFileSync(join(folder, file), text)
  await npm(folder, 'install', tarball)
})

const bin = join(folder, 'node_modules/.bin/restwell')

t.test('it serves the definitions of the working folder', async t => {
  const server = await serveNode(t, [bin, 'serve'], folder)
  const created = await fetch(`${server.address}/pets`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"name":"Rex","kind":"dog"}',
  })
  t.equal(created.status, 201)
  t.same(await created.json(), { id: 1, name: 'Rex', kind: 'dog' })
  const refused = await fetch(`${server.address}/pets/1`, {
    method: 'PATCH',
    headers: { 'content-type': 'application/merge-patch+json' },
    body: '{"name":"Cat"}',
  })
  t.equal(refused.status, 422, 'the hook and the service have the same Refusal')
  t.equal((await fetch(`${server.address}/books`)).status, 404)
  t.equal((await server.stop()).code, 0)
})

t.test('its test kit tests them', async t => {
  const { code, out, err } = await runNode(t, ['--test', 'pets.test.ts'], folder)
  t.strictSame({ code, err }, { code: 0, err: '' }, out)
})

t.test('its types hold, without those of libraries being left out', async t => {
  const tsc = resolve('node_modules/typescript/bin/tsc')
  const { code, out } = await runNode(t, [tsc, '--project', folder], folder)
  t.strictSame({ code, out }, { code: 0, out: '' })
})

t.test('an older Node.js gets a sentence', async t => {
  const older = "Object.defineProperty(process, 'versions', { value: { node: '22.12.0' } })"
  const flag = `--import=data:text/javascript,${encodeURIComponent(older)}`
  const { code, err } = await runNode(t, [flag, bin, '--help'], folder)
  t.equal(code, 1)
  t.match(err, /^restwell needs Node\.js 24\.16 or later; this is v[\d.]+\.\n$/)
})

t.test('a folder without definitions is told so', async t => {
  const { code, err } = await runNode(t, [bin, 'routes'], join(folder, 'node_modules'))
  t.equal(code, 1)
  t.match(err, /There is no folder \S+schemas\. .*npm create restwell/)
})

t.test('what is not exported cannot be imported', async t => {
  const code = "import 'restwell/lib/app.js'"
  const { err } = await runNode(t, ['--input-type=module', '--eval', code], folder)
  t.match(err, /ERR_PACKAGE_PATH_NOT_EXPORTED/)
})
