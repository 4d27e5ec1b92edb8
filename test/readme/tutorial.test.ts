// docs/tutorial.md, followed to the letter: its files are written, its calls made, its test run, in a project of the template.

import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import t, { type Test } from 'tap'
import { folderOf, runNode, type Server, serveNode } from '../support/process.ts'
import { commands, isAsPrinted, toFile } from '../support/readme.ts'

const page = readFileSync('docs/tutorial.md', 'utf8')
const blocks = [...page.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map(
  ([, language = '', text = '']) => ({ language, text }),
)

const hasCurl = spawnSync('curl', ['--version']).status === 0
const cli = resolve('src/cli.ts')

/** The template with the sources of this repository as its package. */
async function newProject(t: Test): Promise<string> {
  const folder = folderOf(t)
  const made = await runNode(t, [resolve('create/create.js'), 'my-api', '--no-install'], folder)
  t.equal(made.code, 0, made.err)
  const project = join(folder, 'my-api')
  mkdirSync(join(project, 'node_modules'))
  symlinkSync(resolve('.'), join(project, 'node_modules/restwell'))
  return project
}

class Reader {
  calls = 0
  readonly #t: Test
  readonly #project: string
  #server: Server | undefined
  #key = ''

  constructor(t: Test, project: string) {
    this.#t = t
    this.#project = project
  }

  write(text: string): void {
    const file = join(this.#project, toFile(text).name)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
  }

  async type(text: string): Promise<void> {
    const key = /restwell (key create .*)\)$/m.exec(text)?.[1]
    if (key !== undefined) this.#key = (await this.#run([cli, ...words(key)])).trim()
    if (text === 'npm test\n') await this.#run(['--test', 'test/bookings.test.ts'])
    if (text.includes('npm run openapi')) await this.#run([cli, 'openapi'])
  }

  async #run(call: readonly string[]): Promise<string> {
    const { code, out, err } = await runNode(this.#t, call, this.#project)
    this.#t.equal(code, 0, call.join(' '), { out, err })
    return out
  }

  /** Each session meets a service that has started since the files before it. */
  async call(session: string): Promise<void> {
    await this.#server?.stop()
    this.#server = await serveNode(this.#t, [cli, 'serve'], this.#project)
    for (const { command, answer } of commands(session)) {
      const call = command.replaceAll('http://127.0.0.1:3000', this.#server.address)
      const { stdout } = spawnSync('sh', ['-c', call], {
        encoding: 'utf8',
        env: { ...process.env, KEY: this.#key },
      })
      this.#t.ok(isAsPrinted(answer, stdout.trimEnd()), command, { found: stdout, wanted: answer })
      this.calls += 1
    }
  }
}

/** The words of a command, as a shell takes them. */
function words(command: string): string[] {
  return [...command.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '')
}

t.test('each step does what the page prints', { skip: !hasCurl && 'no curl here' }, async t => {
  const reader = new Reader(t, await newProject(t))
  for (const { language, text } of blocks) {
    if (language === 'ts') reader.write(text)
    if (language === 'sh') await reader.type(text)
    if (language === 'console') await reader.call(text)
  }
  t.ok(reader.calls > 8)
})
