import t from 'tap'
import type { Counted } from '../../src/access/caller.ts'
import { planOf } from '../../src/limits/limits.ts'
import { plansOf } from '../support/limits.ts'

t.test('the plan of a caller', async t => {
  const plans = plansOf({})
  const table: [kind: Counted['kind'], plan: string | undefined, expected: string, why: string][] =
    [
      ['key', 'gold', 'gold', 'its own'],
      ['token', 'gold', 'gold', 'of its claim'],
      ['key', undefined, 'free', 'the default'],
      ['key', 'silver', 'free', 'the default for one that is not there'],
      ['token', 'anonymous', 'anonymous', 'any may be named'],
      ['anonymous', undefined, 'anonymous', 'of callers without credentials'],
      ['open', undefined, 'anonymous', 'where nobody is asked for credentials'],
      ['anonymous', 'gold', 'anonymous', 'who has no name has no plan'],
    ]
  for (const [kind, plan, expected, why] of table)
    t.equal(planOf(plans, { id: 'x', kind, plan }).name, expected, `${kind}: ${why}`)
})
