// `node in-turn.ts FILE...`: runs test files one after the other in one process, which loads the service once for all.

import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

const files = process.argv.splice(2)
// After the program tap calls the folders of tests, which other processes have, too.
process.argv[1] = resolve(String(files[0]))
const { t } = await import('tap')

for (const file of files) {
  await import(pathToFileURL(resolve(file)).href)
  // It is over when all before it is.
  await t.test(file, async () => {})
}
