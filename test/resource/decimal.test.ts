// Decimals: which texts are one, and the whole numbers that they are stored as.

import t from 'tap'
import { decimalKeywords, digitsMistake, fromScaled, toScaled } from '../../src/resource/decimal.ts'

const matches = (precision: number, scale: number, isPositive = false) => {
  const { pattern } = decimalKeywords({ precision, scale }, isPositive)
  return (text: string) => new RegExp(pattern, 'u').test(text)
}

t.test('the digits before and behind the point are counted', async t => {
  const table: [precision: number, scale: number, fits: string[], not: string[]][] = [
    [
      4,
      2,
      ['0', '0.5', '-0.50', '12.34', '99'],
      ['123', '1.234', '1.', '.5', '01', '1e1', '+1', ' 1', ''],
    ],
    [3, 3, ['0', '0.123', '-0.1'], ['1', '1.0', '0.1234']],
    [3, 2, ['9.99', '0.01'], ['10', '9.999']],
    [2, 0, ['0', '99', '-1'], ['100', '1.0', '1.']],
  ]
  for (const [precision, scale, fits, not] of table) {
    const isDecimal = matches(precision, scale)
    for (const text of fits) t.ok(isDecimal(text), `${text} fits ${precision}, ${scale}`)
    for (const text of not) t.notOk(isDecimal(text), `${text} does not fit ${precision}, ${scale}`)
  }
  t.notOk(matches(4, 2, true)('-1'))
  t.ok(matches(4, 2, true)('1'))
})

t.test('a text becomes a whole number, and the one form of its value', async t => {
  const table: [text: string, scale: number, scaled: number, form: string][] = [
    ['12.5', 2, 1250, '12.50'],
    ['-0.05', 2, -5, '-0.05'],
    ['-0', 2, 0, '0.00'],
    ['0.1', 1, 1, '0.1'],
    ['7', 0, 7, '7'],
    ['9999999999999.99', 2, 999999999999999, '9999999999999.99'],
    ['0.000000000000001', 15, 1, '0.000000000000001'],
  ]
  for (const [text, scale, scaled, form] of table) {
    t.equal(toScaled(text, scale), scaled, text)
    t.equal(fromScaled(scaled, scale), form, form)
  }
})

t.test('digits that cannot be held exactly are a mistake', async t => {
  t.equal(digitsMistake({ precision: 15, scale: 15 }), undefined)
  t.match(digitsMistake({ precision: 16, scale: 2 }), /has 16 digits; .* 1 to 15/)
  t.match(digitsMistake({ precision: 1.5, scale: 0 }), /has 1\.5 digits/)
  t.match(digitsMistake({ precision: 2, scale: 3 }), /has 3 places/)
})
