// The calls of the README and of docs/, as they are printed, against a service that has just been started: the answers are those beside them.

import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import t from 'tap'
import { languages } from '../../clients/any/languages.ts'
import { folderOf, projectAt, serve } from '../support/process.ts'
import { executable, hasPython } from '../support/python.ts'
import { blocks, commands, isAsPrinted } from '../support/readme.ts'

/** The service of this repository, in a folder for its data. */
const shippedAt = (folder: string) =>
  projectAt(folder, {
    schemas: 'schemas',
    'service.yaml': 'service.yaml',
    'package.json': 'package.json',
  })

const printedAddress = 'http://127.0.0.1:3000'

interface Page {
  readonly name: string
  readonly text: string
  readonly sessions: readonly string[]
  readonly lessons: readonly string[]
  readonly keyScripts: readonly string[]
}

/** The tutorial has a project and a test of its own. */
const pages = ['README.md', ...globSync('docs/*.md', { exclude: ['docs/tutorial.md'] })].map(
  readPage,
)

function readPage(name: string): Page {
  const text = readFileSync(name, 'utf8')
  return {
    name,
    text,
    sessions: blocks(text, 'console'),
    lessons: blocks(text, 'pycon'),
    keyScripts: blocks(text, 'sh').filter(
      script => script.includes('key create') && script.includes('curl'),
    ),
  }
}

const hasCurl = spawnSync('curl', ['--version']).status === 0
const withoutCurl = !hasCurl && 'there is no curl here'
const withoutPython = !hasPython() && 'there is no Python 3 here that makes virtual environments'

t.test('no call of a page is printed without being run', async t => {
  const calls = (text: string) =>
    text.match(/\bcurl .*127\.0\.0\.1:3000\/(?!docs)|requests\.\w+\(/g)?.length ?? 0
  const found = pages.map(({ name, text, sessions, lessons, keyScripts }) => {
    const run = [...sessions, ...lessons, ...keyScripts].join('')
    t.equal(calls(text), calls(run), `${name}: none stands outside of the sessions`)
    return calls(run)
  })
  t.ok(found.reduce((sum, count) => sum + count) > 20, 'there are calls')
})

for (const { name, sessions } of pages.filter(page => page.sessions.length > 0))
  t.test(`the calls of ${name}, with curl`, { skip: withoutCurl }, async t => {
    const { address } = await serve(t, {}, shippedAt(folderOf(t)))
    for (const { command, answer } of sessions.flatMap(commands)) {
      const { stdout } = spawnSync('sh', ['-c', command.replaceAll(printedAddress, address)], {
        encoding: 'utf8',
      })
      const given = stdout.replaceAll('\r', '').trimEnd()
      t.ok(isAsPrinted(answer, given), command, { found: given, wanted: answer })
    }
  })

t.test('from nothing to a call with a key', { skip: withoutCurl }, async t => {
  const keyScripts = pages.flatMap(page => page.keyScripts)
  t.equal(keyScripts.length, 1)
  const script = String(keyScripts[0]).replaceAll(
    printedAddress,
    `http://127.0.0.1:${await freePort()}`,
  )
  const environment = {
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    PORT: /:(\d+)\//.exec(script)?.[1],
  }
  const settings = {
    ...environment,
    DATABASE_URL: `sqlite:${folderOf(t)}/data.db`,
    LOG_LEVEL: 'error',
  }
  // In a group of its own, because the service that it starts outlives it.
  const shell = spawn('sh', ['-c', script], {
    detached: true,
    env: settings,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  t.teardown(() => process.kill(-Number(shell.pid)))
  let said = ''
  shell.stdout.setEncoding('utf8').on('data', (text: string) => (said += text))
  const [code] = await once(shell, 'exit')
  t.equal(code, 0)
  t.match(said, '[{"id":1,"title":"Python Basics"')
  t.match(said, 'HTTP/1.1 401 Unauthorized')
})

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  return port
}

t.test("with Python's requests", { skip: withoutPython }, async t => {
  const folder = shippedAt(folderOf(t))
  const { address } = await serve(t, {}, folder)
  const file = join(folder, 'lesson.txt')
  const lessons = pages.flatMap(page => page.lessons)
  writeFileSync(file, lessons.join('\n').replaceAll(printedAddress, address))
  const python = executable('test/readme', 'python')
  const { status, stdout } = spawnSync(python, ['-m', 'doctest', '-o', 'ELLIPSIS', file], {
    encoding: 'utf8',
  })
  t.equal(status, 0, stdout || 'the answers are those that are printed')
})

t.test('there is a line for every language that a client is made in', async t => {
  const page = readFileSync('docs/clients.md', 'utf8')
  for (const name of Object.keys(languages))
    t.match(page, `\`npm run client -- ${name} ../restwell-${name}\``)
})
