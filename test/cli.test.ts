// The command line as a person uses it: each command in a process of its own.

import { once } from 'node:events'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { resolve } from 'node:path'
import t, { type Test } from 'tap'
import { commands } from '../src/commands/commands.ts'
import { servedImports } from '../src/imports/imports.ts'
import { servedKeys } from '../src/keys/keys.ts'
import { runHere } from './support/command.ts'
import { fixtureDocumentText, fixtureModels } from './support/fixture-models.ts'
import { folderOf, projectAt, run, type Server, serve, serveNode } from './support/process.ts'

const { version } = JSON.parse(readFileSync('package.json', 'utf8'))
const quiet = { LOG_LEVEL: 'error' }
const empty = { ...quiet, SAMPLE_DATA: 'false' }

t.test('help names every command; without a command it is shown too', async t => {
  const folder = folderOf(t)
  for (const operands of [['--help'], ['-h'], ['help'], []]) {
    const { code, out, err } = await runHere(t, operands, {}, folder)
    t.strictSame([code, err], [0, ''])
    t.match(out, /^Usage: restwell <command>\n/)
    for (const [name, { summary }] of Object.entries(commands))
      t.match(out, new RegExp(`^ {2}${name} .*${summary}$`, 'm'))
    t.match(out, 'Exit codes: 0 for done, 1 for refused or failed, 2 for wrong usage.')
  }
  t.notOk(existsSync(`${folder}/data`), 'nothing was opened')
})

t.test('the help of a command shows every option that it takes', async t => {
  const folder = folderOf(t)
  for (const [name, command] of Object.entries(commands)) {
    const { code, out, err } = await runHere(t, [name, '--help'], {}, folder)
    t.strictSame([code, err], [0, ''])
    t.match(out, new RegExp(`^${command.summary}\\.\\n\\nUsage:\\n {2}restwell ${name}\\b`))
    const settings = 'settings' in command ? command.settings : []
    for (const option of [...Object.keys('options' in command ? command.options : {}), ...settings])
      t.match(out, new RegExp(` --${option}\\b`), option)
    t.equal((await runHere(t, ['help', name], {}, folder)).out, out)
  }
  t.notOk(existsSync(`${folder}/data`), 'nothing was opened')
})

t.test('the version is that of the package', async t => {
  for (const option of ['--version', '-v'])
    t.strictSame(await run(t, [option], {}, folderOf(t)), {
      code: 0,
      out: `${version}\n`,
      err: '',
    })
})

const misuses: [operands: string[], message: RegExp][] = [
  [['sevre'], /^There is no command 'sevre'; did you mean 'serve'\?$/m],
  [['migrate', '--chek'], /^Unknown option '--chek'; did you mean '--check'\?$/m],
  [['migrate', 'status', '--check'], /^migrate status has no option '--check'\.$/m],
  [['migrate', '--json'], /^migrate has no option '--json'\.$/m],
  [['migrate', 'nwe', 'x'], /^migrate has no action 'nwe'; did you mean 'new'\?$/m],
  [['migrate', 'books'], /^migrate has no action 'books'; it has new, status, history\.$/m],
  [['migrate', '--fill', 'a.b=1'], /^migrate has no option '--fill'\.$/m],
  [['migrate', '--to', 'x'], /^--to needs the number of a definition, not 'x'\.$/m],
  [['migrate', 'new'], /^migrate new needs one name, such as rename-title\.$/m],
  [['migrate', 'new', 'a', 'b'], /^migrate new needs one name, such as rename-title\.$/m],
  [['toString'], /^There is no command 'toString'\.$/m],
  [['serve', 'now'], /^'now' is not expected here\.$/m],
  [['routes', 'books', 'cars'], /^'books cars' is not expected here\.$/m],
  [['openapi', 'openapi.yaml'], /^'openapi\.yaml' is not expected here\.$/m],
  [['load'], /^load needs at least one file\.$/m],
  [
    ['load', '--exact', 'books.ndjson', 'books.csv'],
    /^--exact takes files of export, which end with \.ndjson, unlike books\.csv\.$/m,
  ],
  [['routes', '--port', '80'], /^Unknown option '--port'/m],
  [['serve', '--prot', '80'], /^Unknown option '--prot'; did you mean '--port'\?$/m],
  [['help', 'sevre'], /^There is no command 'sevre'; did you mean 'serve'\?$/m],
  [['-x'], /^Unknown option '-x'/m],
  [['key'], /^key needs one of: create, list, revoke, rotate\.$/m],
  [['key', 'make'], /^key needs one of: /m],
  [['key', 'revoke'], /^key revoke needs the id of one key\.$/m],
  [['key', 'list', '3'], /^key list takes options only\.$/m],
  [['key', 'list', '--scope', '*'], /^key list has no option '--scope'\.$/m],
  [['serve', '--scope', '*'], /^Unknown option '--scope'/m],
]

t.test('a call that is off is told what is wrong with it: exit code 2', async t => {
  const folder = folderOf(t)
  for (const [operands, message] of misuses) {
    const { code, out, err } = await runHere(t, operands, {}, folder)
    t.strictSame([code, out], [2, ''], operands.join(' '))
    t.match(err, message)
    t.match(err, /\nTry 'restwell --help'\.\n$/)
  }
  t.notOk(existsSync(`${folder}/data`), 'nothing was opened')
})

const settings: [setting: Record<string, string>, message: RegExp][] = [
  [{ PORT: 'abc' }, /^restwell: PORT must be integer$/m],
  [{ PORT: '65536' }, /^restwell: PORT must be <= 65535$/m],
  [{ HOST: '0.0.0.0' }, /^restwell: HOST is 0\.0\.0\.0, which others can reach, .*AUTH=none/m],
  [
    { PUBLIC_READ: 'boks' },
    /^restwell: PUBLIC_READ names 'boks'; it must be all, or some of .*books/m,
  ],
  [{ SAMPLE_DATA: 'maybe' }, /^restwell: SAMPLE_DATA must be boolean$/m],
  [
    { LOG_LEVEL: 'loud' },
    /^restwell: LOG_LEVEL must be one of: fatal, error, warn, info, debug, trace, silent$/m,
  ],
  [{ PORT: '-1', LOG_LEVEL: 'loud' }, /^restwell: PORT must be >= 0\nLOG_LEVEL must be one of: /m],
  [{ DATABASE_URL: 'data.db' }, /^restwell: DATABASE_URL has no scheme; it must be sqlite:<file>/m],
  [
    { DATABASE_URL: 'postgresql+psycopg://u:s3cret@h/db' },
    /^restwell: DATABASE_URL begins with postgresql\+psycopg:; it must be sqlite:<file>/m,
  ],
  [
    { DATABASE_URL: 'sqlite:~/x.db' },
    /^restwell: DATABASE_URL is 'sqlite:~\/x\.db'; ~ is only known to a shell: write /m,
  ],
  [{ DATABASE_URL: 'sqlite:package.json/x.db' }, /^restwell: .*package\.json/m],
]

t.test('a setting that is wrong is named: exit code 1', async t => {
  const folder = folderOf(t, { 'package.json': '{}' })
  for (const [setting, message] of settings) {
    const { code, out, err } = await run(t, ['serve'], { PORT: '0', ...setting }, folder)
    t.strictSame([code, out], [1, ''], JSON.stringify(setting))
    t.match(err, message)
    const lines = err.trimEnd().split('\n')
    const [line = ''] = lines.filter(one => one.startsWith('{'))
    const { level, msg, reason } = JSON.parse(line)
    t.strictSame([level, msg], [60, 'the service cannot start'])
    const sentence = lines.filter(one => one !== line).join('\n')
    t.equal(`restwell: ${reason}`, sentence, 'the log says it, too')
  }
})

t.test('an option stands for a setting, and wins over it', async t => {
  const folder = folderOf(t)
  const call = [
    resolve('src/cli.ts'),
    'serve',
    '--host',
    '127.0.0.2',
    '--database',
    'sqlite:mine.db',
  ]
  const server = await serveNode(t, call, projectAt(folder), { ...empty, HOST: '127.0.0.1' })
  t.match(server.address, /^http:\/\/127\.0\.0\.2:/)
  t.match(server.said, `Data  ${folder}/mine.db (new)`)
})

t.test('check says how much there is without a database, or what is wrong', async t => {
  const folder = folderOf(t)
  const good = await run(t, ['check'], {}, folder)
  t.strictSame([good.code, good.err], [0, ''])
  t.match(good.out, /^No mistake in \d+ resources with \d+ operations\.\n$/)
  const setting = await runHere(t, ['check'], { PORT: 'abc' }, folder)
  t.strictSame([setting.code, setting.err], [1, 'restwell: PORT must be integer\n'])
  t.notOk(existsSync(`${folder}/data`), 'nothing was opened')
})

t.test('routes lists every operation with its name, its scope and its file', async t => {
  const { code, out, err } = await runHere(t, ['routes'], {}, folderOf(t))
  t.strictSame([code, err.split('\n').length], [0, 2])
  t.match(out, /^POST +\/books +createBook +books:write +src\/handlers\/create\.ts$/m)
  t.match(out, /^GET +\/events\/\{id\}\/headcount .* events:read +\S*schemas\/events\.ts$/m)
  t.match(out, /^GET +\/livez +getLiveness +- /m)
  t.match(out, /^GET +\/docs +- +- /m)
  const { operations: ofModels, keyModel, importModel } = await fixtureModels()
  const operations = [
    ...ofModels,
    ...servedImports(importModel).operations,
    ...servedKeys(keyModel, { resources: [] }).operations,
  ]
  const listed = JSON.parse((await runHere(t, ['routes', '--json'], {}, folderOf(t))).out)
  t.strictSame(
    listed
      .slice(0, operations.length)
      .map(({ operationId }: { operationId: string }) => operationId),
    operations.map(({ id }) => id),
  )
})

t.test('openapi writes the document', async t => {
  const { code, out, err } = await run(t, ['openapi'], {}, folderOf(t))
  t.strictSame([code, err], [0, ''])
  t.ok(out === (await fixtureDocumentText()))
})

const listOf = async ({ address }: Server, path: string) =>
  (await fetch(address + path)).json() as Promise<object[]>

t.test('serve says where it listens, where the docs are and where the data lies', async t => {
  const folder = folderOf(t)
  const server = await serve(t, quiet, folder)
  const { address } = server
  t.match(address, /^http:\/\/127\.0\.0\.1:\d+$/)
  t.equal(
    server.said,
    `Restwell 0.0.0\n  API   ${address}\n  Docs  ${address}/docs\n  Data  ${folder}/data/restwell.db (new)\n`,
  )
  t.equal((await fetch(`${address}/docs`)).status, 200)
  t.equal((await listOf(server, '/todos?limit=1000')).length, 30, 'with the sample data')
  t.strictSame(await server.stop(), { code: 0, out: '', err: '' })
  t.notOk(existsSync(`${folder}/data/restwell.db-wal`), 'one file has it all')
})

const post = async (server: Server, path: string, json: object) =>
  fetch(server.address + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(json),
  })

t.test('with LIMITS=on the plans hold, and a mistake in them stops the start', async t => {
  const folder = folderOf(t, {
    'plans.yaml': `
default: free
anonymous: free
failed_logins: {}
plans:
  free: { requests_per_minute: 7 }
`,
    'wrong.yaml':
      'default: gold\nanonymous: gold\nfailed_logins: {}\nplans: { gold: { requests_per_minute: many } }',
  })
  const { address, stop } = await serve(t, { ...empty, LIMITS: 'on', PLANS: 'plans.yaml' }, folder)
  const { headers } = await fetch(`${address}/books`)
  t.strictSame(
    [headers.get('ratelimit-policy'), headers.get('ratelimit')],
    ['"minute";q=7;w=60', '"minute";r=6;t=60'],
  )
  t.equal((await stop()).code, 0)
  const { code, err } = await run(
    t,
    ['serve'],
    { ...empty, LIMITS: 'on', PLANS: 'wrong.yaml' },
    folder,
  )
  t.equal(code, 1)
  t.match(err, 'wrong.yaml: plans.gold.requests_per_minute must be integer')
})

t.test('what was stored is there after a restart, and the sample data only once', async t => {
  const folder = folderOf(t)
  const settings = { ...quiet, DATABASE_URL: 'sqlite:some/where/my.db' }
  const first = await serve(t, settings, folder)
  t.equal(
    (await post(first, '/countries', { name: 'Peru', capital: 'Lima', area: 1285216 })).status,
    201,
  )
  t.equal((await fetch(`${first.address}/cars/1`, { method: 'DELETE' })).status, 204)
  await first.stop()

  const second = await serve(t, settings, folder)
  t.match(second.said, `Data  ${folder}/some/where/my.db`)
  t.match(await listOf(second, '/countries?name=Peru'), [{ id: 4, capital: 'Lima' }])
  t.match(await listOf(second, '/cars'), [{ id: 2 }, { id: 3 }])
  await second.stop()
})

t.test('without sample data a new database is empty', async t => {
  const server = await serve(t, empty, folderOf(t))
  for (const path of ['/books', '/users', '/guests']) t.strictSame(await listOf(server, path), [])
  await server.stop()
})

t.test('a .env file is read, and the environment goes before it', async t => {
  const folder = folderOf(t, {
    '.env': 'DATABASE_URL=sqlite:from-file.db\nSAMPLE_DATA=false\nPORT=none\n',
  })
  const { code, err } = await run(t, ['serve'], {}, folder)
  t.equal(code, 1)
  t.match(err, 'PORT must be integer')
  const server = await serve(t, quiet, folder)
  t.match(server.said, `Data  ${folder}/from-file.db`)
  t.strictSame(await listOf(server, '/books'), [])
  await server.stop()
})

t.test('a second server on one file is refused, and one on a port that is taken', async t => {
  const folder = folderOf(t)
  const server = await serve(t, empty, folder)
  const second = await run(t, ['serve'], { ...empty, PORT: '0' }, folder)
  t.equal(second.code, 1)
  t.match(
    second.err,
    `restwell: Another process serves ${folder}/data/restwell.db. Stop it first, or name another file`,
  )

  const elsewhere = { ...empty, PORT: String(server.port), DATABASE_URL: 'sqlite:other.db' }
  const third = await run(t, ['serve'], elsewhere, folder)
  t.equal(third.code, 1)
  t.match(
    third.err,
    `restwell: Another process listens on port ${server.port} of 127.0.0.1. Stop it, or choose another port`,
  )
  t.strictSame(await listOf(server, '/books'), [], 'the first goes on')
  await server.stop()
})

t.test('load stores files, beside a server too', async t => {
  const books = [{ title: 'Basics', authors: [{ name: 'Ada' }] }]
  const guest = { event_id: 5, name: 'Ada', email: 'ada@example.com' }
  const folder = folderOf(t, {
    'books.json': JSON.stringify(books),
    'guests.json': JSON.stringify([{ model: 'guests.guest', pk: 9, fields: guest }]),
    'events.json': JSON.stringify({
      events: [{ id: 5, name: 'Party', starts_at: '2026-01-01T00:00:00Z' }],
    }),
  })
  const server = await serve(t, empty, folder)
  const { code, out, err } = await run(
    t,
    ['load', 'guests.json', 'events.json', 'books.json'],
    quiet,
    folder,
  )
  t.strictSame([code, err], [0, ''], 'no bar where there is no terminal')
  t.equal(out, `3 records stored in ${folder}/data/restwell.db\n`)
  t.match(await listOf(server, '/books'), books)
  t.match(await listOf(server, '/events/5/guests'), [{ id: 9, ...guest }])
  t.equal(
    (await post(server, '/events/5/guests', { name: 'Bo', email: 'bo@example.com' })).status,
    201,
  )
  await server.stop()

  const again = await runHere(t, ['load', 'books.json', 'guests.json'], quiet, folder)
  t.strictSame(again, {
    code: 1,
    out: '',
    err: 'restwell: guests.json record 1: id is taken\nNothing was stored.\n',
  })
  for (const [file, json, message] of [
    ['none.json', undefined, /^restwell: .*none\.json/],
    ['cut.json', '[{', /^restwell: cut\.json: is not JSON\n$/],
    [
      'books.json',
      '[{"title":7}]',
      /^restwell: books\.json record 1: authors is required\n.*title must be string\n/,
    ],
  ] as const) {
    if (json !== undefined) writeFileSync(`${folder}/${file}`, json)
    const refused = await runHere(t, ['load', 'events.json', file], quiet, folder)
    t.equal(refused.code, 1)
    t.match(refused.err, message)
  }
  const later = await serve(t, quiet, folder)
  t.equal((await listOf(later, '/books')).length, 1)
  t.strictSame(await listOf(later, '/cars'), [], 'what was loaded first is no new database')
  await later.stop()
})

/** A connection on which this was sent and the server has answered. */
async function talk(t: Test, { port }: Server, sent: string, answer: RegExp): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1' }).setEncoding('utf8')
  t.teardown(() => socket.destroy())
  socket.write(sent)
  t.match((await once(socket, 'data'))[0], answer)
  return socket
}

async function finish(socket: Socket, sent: string): Promise<string> {
  let answer = ''
  socket.write(sent)
  for await (const piece of socket) answer += piece
  return answer
}

t.test(
  'where no credentials are asked for, only names of this machine and those of ALLOWED_HOSTS are answered',
  async t => {
    const server = await serve(t, { ...empty, ALLOWED_HOSTS: 'dev.example' }, folderOf(t))
    for (const [host, status] of [
      ['evil.example', 421],
      ['dev.example', 200],
      ['localhost', 200],
    ] as const)
      await talk(
        t,
        server,
        `GET /books HTTP/1.1\r\nHost: ${host}\r\n\r\n`,
        new RegExp(`^HTTP/1\\.1 ${status} `),
      )
    await server.stop()
  },
)

const head = (body: string) =>
  'POST /countries HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n' +
  `Content-Length: ${body.length}\r\nExpect: 100-continue\r\n\r\n`
const health = 'GET /health HTTP/1.1\r\nHost: localhost\r\n'

t.test('told to stop, it finishes what is in flight and is gone', async t => {
  const folder = folderOf(t)
  const server = await serve(t, empty, folder)
  const body = JSON.stringify({ name: 'Peru', capital: 'Lima', area: 1285216 })
  // The server has the heads of two requests, for whose bodies it has asked, and half the head of a third.
  const waiting = await Promise.all(
    [1, 2].map(() => talk(t, server, head(body), /^HTTP\/1\.1 100 /)),
  )
  const half = await talk(t, server, `${health}\r\n${health}`, /^HTTP\/1\.1 200 /)
  await server.stopping()
  const answers = await Promise.all([
    ...waiting.map(socket => finish(socket, body)),
    finish(half, '\r\n'),
  ])
  const ends = /\r\nconnection: close\r\n/i
  for (const answer of answers.slice(0, 2))
    t.match(answer, /^HTTP\/1\.1 201 .+\r\nlocation: \/countries\/[12]\r\n/is)
  t.match(answers[2], /^HTTP\/1\.1 200 /)
  for (const answer of answers) t.match(answer, ends)
  t.strictSame(await server.ended, { code: 0, out: '', err: '' })
  const later = await serve(t, empty, folder)
  t.equal((await listOf(later, '/countries')).length, 2)
  await later.stop()
})
