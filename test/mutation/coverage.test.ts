// What several processes ran of a source, by the nested ranges that V8 counts.

import t from 'tap'
import { rangesToSpans } from './coverage.ts'

const range = (startOffset: number, endOffset: number, count: number) => ({
  startOffset,
  endOffset,
  count,
})

for (const [what, processes, expected] of [
  ['nothing', [], []],
  ['all of it', [[range(0, 9, 1)]], [[0, 9]]],
  [
    'all but a branch, in which a part was run',
    [[range(0, 9, 3), range(2, 7, 0), range(4, 5, 1)]],
    [
      [0, 2],
      [4, 5],
      [7, 9],
    ],
  ],
  ['of two equal ranges the later one counts', [[range(0, 9, 1), range(0, 9, 0)]], []],
  [
    'what one process left out another one ran',
    [
      [range(0, 9, 1), range(2, 7, 0)],
      [range(0, 9, 0), range(5, 8, 1)],
    ],
    [
      [0, 2],
      [5, 9],
    ],
  ],
] as const)
  t.test(what, async t => t.strictSame(rangesToSpans(processes), expected))
