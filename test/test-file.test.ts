// Files that run one after the other in one process: each is told by itself whether it passed.

import { join } from 'node:path'
import t from 'tap'
import { runInTurn } from './support/test-file.ts'

const passing = `import t from 'tap'
t.test('a', async t => t.ok(await true))
t.test('b', { todo: true }, async t => t.fail('later'))`
const failing = `import t from 'tap'
t.test('a', async t => t.fail('on purpose'))
t.test('b', async t => t.pass())`
const ending = `import t from 'tap'
t.test('a', async () => process.exit(3))`
const broken = `throw new Error('on purpose')`

const settings = { folder: process.cwd(), env: process.env, timeout: 600_000 }

for (const [what, files, expected] of [
  ['those after one that failed pass', [passing, failing, passing], [true, false, true]],
  ['those after one that ended the process fail', [passing, ending, passing], [true, false, false]],
  ['one that cannot be loaded fails', [passing, broken], [true, false]],
] as const)
  t.test(what, async t => {
    const folder = t.testdir(Object.fromEntries(files.map((text, index) => [`${index}.mjs`, text])))
    const paths = files.map((_, index) => join(folder, `${index}.mjs`))
    const runs = await runInTurn(paths, settings)
    t.strictSame([...runs.keys()], paths)
    const passed = [...runs.values()].map(run => run.passed)
    t.strictSame(passed, expected, [...runs.values()].map(run => run.output).join('---\n'))
  })
