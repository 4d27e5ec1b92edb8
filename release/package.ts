// `npm run package`: the package as it is published, in `dist/`. Node does not strip types below node_modules, so it is compiled.

import { spawnSync } from 'node:child_process'
import { cpSync, globSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import ts from 'typescript'
import { installPackages } from '../tools/install.ts'

const root = join(import.meta.dirname, '..')

/** What a client in Python is made of. */
const python = ['README.md', 'config.yaml', 'templates'].map(name => `clients/python/${name}`)

/** What the package has beside the code; `plans.yaml` has the plans of a project that has none of its own. */
const files = [
  'README.md',
  'LICENSE',
  'plans.yaml',
  'clients/typescript',
  ...python,
  'console/built',
]

/** The members of our package.json that the package has too. */
const kept = [
  'name',
  'version',
  'description',
  'keywords',
  'license',
  'type',
  'dependencies',
  'peerDependencies',
  'peerDependenciesMeta',
]

interface Manifest {
  readonly exports: Readonly<Record<string, string>>
  readonly [member: string]: unknown
}

/** Makes the package in a folder, which is emptied first. */
export function makePackage(folder: string): void {
  const manifest = packed(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')))
  rmSync(folder, { recursive: true, force: true })
  // The compiler reads the types of OpenTelemetry.
  installPackages('tools/tracing')
  compile(join(folder, 'lib'))
  for (const file of files)
    cpSync(join(root, file), join(folder, file), { recursive: true, filter: isShipped })
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`)
  removeInnerTypes(
    folder,
    Object.values(manifest.exports).map(({ types }) => types),
  )
}

/** What a client is made of, without the types of this repository's service. */
function isShipped(file: string): boolean {
  return !/clients\/typescript\/(?:dist|examples|node_modules|src\/api\.ts)/.test(file)
}

/** Comments are for editors, which read them in the types; in the code they would be a fifth of the package. */
function compile(folder: string): void {
  emit(folder, '--emitDeclarationOnly')
  emit(folder, '--declaration', 'false', '--removeComments')
  for (const file of globSync(join(folder, '**/*.js')))
    writeFileSync(file, withTabs(readFileSync(file, 'utf8')))
}

/** Indented by tabs, code takes a fiftieth less; the lines of a text keep their spaces. */
function withTabs(code: string): string {
  const source = ts.createSourceFile('code.js', code, ts.ScriptTarget.Latest)
  const texts: (readonly [start: number, end: number])[] = []
  const find = (node: ts.Node): void => {
    if (ts.isTemplateLiteral(node)) texts.push([node.getStart(source), node.end])
    ts.forEachChild(node, find)
  }
  find(source)
  return code.replaceAll(/^(?: {4})+/gm, (spaces, at: number) =>
    texts.some(([start, end]) => start < at && at < end) ? spaces : '\t'.repeat(spaces.length / 4),
  )
}

function emit(folder: string, ...options: readonly string[]): void {
  const tsc = join(root, 'node_modules/typescript/bin/tsc')
  const project = join(import.meta.dirname, 'tsconfig.json')
  const { status } = spawnSync(
    process.execPath,
    [tsc, '--project', project, '--outDir', folder, ...options],
    { stdio: 'inherit' },
  )
  if (status !== 0) throw new Error('The package cannot be compiled.')
}

/** Our package.json as that of the package: it names what is compiled, and has nothing that only the repository needs. */
function packed(manifest: Manifest) {
  const entries = Object.entries(manifest.exports).map(([name, source]) => {
    const compiled = source.replace('./src/', './lib/').replace(/\.ts$/, '')
    return [name, { types: `${compiled}.d.ts`, default: `${compiled}.js` }] as const
  })
  return {
    ...Object.fromEntries(kept.map(member => [member, manifest[member]])),
    engines: { node: '>=24.16' },
    bin: { restwell: 'lib/bin.js' },
    exports: Object.fromEntries(entries),
    files: ['lib', 'clients', 'console', 'plans.yaml'],
  }
}

/** Types that no export leads to would be half of the package's files. */
function removeInnerTypes(folder: string, exported: readonly string[]): void {
  const reached = new Set<string>()
  const reach = (file: string): void => {
    if (reached.has(file)) return
    reached.add(file)
    const imports = readFileSync(file, 'utf8').matchAll(
      /(?:\bfrom |\bimport\()["'](\.[^"']+)\.ts["']/g,
    )
    for (const [, name] of imports) reach(join(dirname(file), `${name}.d.ts`))
  }
  for (const file of exported) reach(join(folder, file))
  for (const file of globSync(join(folder, '**/*.d.ts'))) if (!reached.has(file)) rmSync(file)
}

if (import.meta.main) makePackage(join(root, 'dist'))
