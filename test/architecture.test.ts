// The shape of the code base: who may import whom, and what stays at the edges.

import { globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import t from 'tap'

/** Each may import what is above it; those on one line are strangers to each other. */
const ladder = [
  ['resource'],
  ['query'],
  ['http', 'store'],
  ['access'],
  ['routes', 'docs'],
  ['telemetry'],
  ['definitions', 'text-file'],
  ['load'],
  ['app', 'records', 'config', 'plans'],
  ['protection'],
  ['commands'],
  ['cli'],
]

const importStatement = /^(?:import|export)\s(?:[\w*{},\s]+\sfrom\s)?['"]([^'"]+)['"]/gm

const files = globSync(['src/**/*.ts', 'schemas/*.ts']).map(path => {
  const text = readFileSync(path, 'utf8')
  const imports = [...text.matchAll(importStatement)].map(([, name]) => String(name))
  return {
    path,
    code: text.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, ''),
    lines: text.split('\n').length - 1,
    packages: imports.filter(name => !name.startsWith('.')),
    local: imports.filter(name => name.startsWith('.')).map(name => join(dirname(path), name)),
  }
})

const sources = files.filter(({ path }) => path.startsWith('src/'))
const schemas = files.filter(({ path }) => path.startsWith('schemas/'))

/** `src/store/sqlite/driver.ts` is of `store`, `src/app.ts` is of `app`. */
const partOf = (path: string) => path.split('/')[1]?.replace(/\.ts$/, '') ?? ''
const rungOf = (path: string) => ladder.findIndex(rung => rung.includes(partOf(path)))

/** The lines that hold words of SQL, by which a message of ours does not begin. */
const sqlOf = (code: string) =>
  code
    .split('\n')
    .filter(line => /\b(?:select|insert into|update|delete from|create|alter table|where|from|values) /.test(line))
    .join('\n')

/** The files in which something stands that should stand only in others; `src/docs/` is all of the folder. */
function elsewhere(allowed: readonly string[], found: (file: (typeof files)[number]) => boolean): string[] {
  const outside = files.filter(({ path }) => !allowed.some(place => path.startsWith(place)))
  return outside.filter(found).map(({ path }) => path)
}

t.test('there is something to look at, and every part of it has its rung', async t => {
  t.ok(sources.length > 40)
  t.ok(schemas.length > 10)
  t.strictSame([...new Set(sources.map(({ path }) => partOf(path)))].sort(), ladder.flat().sort())
})

t.test('the import ladder holds', async t => {
  const imports = sources.flatMap(({ path, local }) => local.map(target => ({ path, target })))
  const across = imports.filter(({ path, target }) => partOf(path) !== partOf(target))
  t.strictSame(
    across.filter(({ path, target }) => rungOf(target) >= rungOf(path)),
    [],
  )
})

t.test('imports make no circle', async t => {
  const imports = new Map(files.map(({ path, local }) => [path, local]))
  const done = new Set<string>()
  const circlesFrom = (path: string, above: readonly string[] = []): string[] => {
    if (above.includes(path)) return [[...above.slice(above.indexOf(path)), path].join(' → ')]
    if (done.has(path)) return []
    const circles = (imports.get(path) ?? []).flatMap(target => circlesFrom(target, [...above, path]))
    done.add(path)
    return circles
  }
  t.strictSame(
    files.flatMap(({ path }) => circlesFrom(path)),
    [],
  )
})

t.test('what belongs to the edges stays there', async t => {
  const table: [what: string, allowed: string[], found: (file: (typeof files)[number]) => boolean][] = [
    ['node:sqlite', ['src/store/sqlite/'], ({ packages }) => packages.includes('node:sqlite')],
    [
      'process',
      ['src/cli.ts', 'src/commands', 'src/config.ts'],
      ({ code, packages }) => /\bprocess\./.test(code) || packages.includes('node:process'),
    ],
    [
      'fastify',
      ['src/routes/', 'src/docs/', 'src/telemetry/', 'src/app.ts', 'src/commands/serve.ts'],
      ({ packages }) => packages.some(name => /^@?fastify\b/.test(name)),
    ],
    [
      'a database by name',
      ['src/store/open.ts', 'src/store/backup.ts', 'src/store/sqlite/', 'src/store/postgres/'],
      ({ local }) => local.some(name => /^src\/store\/(?:sqlite|postgres)\//.test(name)),
    ],
    ['ioredis', ['src/access/redis-limit-store.ts'], ({ packages }) => packages.includes('ioredis')],
    [
      'a dynamic import',
      ['src/load.ts', 'src/commands/', 'src/telemetry/tracing.ts'],
      ({ code }) => /\bimport\(/.test(code),
    ],
    // All of its exports are read for an import, and one of them loads Node's fetch: 3 MB, and a tenth of the start.
    ['node:http but for its types', [], ({ code }) => /^import (?!type\b).*'node:http'/m.test(code)],
    [
      'a name in quotes that `quote` did not put there',
      ['src/store/store.ts'],
      ({ path, code }) => /^src\/(?:store\/.*|access\/key-record\.ts$)/.test(path) && /["']\$\{/.test(sqlOf(code)),
    ],
    ['a default export', [], ({ code }) => /^export (?:default\b|\{[^}]*\bas default\b)/m.test(code)],
    ['an import without .ts', [], ({ local }) => local.some(name => !name.endsWith('.ts'))],
    ['more than 300 lines', [], ({ lines }) => lines > 300],
  ]
  for (const [what, allowed, found] of table) t.strictSame(elsewhere(allowed, found), [], what)
})

t.test('a definition needs nothing but TypeBox and the resource module', async t => {
  for (const { path, packages, local } of schemas) {
    t.strictSame(packages, ['@sinclair/typebox'], path)
    t.strictSame(local, ['src/resource/resource.ts'], path)
  }
})
