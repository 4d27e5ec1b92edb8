// The services in `examples/` as their users run them: a copy of the folder, and the package from its tarball.

import { cpSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { examples } from '../support/examples.ts'
import { folderElsewhere, npm, packRestwell } from '../support/packed.ts'
import { serveNode } from '../support/process.ts'

const { folder, remove } = folderElsewhere()
t.teardown(remove)
let restwell = ''

t.before(async () => {
  restwell = await packRestwell(folder)
})

for (const example of examples)
  t.test(`examples/${example} is installed, tested, checked and served`, async t => {
    const project = join(folder, example)
    cpSync(join('examples', example), project, { recursive: true })
    await npm(project, 'install', restwell)
    await t.resolves(npm(project, 'test'))
    t.match(await npm(project, 'exec', 'restwell', 'check'), /^No mistake in \d+ resources/)
    const server = await serveNode(t, ['node_modules/restwell/lib/bin.js', 'serve'], project)
    t.equal((await fetch(`${server.address}/openapi.json`)).status, 200)
    t.equal((await server.stop()).code, 0)
  })
