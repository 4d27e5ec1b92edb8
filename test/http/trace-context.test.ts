// traceparent by the rows of W3C Trace Context, level 1.

import fc from 'fast-check'
import t from 'tap'
import { parseTraceparent } from '../../src/http/trace-context.ts'

const traceId = '0af7651916cd43dd8448eb211c80319c'
const parentId = 'b7ad6b7169203331'
const known = { traceId, parentId }

const table: [
  section: string,
  field: string | string[] | undefined,
  expected: typeof known | undefined,
][] = [
  ['§3.2.3 sampled', `00-${traceId}-${parentId}-01`, known],
  ['§3.2.3 not sampled', `00-${traceId}-${parentId}-00`, known],
  ['§3.2.2.5 flags that are not known', `00-${traceId}-${parentId}-ff`, known],
  ['§3.2.4 a later version', `01-${traceId}-${parentId}-01`, known],
  ['§3.2.4 a later version that says more', `cc-${traceId}-${parentId}-01-what-comes`, known],
  ['§3.2.4 a later version that runs on', `cc-${traceId}-${parentId}-01what-comes`, undefined],
  ['§3.2.2.1 the version ff', `ff-${traceId}-${parentId}-01`, undefined],
  ['§3.2.2.2 version 00 says no more', `00-${traceId}-${parentId}-01-more`, undefined],
  ['§3.2.2.3 trace-id of zeros', `00-${'0'.repeat(32)}-${parentId}-01`, undefined],
  ['§3.2.2.4 parent-id of zeros', `00-${traceId}-${'0'.repeat(16)}-01`, undefined],
  ['§3.2.2.3 upper case', `00-${traceId.toUpperCase()}-${parentId}-01`, undefined],
  ['§3.2.2.3 too short', `00-${traceId.slice(1)}-${parentId}-01`, undefined],
  ['§3.2.2.4 too long', `00-${traceId}-${parentId}0-01`, undefined],
  ['§3.2.2 without flags', `00-${traceId}-${parentId}`, undefined],
  [
    '§3.2.2 more than one field',
    [`00-${traceId}-${parentId}-01`, `00-${traceId}-${parentId}-01`],
    undefined,
  ],
  [
    '§3.2.2 two fields in one',
    `00-${traceId}-${parentId}-01, 00-${traceId}-${parentId}-01`,
    undefined,
  ],
  ['empty', '', undefined],
  ['absent', undefined, undefined],
]

t.test('valid fields are read, and all others are ignored', async t => {
  for (const [section, field, expected] of table)
    t.strictSame(parseTraceparent(field), expected, section)
})

t.test('whatever is sent, what is taken is two ids', async () => {
  fc.assert(
    fc.property(fc.string(), text => {
      const taken = parseTraceparent(`00-${text}`)
      return (
        taken === undefined ||
        (/^[\da-f]{32}$/.test(taken.traceId) && /^[\da-f]{16}$/.test(taken.parentId))
      )
    }),
  )
})
