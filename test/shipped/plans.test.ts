// plans.yaml, as it is shipped.

import { readFileSync } from 'node:fs'
import t from 'tap'
import { readPlans } from '../../src/limits/plans-file.ts'

t.test('the file is sound, and docs/quotas.md tells its plans', async t => {
  const { byName } = await readPlans('plans.yaml')
  t.strictSame([...byName.keys()], ['anonymous', 'free', 'standard', 'unlimited'])
  const page = readFileSync('docs/quotas.md', 'utf8')
  for (const { name, policies, largestPage, largestBody } of byName.values()) {
    const [minute, day] = policies
    const cells = [minute?.quota, day?.quota, largestPage, largestBody].map(value => value ?? '–')
    t.match(page, `| \`${name}\` | ${cells.join(' | ')} |`)
  }
})
