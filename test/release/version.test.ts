// Which versions may break clients (Semantic Versioning 2.0.0).

import t from 'tap'
import { mayBreak } from '../../release/version.ts'

const table = [
  ['0.1.0', '0.1.0', false, 'the same'],
  ['0.1.0', '0.1.1', false, '§4: before 1.0.0 the minor version is taken for the major one'],
  ['0.1.9', '0.2.0', true, '§4'],
  ['0.9.0', '1.0.0', true, '§5'],
  ['1.0.0', '1.0.1', false, '§6'],
  ['1.0.0', '1.1.0', false, '§7'],
  ['1.9.3', '2.0.0', true, '§8'],
  ['2.0.0-rc.1', '2.0.0', false, '§9: a pre-release is of its version'],
] as const

for (const [released, next, expected, rule] of table)
  t.test(`${released} → ${next}: ${rule}`, async t => t.equal(mayBreak(released, next), expected))

t.test('what is no version is refused', async t => {
  t.throws(() => mayBreak('0.1', '0.2.0'), { message: "'0.1' is no semantic version." })
})
