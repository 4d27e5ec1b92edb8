// Makes the Python client anew from the document, and tests it and the programs on top of it: as type checkers read them, and
// against the running service.

import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { parse } from 'yaml'
import { type Running, startService } from '../../conformance/service.ts'
import { operationsOf, type ReadDocument } from '../../src/docs/reference/described.ts'
import { exampleOf } from '../../src/docs/reference/example.ts'
import { languages } from '../../src/docs/reference/languages.ts'
import { executable } from '../../test/support/python.ts'
import { blocks } from '../../test/support/readme.ts'

const folder = import.meta.dirname
const generated = join(folder, '.generated')

/** Leaves nothing out but JSON Patch, which the configuration gives another type so that it is. */
function generate(): void {
  rmSync(generated, { recursive: true, force: true })
  const document = [
    '--path',
    join(folder, '../../openapi.yaml'),
    '--config',
    join(folder, 'config.yaml'),
    '--custom-template-path',
    join(folder, 'templates'),
  ]
  const operands = ['generate', ...document, '--meta', 'setup', '--output-path', generated]
  const { status, stderr } = spawnSync(executable(folder, 'openapi-python-client'), operands, {
    encoding: 'utf8',
  })
  const count = (line: RegExp) => stderr.match(line)?.length ?? 0
  if (
    status !== 0 ||
    count(/^(?:WARNING|ERROR)/gm) !== count(/^Unsupported content type text\/plain/gm)
  )
    throw new Error(`The generator does not read all of the document:\n${stderr}`)
}

/** The examples of the reference, each as a function; those that delete come last. */
function referenceProgram(): string {
  const document: ReadDocument = parse(readFileSync(join(folder, '../../openapi.yaml'), 'utf8'))
  const python = languages.find(({ id }) => id === 'python')
  if (python === undefined) throw new Error('There is no Python.')
  // In the order of the reference; what deletes a row takes nothing from the others.
  const operations = operationsOf(document).toSorted(
    (one, other) => Number(one.method === 'DELETE') - Number(other.method === 'DELETE'),
  )
  const calls = operations.map(operation => {
    const lines = python.call(exampleOf(document, operation), '').split('\n')
    // In a function a name that nothing uses is a mistake.
    const last = lines.some(line => line.startsWith('result = ')) ? ['print(result)'] : []
    const body = [...lines, ...last].map(line => (line === '' ? '' : `    ${line}`)).join('\n')
    return `def ${operation.operationId}() -> None:\n${body}`
  })
  const setUp = python.setUp('http://127.0.0.1:3000', true)
  const names = operations.map(({ operationId }) => operationId)
  return `${[setUp, ...calls, `examples = [${names.join(', ')}]`].join('\n\n\n')}\n`
}

/** The programs of the README, the examples and the reference, as the editors of their readers check them. */
function checkTypes(): void {
  const [program = ''] = blocks(readFileSync(join(folder, 'README.md'), 'utf8'), 'python')
  writeFileSync(join(generated, 'readme_program.py'), program)
  writeFileSync(join(generated, 'reference_program.py'), referenceProgram())
  cpSync(join(folder, 'examples/todo.py'), join(generated, 'todo.py'))
  const ours = ['__init__.py', 'errors.py'].map(name => join('restwell_client', name))
  const programs = ['readme_program.py', 'reference_program.py', 'todo.py']
  const options = ['--strict', '--follow-imports=silent', '--cache-dir', '.mypy_cache']
  execFileSync(executable(folder, 'mypy'), [...options, ...programs, ...ours], {
    cwd: generated,
    stdio: 'inherit',
  })
  checkByPyright([...programs, ...ours])
}

function checkByPyright(include: readonly string[]): void {
  execFileSync('npm', ['ci', '--prefix', folder], {
    stdio: 'inherit',
    shell: process.platform === 'win32',
  })
  const configuration = join(generated, 'pyrightconfig.json')
  writeFileSync(configuration, JSON.stringify({ include, typeCheckingMode: 'strict' }))
  const pyright = join(folder, 'node_modules/pyright/index.js')
  const operands = ['--project', configuration, '--pythonpath', executable(folder, 'python')]
  execFileSync(process.execPath, [pyright, ...operands], { stdio: 'inherit' })
}

/** Runs tests on a service of their own. The first of its keys is not the one that is used. */
async function test(auth: string, files: readonly string[]): Promise<void> {
  const service = await startService({ database: 'sqlite' }, { AUTH: auth })
  const code = await runTests(service, files).finally(() => service.stop())
  if (code !== 0) throw new Error(`pytest ended with ${code}.`)
}

async function runTests({ address, key }: Running, files: readonly string[]): Promise<unknown> {
  const child = spawn(
    executable(folder, 'pytest'),
    ['-q', '-p', 'no:cacheprovider', ...files.map(file => join(folder, 'tests', file))],
    {
      cwd: folder,
      env: {
        ...process.env,
        RESTWELL_URL: address,
        API_KEY: key,
        PYTHONPATH: [generated, join(folder, 'examples')].join(delimiter),
        PYTHONDONTWRITEBYTECODE: '1',
      },
      stdio: 'inherit',
    },
  )
  const [code] = await once(child, 'exit')
  return code
}

/** The Python that is written by hand. */
function lint(): void {
  for (const check of [['check'], ['format', '--check']])
    execFileSync(executable(folder, 'ruff'), [...check, '--quiet', folder], { stdio: 'inherit' })
}

lint()
generate()
checkTypes()
const tests = readdirSync(join(folder, 'tests')).filter(name => /^test_.*\.py$/.test(name))
const ofReference = 'test_reference.py'
await test(
  'none',
  tests.filter(name => name !== ofReference),
)
await test('required', [ofReference])
// The embedded PostgreSQL, which is not used here, would end the process in its own way.
process.exit()
