import fc from 'fast-check'
import t from 'tap'
import { isMultipleOf } from '../../src/resource/multiple.ts'

t.test(
  'a number is a multiple of another as people write them (JSON Schema Validation §6.2.1)',
  async t => {
    const table: [value: number, divisor: number, expected: boolean][] = [
      [19.99, 0.01, true],
      [0.07, 0.01, true],
      [0.29, 0.01, true],
      [1.15, 0.01, true],
      [4.35, 0.01, true],
      [-4.35, 0.01, true],
      [0.3, 0.1, true],
      [1.1, 0.1, true],
      [0, 0.01, true],
      [-0, 0.01, true],
      [7, 0.5, true],
      [2.5, 0.5, true],
      [15, 5, true],
      [1e21, 7, false],
      [1e300, 1e-300, true],
      [1e-7, 1e-8, true],
      [123456789012.34, 0.01, true],
      [2 ** 60, 0.01, true],
      [19.995, 0.01, false],
      [0.30000000000000004, 0.1, false],
      [1e-9, 0.01, false],
      [1e22, 0.3, false],
      [16, 5, false],
      [0.5, 2, false],
      [5e-324, 0.01, false],
    ]
    for (const [value, divisor, expected] of table)
      t.equal(isMultipleOf(value, divisor), expected, `${value} of ${divisor}`)
  },
)

t.test('every amount of cents is a multiple of a cent, and none with a tenth of it is', async t => {
  fc.assert(
    fc.property(
      fc.integer({ min: -1e9, max: 1e9 }),
      fc.integer({ min: 1, max: 9 }),
      (cents, tenths) => {
        t.ok(isMultipleOf(Number(`${cents}e-2`), 0.01))
        t.notOk(isMultipleOf(Number(`${cents}${tenths}e-3`), 0.01))
      },
    ),
  )
})
