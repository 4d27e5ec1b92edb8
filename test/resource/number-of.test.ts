import t from 'tap'
import { numberOf } from '../../src/resource/number-of.ts'

t.test('one is singular, and none is plural', async t => {
  t.strictSame(
    [0, 1, 2].map(count => numberOf(count, 'row')),
    ['0 rows', '1 row', '2 rows'],
  )
  t.equal(numberOf(1, 'entry', 'entries'), '1 entry')
  t.equal(numberOf(3, 'entry', 'entries'), '3 entries')
})
