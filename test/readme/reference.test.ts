// What pages say of the code is what the code says.

import { globSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import t from 'tap'
import { pages, readPage, writtenPage } from '../../release/reference.ts'

for (const name of Object.keys(pages))
  t.test(`docs/${name} is fresh; npm run reference writes it`, async t => {
    t.equal(readPage(name), await writtenPage(name))
  })

t.test('docs/README.md lists every page', async t => {
  const contents = readFileSync('docs/README.md', 'utf8')
  const names = globSync('docs/*.md').map(file => basename(file))
  t.strictSame(
    names.filter(name => name !== 'README.md' && !contents.includes(`](${name})`)),
    [],
  )
})
