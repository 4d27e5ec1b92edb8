// The document of a project has its name, and not that of Restwell.

import { symlinkSync } from 'node:fs'
import { join, resolve } from 'node:path'
import t from 'tap'
import { parse } from 'yaml'
import { runHere } from '../support/command.ts'
import { fixtureSchemas } from '../support/fixture.ts'
import { folderOf } from '../support/process.ts'

const unsigned = { contact: { name: 'The maintainers of this service' } }
const shop = {
  name: 'shop',
  version: '2.1.0',
  license: 'Apache-2.0',
  author: 'Ann <ann@example.com>',
}

type Row = [name: string, said: { manifest?: object; service?: object }, info: object]

const table: readonly Row[] = [
  ['nothing', {}, { title: 'API', license: undefined, ...unsigned }],
  [
    'package.json',
    { manifest: shop },
    {
      title: 'shop',
      version: '2.1.0',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      contact: { name: 'Ann' },
    },
  ],
  [
    'package.json of nobody else',
    { manifest: { license: 'UNLICENSED', author: { name: 'Ann' } } },
    { title: 'API', license: undefined, contact: { name: 'Ann' } },
  ],
  [
    'a license in prose',
    { manifest: { license: 'SEE LICENSE IN LICENSE.md' } },
    { license: undefined, ...unsigned },
  ],
  [
    'service.yaml alone',
    { service: { title: 'A shop', license: { name: 'Ours', url: 'https://example.com' } } },
    { title: 'A shop', license: { name: 'Ours', url: 'https://example.com' }, ...unsigned },
  ],
  [
    'service.yaml before package.json',
    { manifest: shop, service: { title: 'A shop', contact: { email: 'shop@example.com' } } },
    {
      title: 'A shop',
      version: '2.1.0',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      contact: { email: 'shop@example.com' },
    },
  ],
]

for (const [name, { manifest, service }, info] of table)
  t.test(name, async t => {
    const folder = folderOf(t, {
      ...(manifest && { 'package.json': JSON.stringify(manifest) }),
      ...(service && { 'service.yaml': JSON.stringify(service) }),
    })
    symlinkSync(resolve(fixtureSchemas), join(folder, 'schemas'), 'dir')
    const { out, err } = await runHere(t, ['openapi'], {}, folder)
    t.equal(err, '')
    const { info: found } = parse(out)
    for (const [member, value] of Object.entries(info)) t.same(found[member], value, member)
  })

t.test('a mistake in service.yaml ends the command', async t => {
  const folder = folderOf(t, { 'service.yaml': 'titel: A shop' })
  const { code, err } = await runHere(t, ['openapi'], {}, folder)
  t.equal(code, 1)
  t.match(err, /service\.yaml: titel is not a known member/)
})
