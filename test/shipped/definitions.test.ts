// The definitions of this repository, and the document that follows from them.

import { globSync, readFileSync } from 'node:fs'
import t from 'tap'
import { readAbout } from '../../src/commands/about.ts'
import { documentText } from '../../src/commands/openapi.ts'

t.test('openapi.yaml is the document that is made now', async t => {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8'))
  const text = await documentText(await readAbout(version))
  t.ok(text === readFileSync('openapi.yaml', 'utf8'), 'npm run openapi makes it fresh')
})

t.test('they are written with the package alone, as in every project', async t => {
  for (const path of globSync('schemas/*.ts')) {
    const packages = readFileSync(path, 'utf8').matchAll(/ from '([^.'][^']*)'$/gm)
    t.strictSame(
      [...packages].map(([, name]) => name),
      ['restwell'],
      path,
    )
  }
})
