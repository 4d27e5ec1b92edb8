// Makes the Python client anew from the document, and tests it and the example on top of it against the running service.

import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { startService } from '../../conformance/service.ts'
import { executable } from '../../test/support/python.ts'

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

async function test(address: string): Promise<number> {
  const modules = [generated, join(folder, 'examples')].join(
    process.platform === 'win32' ? ';' : ':',
  )
  const child = spawn(
    executable(folder, 'pytest'),
    ['-q', '-p', 'no:cacheprovider', join(folder, 'tests')],
    {
      cwd: folder,
      env: {
        ...process.env,
        RESTWELL_URL: address,
        PYTHONPATH: modules,
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
const service = await startService({ database: 'sqlite' }, { AUTH: 'none' })
const code = await test(service.address).finally(() => service.stop())
// Set as `exitCode` it would be lost: the embedded PostgreSQL ends the process by itself.
process.exit(code)
