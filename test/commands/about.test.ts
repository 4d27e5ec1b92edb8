// The document of a project has its name, and not that of Restwell.

import t from 'tap'
import { parse } from 'yaml'
import { folderOf, run } from '../support/process.ts'

const table: readonly (readonly [manifest: object | undefined, info: object])[] = [
  [undefined, { title: 'Restwell', license: { name: 'MIT', identifier: 'MIT' } }],
  [
    { name: 'shop', version: '2.1.0', license: 'Apache-2.0', author: 'Ann <ann@example.com>' },
    {
      title: 'shop',
      version: '2.1.0',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      contact: { name: 'Ann' },
    },
  ],
  [
    { name: 'shop', license: 'UNLICENSED', author: { name: 'Ann' }, restwell: { title: 'A shop' } },
    { title: 'A shop', license: undefined, contact: { name: 'Ann' } },
  ],
  [
    { license: 'SEE LICENSE IN LICENSE.md' },
    { title: 'Restwell', license: undefined, contact: { name: 'The maintainers of this service' } },
  ],
]

for (const [manifest, info] of table)
  t.test(JSON.stringify(manifest) ?? 'no package.json', async t => {
    const files = manifest === undefined ? {} : { 'package.json': JSON.stringify(manifest) }
    const { out, err } = await run(t, ['openapi'], {}, folderOf(t, files))
    t.equal(err, '')
    const { info: found } = parse(out)
    for (const [name, value] of Object.entries(info)) t.same(found[name], value, name)
  })
