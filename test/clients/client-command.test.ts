// `restwell client`: a client of any service, from the definitions, a file or an address.

import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join, resolve } from 'node:path'
import t, { type Test } from 'tap'
import { runHere } from '../support/command.ts'
import { fixtureDocumentText } from '../support/fixture-models.ts'
import { folderOf } from '../support/process.ts'

const labels = `
import { resource, Type } from 'restwell'
export const labels = resource('labels', Type.Object({ text: Type.String() }), { description: 'Labels' })
`

/** Runs what the scripts of the client run, with the packages that are installed here. */
function build(t: Test, client: string): void {
  symlinkSync(resolve('node_modules'), join(client, 'node_modules'))
  for (const call of [['generate.js'], ['node_modules/typescript/bin/tsc', '--project', '.']]) {
    const { status, stdout, stderr } = spawnSync(process.execPath, call, {
      cwd: client,
      encoding: 'utf8',
    })
    t.equal(status, 0, `${stdout}${stderr}`)
  }
}

t.test('it is a package that knows the resources of the project', async t => {
  const folder = folderOf(t)
  mkdirSync(join(folder, 'schemas'))
  writeFileSync(join(folder, 'schemas/labels.ts'), labels)
  const { code, out, err } = await runHere(t, ['client', 'typescript', 'my-client'], {}, folder)
  t.strictSame([code, err], [0, ''])
  t.equal(out, 'my-client has the client; now run there: npm install && npm pack\n')
  const client = join(folder, 'my-client')
  const readme = readFileSync(join(client, 'README.md'), 'utf8')
  t.match(readme, "client.GET('/labels')")
  t.notMatch(readme, 'restwell.', 'one name for the client')
  t.match(JSON.parse(readFileSync(join(client, 'package.json'), 'utf8')), { name: 'my-client' })
  writeFileSync(
    join(client, 'src/use.ts'),
    `import { createClient } from './client.ts'
     const client = createClient({ baseUrl: 'http://127.0.0.1' })
     export const texts = async (): Promise<string[]> => (await client.page('/labels')).rows.map(({ text }) => text)
     // @ts-expect-error it is a resource of another service
     export const books = () => client.page('/books')`,
  )
  build(t, client)
  t.ok(existsSync(join(client, 'dist/client.d.ts')))

  const again = await runHere(t, ['client', 'typescript', 'my-client'], {}, folder)
  t.equal(again.code, 1)
  t.match(again.err, 'my-client is not empty; --overwrite replaces the files of a client.')
})

t.test('in Python, it is what the generator needs, with a README of this service', async t => {
  const folder = folderOf(t)
  mkdirSync(join(folder, 'schemas'))
  writeFileSync(join(folder, 'schemas/labels.ts'), labels)
  const { code, out, err } = await runHere(t, ['client', 'python', 'my-client'], {}, folder)
  t.strictSame([code, err], [0, ''])
  const read = (name: string) => readFileSync(join(folder, 'my-client', name), 'utf8')
  const ours = (name: string) => readFileSync(join('clients/python', name), 'utf8')
  const line = out.slice(out.indexOf('pipx'))
  t.match(out, 'my-client has the client; now run there: pipx run openapi-python-client==')
  t.match(read('README.md'), line)
  t.match(read('README.md'), 'from my_client.api.labels import list_labels')
  t.notMatch(read('README.md'), /npm run|restwell_client/)
  t.equal(read('templates/README.md.jinja'), `{% raw %}${read('README.md')}{% endraw %}\n`)
  t.match(
    read('config.yaml'),
    'project_name_override: my-client\npackage_name_override: my_client\n',
  )
  t.equal(read('templates/errors.py.jinja'), ours('templates/errors.py.jinja'))
  const version = /openapi-python-client==[\d.]+/.exec(line)?.[0]
  for (const page of ['README.md', 'requirements.txt']) t.match(ours(page), version, page)
})

t.test('the document may be a file or an address, but nothing else', async t => {
  const document = await fixtureDocumentText()
  const folder = folderOf(t, { 'document.yaml': document })
  const server = createServer((request, response) =>
    request.url === '/openapi.yaml'
      ? response.end(document)
      : response.writeHead(request.url === '/page' ? 200 : 404).end('<h1>Hello</h1>'),
  ).listen(0, '127.0.0.1')
  t.teardown(() => server.close())
  await new Promise(listening => server.once('listening', listening))
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const call = (...operands: string[]) =>
    runHere(t, ['client', 'typescript', ...operands], {}, folder)
  t.equal((await call('one', `${base}/openapi.yaml`)).code, 0)
  t.equal((await call('two', 'document.yaml')).code, 0)
  for (const client of ['one', 'two'])
    t.equal(readFileSync(join(folder, client, 'openapi.yaml'), 'utf8'), document)
  t.match((await call('three', `${base}/page`)).err, 'is not the OpenAPI document of a service')
  t.match((await call('three', `${base}/nothing`)).err, 'returned 404.')
  t.match((await call('three', 'nothing.yaml')).err, 'nothing.yaml')
  t.match(await call(), { code: 2, err: /client takes typescript or python, a folder/ })
  t.notOk(existsSync(join(folder, 'three')), 'nothing is written')
})
