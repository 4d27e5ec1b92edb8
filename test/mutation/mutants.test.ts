// The faults that the mutation run puts into sources.

import t from 'tap'
import { applyMutant, sourceToMutants } from './mutants.ts'

/** The text with each of its faults. */
function faulty(text: string): readonly string[] {
  return sourceToMutants('a.ts', text).map(mutant => applyMutant(text, mutant))
}

const table: readonly (readonly [text: string, ...faults: string[]])[] = [
  ['if (ready) go()', 'if (!(ready)) go()', 'if (ready) ;'],
  ['while (waits()) go', 'while (!(waits())) go', 'while (waits()) ;'],
  ['const x = a ? b : c', 'const x = !(a) ? b : c'],
  ['const x = a === b', 'const x = a !== b'],
  ['const x = a < b', 'const x = a <= b'],
  ['const x = a && b', 'const x = ((a) || (b))'],
  ['const limit = 1_000', 'const limit = 2000'],
  ['const first = 0', 'const first = 1'],
  ['const late = performance.now() > end', 'const late = performance.now() <= end'],
  ['const strict = true', 'const strict = false'],
  ["const words = ['a', 'b', 'c']", "const words = ['b', 'c']"],
  [
    'function f() { if (a > b) return 0; throw e }',
    'function f() { if (a >= b) return 0; throw e }',
  ],
]

for (const [text, ...faults] of table)
  t.test(text, async t => {
    const found = faulty(text)
    for (const fault of faults) t.ok(found.includes(fault), `${fault} of ${found.join(' | ')}`)
  })

t.test('types and imports are left as they are', async t => {
  t.strictSame(
    faulty("import { a } from 'b'\ninterface C { d: 1 | true }\ntype E = 'f' extends 1 ? 2 : 3"),
    [],
  )
})

t.test('a mutant names its place', async t => {
  const [mutant] = sourceToMutants('a.ts', 'const a = b\nconst c = 7')
  t.match(mutant, { file: 'a.ts', line: 2, replacement: '8' })
})
