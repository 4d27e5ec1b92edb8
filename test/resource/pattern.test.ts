// Patterns mean what ECMA-262 says, whichever engine runs them, and none can be made to work for ever.

import fc from 'fast-check'
import t from 'tap'
import { jsonPointer } from '../../src/resource/format.ts'
import { compilePattern, patternMistake } from '../../src/resource/pattern.ts'

/** Patterns that backtracking engines take exponential or polynomial time for. */
const dangerous = [
  '^(a+)+$',
  '^([a-z]+[0-9]*)+$',
  '^(a|a)*$',
  '^(a|aa)+$',
  '^(\\w+\\s?)*$',
  '^(.*a){20}$',
  '^(([a-z])+.)+[A-Z]([a-z])+$',
  '^(x+x+)+y$',
  '^(?:a?){30}a{30}$',
  '^(\\d|[0-9])+x$',
  '^([\\p{L}]+ ?)*$',
  '^a*a*$',
  '\\s+$',
  '^\\w+\\w+@x$',
  '^a*a{1000}b$',
  'a*b',
  '^[a-z]*[0-9a-z]*-$',
  '.*.*=.*',
  '^a|b*c',
]

const harmless = [
  '^[a-z0-9-]+$',
  '^97[89]-[0-9]{10}$',
  '^[A-HJ-NPR-Z0-9]{17}$',
  '^[^\\x00-\\x1F\\x7F]*$',
  '^(red|blue)$',
  jsonPointer,
  'x',
]

t.test('a pattern that could backtrack is not run by the engine of JavaScript', async t => {
  for (const pattern of dangerous) t.notOk(compilePattern(pattern) instanceof RegExp, pattern)
  for (const pattern of harmless) t.ok(compilePattern(pattern) instanceof RegExp, pattern)
})

t.test('the longest text comes to an end with every one of them', async t => {
  for (const pattern of dangerous) {
    const matcher = compilePattern(pattern)
    for (const part of ['a', 'x', ' ', '0', 'ab', 'a0'])
      matcher.test(`${part.repeat(65_536 / part.length)}!`)
    t.equal(patternMistake(pattern, 10_000), undefined, pattern)
  }
})

/** Everything of the syntax that can be told apart by one or two characters. */
const syntax = [
  '.',
  '\\s',
  '\\S',
  '\\w',
  '\\W',
  '\\d',
  '\\D',
  '[^a]',
  '[\\s\\S]',
  '[^\\s]',
  '[^\\S]',
  '[\\S\\n]',
  '[\\w.-]',
  '[a\\-z]',
  '[\\b]',
  '[^]',
  '[.]',
  '[(?=]',
  '[\\]]',
  '\\p{L}',
  '\\P{L}',
  '[\\p{Lu}\\p{M}]',
  '[^\\p{L}]',
  '\\u{1F600}',
  '\\uD83D\\uDE00',
  '[\\uD83D\\uDE00-\\uD83D\\uDE4F]',
  '\\x41',
  '\\u00e9',
  '\\cA',
  '\\n',
  '\\v',
  '\\0',
  '\\/',
  '\\$',
  '\\.',
  'a\\b',
  'a\\B',
  '(?<name>a)',
  '(?:a|b)',
  'a|b',
  '()',
]

const characters = [
  ...Array.from({ length: 0x3100 }, (_, code) => String.fromCodePoint(code)),
  ...['😀', '😃', '🙂', '\uFEFF', 'Ａ', 'ﬁ', '', 'ab', 'a b', 'a\n', 'é1', '--'],
]

t.test('every part of the syntax means the same to both engines', async t => {
  for (const part of syntax) {
    // What repeats itself twice is run by RE2.
    const pattern = `^(?:${part})?(?:${part.replace('name', 'other')})?$`
    const [ours, native] = [compilePattern(pattern), new RegExp(pattern, 'u')]
    t.notOk(ours instanceof RegExp, pattern)
    const different = characters.filter(text => ours.test(text) !== native.test(text))
    t.strictSame(different, [], pattern)
  }
})

t.test('so does whatever is put together from it', async t => {
  const part = fc.constantFrom(...syntax, 'a', 'b', '1', ' ')
  const quantifier = fc.constantFrom('', '*', '+', '?', '{2}', '{1,3}', '*?', '{0,}')
  const term = fc.tuple(part, quantifier).map(([one, times]) => `(?:${one})${times}`)
  const pattern = fc.tuple(
    fc.array(term, { minLength: 1, maxLength: 4 }),
    fc.boolean(),
    fc.boolean(),
  )
  const text = fc.string({
    maxLength: 8,
    // Without pairs of surrogates: V8 does not find `(?:[^b]){2}$` in `a😀`, though there are two characters at its end.
    unit: fc.constantFrom('a', 'b', '1', ' ', '\n', '\u00a0', 'é', 'ﬁ', '.', '-'),
  })
  fc.assert(
    fc.property(
      pattern,
      fc.array(text, { minLength: 5, maxLength: 5 }),
      ([terms, start, end], texts) => {
        const source = `${start ? '^' : ''}${terms.join('')}${end ? '$' : ''}`.replaceAll(
          '(?<name>a)',
          '(a)',
        )
        for (const value of texts)
          t.equal(
            compilePattern(source).test(value),
            new RegExp(source, 'u').test(value),
            `${source} of ${value}`,
          )
      },
    ),
    { numRuns: 300 },
  )
})

t.test('a pair of surrogates is one character, wherever it stands', async t => {
  for (const text of ['.😀', '😀😀', 'é😀']) t.ok(compilePattern('(?:[^a]){2}$').test(text), text)
  t.notOk(compilePattern('^(?:[^a]){2}$').test('😀'))
})

t.test('patterns without a bound are refused with the reason', async t => {
  const table: [pattern: string, maxLength: number, mistake: RegExp][] = [
    ['[a-', 100, /^has a pattern that is no regular expression: Invalid/],
    ['^(?=.*[A-Z]).{8,}$', 100, /^has a pattern that cannot be used: looking ahead or behind/],
    ['(?<!a)b', 100, /^has a pattern that cannot be used: looking ahead or behind/],
    ['^(a+)\\1$', 100, /^has a pattern that cannot be used: a back reference has no bound/],
    ['^(?<n>a+)\\k<n>$', 100, /^has a pattern that cannot be used: a back reference has no bound/],
    [
      '^(?:a{1,900}b?)*$',
      65_536,
      /^has a pattern that costs too much for 65536 characters: give it a maxLength of at most \d+$/,
    ],
  ]
  for (const [pattern, maxLength, mistake] of table)
    t.match(patternMistake(pattern, maxLength), mistake, pattern)
  t.equal(patternMistake('^(?:a{1,900}b?)*$', 10_000), undefined, 'not too much for a short text')
})
