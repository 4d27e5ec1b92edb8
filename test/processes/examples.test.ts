// The services in `examples/`, whose own tests run as they would in a project, on both databases.

import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import t from 'tap'
import { examples, linkPackage } from '../support/examples.ts'
import { databases } from '../support/service.ts'

const execute = promisify(execFile)

t.before(linkPackage)

for (const example of examples)
  for (const database of databases)
    t.test(`the tests of examples/${example} pass (${database.name})`, async t => {
      const { NODE_TEST_CONTEXT: _, NODE_OPTIONS: __, ...env } = process.env
      const TEST_DATABASE_URL =
        database.name === 'sqlite' ? {} : { TEST_DATABASE_URL: await database.url(t) }
      const run = execute(process.execPath, ['--test', 'test/**/*.test.ts'], {
        cwd: `examples/${example}`,
        env: { ...env, ...TEST_DATABASE_URL },
      })
      const { stdout } = await run.catch(error => error as { stdout: string })
      t.match(stdout, /^# fail 0$|^ℹ fail 0$/m, stdout)
      t.notMatch(stdout, /^(?:#|ℹ) tests 0$/m)
    })
