// The calls of the README, as they are printed, against a service that has just been started: the answers are those beside them.

import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import t from 'tap'
import { languages } from '../../clients/any/languages.ts'
import { folderOf, serve } from '../support/process.ts'
import { executable, hasPython } from '../support/python.ts'
import { blocks, commands, isAsPrinted } from '../support/readme.ts'

const printedAddress = 'http://127.0.0.1:3000'
const readme = readFileSync('README.md', 'utf8')
const sessions = blocks(readme, 'console')
const lessons = blocks(readme, 'pycon')
const keyScripts = blocks(readme, 'sh').filter(
  script => script.includes('key create') && script.includes('curl'),
)

const hasCurl = spawnSync('curl', ['--version']).status === 0
const withoutCurl = !hasCurl && 'there is no curl here'
const withoutPython = !hasPython() && 'there is no Python 3 here that makes virtual environments'

t.test('no call of the README is printed without being run', async t => {
  const run = [...sessions, ...lessons, ...keyScripts].join('')
  const calls = (text: string) =>
    text.match(/\bcurl .*127\.0\.0\.1:3000\/(?!docs)|requests\.\w+\(/g)?.length ?? 0
  t.ok(calls(run) > 20, 'there are calls')
  t.equal(calls(readme), calls(run), 'none stands outside of the sessions')
})

t.test('with curl', { skip: withoutCurl }, async t => {
  const { address } = await serve(t, {}, folderOf(t))
  for (const { command, answer } of sessions.flatMap(commands)) {
    const { stdout } = spawnSync('sh', ['-c', command.replaceAll(printedAddress, address)], {
      encoding: 'utf8',
    })
    const given = stdout.replaceAll('\r', '').trimEnd()
    t.ok(isAsPrinted(answer, given), command, { found: given, wanted: answer })
  }
})

t.test('from nothing to a call with a key', { skip: withoutCurl }, async t => {
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
  const folder = folderOf(t)
  const { address } = await serve(t, {}, folder)
  const file = join(folder, 'lesson.txt')
  writeFileSync(file, lessons.join('\n').replaceAll(printedAddress, address))
  const python = executable('test/readme', 'python')
  const { status, stdout } = spawnSync(python, ['-m', 'doctest', '-o', 'ELLIPSIS', file], {
    encoding: 'utf8',
  })
  t.equal(status, 0, stdout || 'the answers are those that are printed')
})

t.test('there is a line for every language that a client is made in', async t => {
  for (const name of Object.keys(languages))
    t.match(readme, `\`npm run client -- ${name} ../restwell-${name}\``)
})
