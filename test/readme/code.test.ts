// The TypeScript of the README and of docs/: it has the types that it needs, and definitions start.

import { cpSync, globSync, readFileSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import t from 'tap'
import ts from 'typescript'
import { fixture, fixtureSchemas } from '../support/fixture.ts'
import { run } from '../support/process.ts'
import { blocks } from '../support/readme.ts'

interface Listing {
  /** The page, and the number of the block in it. */
  readonly name: string
  readonly text: string
}

/** A block that imports what it needs is whole; others are parts of a file, or leave something out. */
const listings = ['README.md', ...globSync('docs/*.md')].flatMap(page =>
  blocks(readFileSync(page, 'utf8'), 'ts')
    .map((text, index): Listing => ({ name: `${basename(page, '.md')}-${index}`, text }))
    .filter(({ text }) => /^(?:\/\/ .*\n)?import /.test(text)),
)

const isDefinition = ({ text }: Listing) => /^export const \w+ = resource\(/m.test(text)

t.test('every whole listing has sound types', async t => {
  t.ok(listings.length > 6)
  const { config } = ts.readConfigFile('tsconfig.json', ts.sys.readFile)
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, '.')
  // In a project, where `restwell` is this repository.
  const files = new Map(
    listings.map(({ name, text }) => [resolve(`${fixture}/listings/${name}.ts`), text]),
  )
  const host = ts.createCompilerHost(options)
  const { readFile, fileExists } = host
  host.readFile = file => files.get(file) ?? readFile(file)
  host.fileExists = file => files.has(file) || fileExists(file)
  const program = ts.createProgram([...files.keys()], { ...options, incremental: false }, host)
  for (const file of files.keys()) {
    const found = ts.getPreEmitDiagnostics(program, program.getSourceFile(file))
    const texts = found.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))
    t.strictSame(texts, [], basename(file))
  }
})

t.test('every whole definition starts, beside those of the fixture', async t => {
  for (const { name, text } of listings.filter(isDefinition)) {
    const folder = t.testdir({ schemas: {} })
    cpSync(fixtureSchemas, join(folder, 'schemas'), { recursive: true })
    symlinkSync(resolve('node_modules'), join(folder, 'node_modules'))
    const rooms = listings.find(listing => listing.text.includes("resource(\n  'rooms'"))
    writeFileSync(join(folder, 'schemas/rooms.ts'), String(rooms?.text))
    writeFileSync(join(folder, `schemas/${/resource\(\s*'(\w+)'/.exec(text)?.[1]}.ts`), text)
    const { code, err } = await run(t, ['check'], {}, realpathSync(folder))
    t.equal(code, 0, name, { err })
  }
})
