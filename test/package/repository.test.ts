// This repository as somebody has it who made it theirs: with one resource more, and with none of the samples.

import { execFile, execFileSync } from 'node:child_process'
import { cpSync, globSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import t, { type Test } from 'tap'
import { installPackages } from '../../tools/install.ts'
import { folderElsewhere } from '../support/packed.ts'
import { blocks } from '../support/readme.ts'

const execute = promisify(execFile)

/** Those that are about definitions, the document or the files of the folder; all others have a service of their own. */
const touched = [
  'test/architecture.test.ts',
  'test/document.test.ts',
  'test/problems.test.ts',
  'test/clients/*.test.ts',
  'test/definitions/*.test.ts',
  'test/commands/about.test.ts',
  'test/commands/migrate-status.test.ts',
  'test/commands/plugins.test.ts',
  'test/deploy/*.test.ts',
  'test/feature/discovery.test.ts',
  'test/feature/owasp.test.ts',
  'test/readme/*.test.ts',
  'test/shipped/*.test.ts',
  'test/testing/*.test.ts',
]

/** The folders that have packages of their own for what is run here. */
const homes = ['test/browser', 'test/postgres', 'tools/biome', 'tools/tracing']

/** What leaves with the samples, because it knows them. */
const ofSamples = ['schemas', 'test/shipped', 'clients/typescript/examples']

class Copy {
  readonly folder: string
  readonly #t: Test

  constructor(t: Test) {
    const { folder, remove } = folderElsewhere()
    t.teardown(remove)
    this.#t = t
    this.folder = folder
    const files = execFileSync('git', ['ls-files', '-z'], { encoding: 'utf8' }).split('\0')
    for (const file of files.filter(Boolean)) cpSync(file, join(folder, file))
    for (const home of ['', ...homes])
      symlinkSync(resolve(home, 'node_modules'), join(folder, home, 'node_modules'))
  }

  /** Runs a program that is installed here. */
  async run(program: string, ...operands: readonly string[]): Promise<string> {
    const PATH = `${resolve('node_modules/.bin')}:${process.env.PATH}`
    const { HOME = '' } = process.env
    const call = execute(program, operands, { cwd: this.folder, env: { PATH, HOME } })
    const ran = call.then(
      ({ stdout }) => ({ failed: false, stdout }),
      ({ stdout }) => ({ failed: true, stdout }),
    )
    const { failed, stdout } = await ran
    this.#t.notOk(failed, `${program} ${operands[0]}`, { stdout: stdout.slice(-5000) })
    return stdout
  }

  /** The document, and the client that is made from it. */
  async makeAnew(): Promise<void> {
    await this.run('npm', 'run', 'openapi')
  }

  async isSound(): Promise<void> {
    await this.run('npm', 'run', 'lint', '--', '--error-on-warnings')
    await this.run('npm', 'run', 'types', '--', '--incremental', 'false')
    const files = globSync(touched, { cwd: this.folder })
    const all = globSync('test/**/*.test.ts', { cwd: this.folder })
    this.#t.comment(`${files.length} files of tests run, and ${all.length - files.length} do not`)
    await this.run('node', 'test/run.ts', '--jobs=2', ...files)
  }
}

t.before(() => homes.forEach(installPackages))

t.test('with the resource of docs/resources.md', async t => {
  const copy = new Copy(t)
  const [parcels = ''] = blocks(readFileSync('docs/resources.md', 'utf8'), 'ts')
  writeFileSync(join(copy.folder, 'schemas/parcels.ts'), parcels)
  await copy.makeAnew()
  await copy.isSound()
})

t.test('without the samples, and with a resource of its own', async t => {
  const copy = new Copy(t)
  for (const path of ofSamples) rmSync(join(copy.folder, path), { recursive: true })
  cpSync('create/template/schemas', join(copy.folder, 'schemas'), { recursive: true })
  await copy.makeAnew()
  await copy.run('npm', 'run', 'openapi:release')
  await copy.isSound()
})
