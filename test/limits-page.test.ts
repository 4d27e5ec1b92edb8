// docs/limits.md says what the code does: each value is that of its constant, and each test is there.

import { existsSync, readFileSync } from 'node:fs'
import t from 'tap'

interface Bound {
  readonly what: string
  readonly value: string
  readonly file: string
  readonly name: string
  readonly test: string
}

const row =
  /^\| (?<what>[^|]+) \| (?<value>[\d,]+) \| [^|]* \| `(?<file>[^`]+)` `(?<name>\w+)` \| [^|]+ \| `(?<test>[^`]+)` \|$/
const lines = readFileSync('docs/limits.md', 'utf8')
  .split('\n')
  .filter(line => /^\| [^|]+ \| [\d,]+ \|/.test(line))
const bounds = lines.map(line => row.exec(line)?.groups as unknown as Bound | undefined)

/** The number that a constant, a default or a member has in the source, be it written as a product. */
function numberIn(source: string, name: string): number | undefined {
  const written = new RegExp(
    `\\b${name}\\b(?::\\s*number)?\\s*[=:]\\s*([\\d_]+(?:\\s*\\*\\s*[\\d_]+)*)`,
  ).exec(source)?.[1]
  if (written === undefined) return undefined
  return written
    .split('*')
    .reduce((product, factor) => product * Number(factor.trim().replaceAll('_', '')), 1)
}

t.test('every line of the page can be read', async t => {
  t.ok(bounds.length > 30)
  for (const [index, bound] of bounds.entries()) t.ok(bound, String(lines[index]))
})

t.test('every value is that of the code', async t => {
  for (const bound of bounds) {
    if (bound === undefined) continue
    const { what, value, file, name } = bound
    t.equal(
      numberIn(readFileSync(file, 'utf8'), name),
      Number(value.replaceAll(',', '')),
      `${what}: ${name} in ${file}`,
    )
  }
})

t.test('every test that is named is one of the suite', async t => {
  for (const bound of bounds)
    t.ok(existsSync(bound?.test ?? '') && bound?.test.endsWith('.test.ts'), String(bound?.test))
})

t.test('every exported bound of the memory that callers take is on the page', async t => {
  for (const file of [
    'src/server/room.ts',
    'src/server/memory.ts',
    'src/query/page-size.ts',
    'src/store/postgres/prepared.ts',
  ]) {
    const names = [...readFileSync(file, 'utf8').matchAll(/^export const (\w+) = [\d_]/gm)].map(
      ([, name]) => name,
    )
    t.ok(names.length > 0, file)
    for (const name of names)
      t.ok(
        bounds.some(bound => bound?.file === file && bound.name === name),
        `${name} in ${file}`,
      )
  }
})
