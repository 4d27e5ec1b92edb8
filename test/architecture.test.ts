// The shape of the code base: who may import whom, and what stays at the edges.

import { existsSync, globSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import t from 'tap'
import { handlers } from '../src/handlers/handlers.ts'
import { problems } from '../src/http/problem.ts'
import { functionSizes } from './support/function-sizes.ts'

/** Each may import what is above it; those on one line are strangers to each other. */
const ladder = [
  ['resource'],
  ['restwell', 'query', 'formats'],
  ['http', 'store', 'text-file'],
  ['access', 'validation'],
  ['limits'],
  ['operations'],
  ['handlers', 'docs'],
  ['keys', 'imports'],
  ['server', 'definitions'],
  ['telemetry'],
  ['app', 'config'],
  ['protection'],
  ['commands'],
  ['cli', 'plugin', 'testing'],
  ['bin'],
]

const importStatement = /^(?:import|export)\s(?:[\w*{},\s]+\sfrom\s)?['"]([^'"]+)['"]/gm

const sources = globSync('src/**/*.ts').map(path => {
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

/** `src/store/sqlite/driver.ts` is of `store`, `src/app.ts` is of `app`. */
const partOf = (path: string) => path.split('/')[1]?.replace(/\.ts$/, '') ?? ''
const rungOf = (path: string) => ladder.findIndex(rung => rung.includes(partOf(path)))

/** The lines that hold words of SQL, by which a message of ours does not begin. */
const sqlOf = (code: string) =>
  code
    .split('\n')
    .filter(line =>
      /\b(?:select|insert into|update|delete from|create|alter table|where|from|values) /.test(
        line,
      ),
    )
    .join('\n')

/** The files in which something stands that should stand only in others; `src/docs/` is all of the folder. */
function elsewhere(
  allowed: readonly string[],
  found: (file: (typeof sources)[number]) => boolean,
): string[] {
  const outside = sources.filter(({ path }) => !allowed.some(place => path.startsWith(place)))
  return outside.filter(found).map(({ path }) => path)
}

t.test('there is something to look at, and every part of it has its rung', async t => {
  t.ok(sources.length > 40)
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
  const imports = new Map(sources.map(({ path, local }) => [path, local]))
  const done = new Set<string>()
  const circlesFrom = (path: string, above: readonly string[] = []): string[] => {
    if (above.includes(path)) return [[...above.slice(above.indexOf(path)), path].join(' → ')]
    if (done.has(path)) return []
    const circles = (imports.get(path) ?? []).flatMap(target =>
      circlesFrom(target, [...above, path]),
    )
    done.add(path)
    return circles
  }
  t.strictSame(
    sources.flatMap(({ path }) => circlesFrom(path)),
    [],
  )
})

/** `kind === 'read'`, with the name of any kind of operation. */
const ofOperationKind = new RegExp(`\\bkind [!=]== '(?:${Object.keys(handlers).join('|')})'`)

t.test('what belongs to the edges stays there', async t => {
  const table: [
    what: string,
    allowed: string[],
    found: (file: (typeof sources)[number]) => boolean,
  ][] = [
    ['node:sqlite', ['src/store/sqlite/'], ({ packages }) => packages.includes('node:sqlite')],
    [
      'process',
      // The reference has it in an example, and the checker is a process of its own.
      [
        'src/bin.ts',
        'src/cli.ts',
        'src/commands',
        'src/config.ts',
        'src/docs/reference/languages.ts',
        'src/store/sqlite/checker.ts',
      ],
      ({ code, packages }) => /\bprocess\./.test(code) || packages.includes('node:process'),
    ],
    [
      'fastify',
      [
        'src/server/',
        'src/docs/',
        'src/telemetry/',
        'src/app.ts',
        'src/commands/development.ts',
        'src/commands/listen.ts',
        'src/commands/serve.ts',
        'src/plugin.ts',
        'src/testing/',
      ],
      ({ packages }) => packages.some(name => /^@?fastify\b/.test(name)),
    ],
    [
      'a database by name',
      ['src/store/open.ts', 'src/store/backup.ts', 'src/store/sqlite/', 'src/store/postgres/'],
      ({ local }) => local.some(name => /^src\/store\/(?:sqlite|postgres)\//.test(name)),
    ],
    [
      'ioredis',
      ['src/limits/redis-limit-store.ts'],
      ({ packages }) => packages.includes('ioredis'),
    ],
    [
      'a dynamic import',
      [
        'src/bin.ts',
        'src/definitions/',
        'src/commands',
        'src/docs/reference/reference.ts',
        'src/telemetry/tracing.ts',
      ],
      ({ code }) => /\bimport\(/.test(code),
    ],
    // All of its exports are read for an import, and one of them loads Node's fetch: 3 MB, and a tenth of the start.
    [
      'node:http but for its types',
      [],
      ({ code }) => /^import (?!type\b).*'node:http'/m.test(code),
    ],
    [
      'a name in quotes that `quote` did not put there',
      ['src/store/store.ts'],
      ({ path, code }) =>
        /^src\/(?:store\/.*|keys\/key-record\.ts$)/.test(path) && /["']\$\{/.test(sqlOf(code)),
    ],
    [
      'a question for the name of a kind of field',
      [],
      ({ code }) => /\bkind\.name [!=]==/.test(code),
    ],
    [
      'a question for the name of a kind of operation',
      ['src/operations/'],
      ({ code }) => ofOperationKind.test(code),
    ],
    [
      'a default export',
      [],
      ({ code }) => /^export (?:default\b|\{[^}]*\bas default\b)/m.test(code),
    ],
    ['an import without .ts', [], ({ local }) => local.some(name => !name.endsWith('.ts'))],
  ]
  for (const [what, allowed, found] of table) t.strictSame(elsewhere(allowed, found), [], what)
})

t.test('files and functions are short enough to be read at once', async t => {
  const longFiles = sources.filter(({ lines }) => lines > 250)
  t.strictSame(
    longFiles.map(({ path, lines }) => `${path}: ${lines} lines`),
    [],
  )
  const sizes = sources.flatMap(({ path }) => functionSizes(path, readFileSync(path, 'utf8')))
  t.strictSame(
    sizes.filter(({ lines }) => lines > 45),
    [],
  )
  const inOrder = sizes.map(({ lines }) => lines).sort((a, b) => a - b)
  const median = inOrder[inOrder.length >> 1] ?? 0
  t.ok(median > 0 && median <= 5, `half of the functions have up to ${median} lines`)
})

const map = readFileSync('ARCHITECTURE.md', 'utf8')
const mapSection = (title: string) =>
  map.split(/^## /m).find(section => section.startsWith(title)) ?? ''

/** Whether a file of `src/` exports a name. */
function exportsName(path: string, name: string): boolean {
  const code = sources.find(file => file.path === path)?.code ?? ''
  return new RegExp(
    `^export (?:async )?(?:function\\*?|const|class|interface|type) ${name}\\b`,
    'm',
  ).test(code)
}

/** The packages that a file needs when it is loaded, by way of the files that it imports; types are no more there then. */
function packagesOf(path: string, seen = new Set<string>()): readonly string[] {
  if (seen.has(path)) return []
  seen.add(path)
  const code = readFileSync(path, 'utf8')
  const imported = [...code.matchAll(/^(?:import|export) (?!type\b)[^'"]*from '([^']+)'/gm)].map(
    ([, name]) => String(name),
  )
  return imported.flatMap(name =>
    name.startsWith('.') ? packagesOf(join(dirname(path), name), seen) : [name],
  )
}

t.test('the help loads no package, and the document neither a server nor a driver', async t => {
  t.strictSame(
    packagesOf('src/cli.ts').filter(name => !name.startsWith('node:')),
    [],
  )
  const packages = packagesOf('src/commands/openapi.ts')
  t.ok(packages.includes('yaml'))
  t.strictSame(
    packages.filter(name => /^(?:@?fastify|postgres|pino|ioredis|node:sqlite)\b/.test(name)),
    [],
  )
})

t.test('ARCHITECTURE.md is one page', async t => {
  const lines = map.trimEnd().split('\n')
  t.ok(lines.length <= 100, `${lines.length} lines`)
  t.strictSame(
    lines.filter(line => line.length > 110),
    [],
  )
})

t.test('ARCHITECTURE.md draws the ladder that the imports keep to', async t => {
  const rungs = ladder.map(rung => {
    const parts = rung.map(part => `\`${part}\``).join(' | ')
    return rung.length === 1 ? parts : `{ ${parts} }`
  })
  t.ok(
    mapSection('The ladder').replaceAll('\n', ' ').includes(rungs.join(' ← ')),
    rungs.join(' ← '),
  )
})

t.test('ARCHITECTURE.md names the function that refuses, and it is exported there', async t => {
  const named = [...map.matchAll(/`(\w+)` in `([\w/-]+\.ts)`/g)].map(
    ([, name = '', file = '']) => ({ name, file }),
  )
  t.ok(named.length > 20, `${named.length} functions`)
  t.strictSame(
    named.filter(({ name, file }) => !exportsName(`src/${file}`, name)),
    [],
  )
})

t.test(
  'ARCHITECTURE.md says where each status of a problem comes from, and names no other',
  async t => {
    const rows = mapSection('A request')
      .split('\n')
      .filter(line => /^\| .* \| [\d, ]+ \|/.test(line))
    const told = new Set(rows.flatMap(row => row.split(' | ')[1]?.split(', ').map(Number) ?? []))
    t.strictSame(told, new Set(Object.values(problems).map(({ status }) => status)))
  },
)

/** What a reader looks for, and where the map or the name of a file leads at the first guess. */
const whereIs = {
  'the default size of a page': ['pageSize', 'query/page-size.ts'],
  'what a conditional request compares': ['ifMatchHolds', 'http/conditional.ts'],
  'the pointer of a value that is taken': ['explainRefusal', 'handlers/refusal.ts'],
  'the 401': ['authorize', 'server/authorize.ts'],
  'the header fields of security': ['addUsualHeaders', 'server/usual-headers.ts'],
  'the Idempotency-Key': ['idempotentHandler', 'handlers/idempotent.ts'],
  'restwell load': ['load', 'commands/load.ts'],
  'the rate limit': ['countRequests', 'server/quotas.ts'],
  'the cache of what was used last': ['LruMap', 'store/lru-map.ts'],
  "a definition's mistake": ['checkModel', 'resource/model-checks.ts'],
} as const

for (const [what, [name, file]] of Object.entries(whereIs))
  t.test(`where is ${what}: ${file}`, async t => {
    t.ok(exportsName(`src/${file}`, name), name)
    const isMapped = map.includes(`\`${file}\``)
    const said = basename(file, '.ts').split('-')
    const asked = `${what} ${name}`.toLowerCase()
    t.ok(isMapped || said.some(word => asked.includes(word)), 'the map or its name says it')
  })

t.test('restwell routes names the file that exports the handler', async t => {
  for (const [action, { file, handler }] of Object.entries(handlers))
    t.ok(exportsName(file, handler.name), action)
})

const guides = globSync(['*.md', 'docs/*.md', 'bench/*.md', 'clients/*/*.md'])

/** The files that a guide names in code, but those below `schemas/`, which are the reader's own. */
function namedFiles(guide: string): string[] {
  const named = readFileSync(guide, 'utf8').matchAll(
    /`([\w.-]+(?:\/[\w.-]+)+\.(?:ts|yaml|sh|json))`/g,
  )
  return [...named].map(([, name]) => String(name)).filter(name => !name.startsWith('schemas/'))
}

t.test('the files that a guide names are there; `http/link.ts` is below `src/`', async t => {
  const missing = guides.flatMap(guide =>
    namedFiles(guide)
      .filter(file => !existsSync(file) && !existsSync(`src/${file}`))
      .map(file => `${guide}: ${file}`),
  )
  t.ok(guides.flatMap(namedFiles).length > 50)
  t.strictSame(missing, [])
})

t.test('the links from a guide to a file lead somewhere, and so do those to a heading', async t => {
  const broken = guides.flatMap(guide => {
    const links = [
      ...readFileSync(guide, 'utf8').matchAll(/\]\((?!https?:)([^)#\s]*)(#[^)\s]*)?\)/g),
    ]
    return links
      .filter(
        ([, path = '', heading = '']) =>
          !leadsSomewhere(join(dirname(guide), path), path === '' ? guide : '', heading),
      )
      .map(([link]) => `${guide}: ${link}`)
  })
  t.strictSame(broken, [])
})

function leadsSomewhere(path: string, self: string, heading: string): boolean {
  // A page of GitHub beside the files of the repository.
  if (path.startsWith('../../actions/')) return true
  const target = self === '' ? path : self
  if (!existsSync(target)) return false
  return heading === '' || headingsOf(readFileSync(target, 'utf8')).includes(heading.slice(1))
}

/** The anchors of a page, as GitHub makes them of its headings. */
function headingsOf(markdown: string): string[] {
  const titles = [...markdown.matchAll(/^#+ (.*)$/gm)].map(([, title]) => String(title))
  return titles.map(title =>
    title
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  )
}

t.test('the commands of npm that a guide names are there', async t => {
  const scriptsOf = (folder: string) =>
    Object.keys(JSON.parse(readFileSync(`${folder}/package.json`, 'utf8')).scripts)
  const scripts = [...scriptsOf('.'), ...scriptsOf('clients/typescript')]
  const missing = guides.flatMap(guide =>
    [...readFileSync(guide, 'utf8').matchAll(/\bnpm run (?:-s )?([\w:]+)/g)]
      .filter(([, name = '']) => !scripts.includes(name))
      .map(([command]) => `${guide}: ${command}`),
  )
  t.strictSame(missing, [])
})
