// The command `key`, beside a serving process: made, used, rotated and revoked; and no secret in any log.

import { once } from 'node:events'
import { existsSync } from 'node:fs'
import t, { type Test } from 'tap'
import { runHere } from './support/command.ts'
import { folderOf, run, type Server, serve } from './support/process.ts'

const loud = { LOG_LEVEL: 'trace', SAMPLE_DATA: 'false' }
const scopes = ['--scope', 'books:read', '--scope', 'books:write']

const books = ({ address }: Server, key: string, init: RequestInit = {}) =>
  fetch(`${address}/books`, {
    ...init,
    headers: { authorization: `Bearer ${key}`, ...init.headers },
  })

async function makeKey(
  t: Test,
  folder: string,
  options: readonly string[] = scopes,
): Promise<string> {
  const { code, out, err } = await runHere(
    t,
    ['key', 'create', '--name', 'Nightly import', ...options],
    {},
    folder,
  )
  t.strictSame([code, /^Key \d+ in .*It is shown only once:\n$/s.test(err)], [0, true], err)
  t.match(out, /^rw_live_[0-9A-Za-z]{49}\n$/, 'the key alone, so that it can be piped')
  return out.trim()
}

/** Asks until the answer is this: as soon as the server has noticed. */
async function until(t: Test, status: number, ask: () => Promise<Response>): Promise<void> {
  const started = performance.now()
  for (;;) {
    const answer = await ask()
    await answer.text()
    if (answer.status === status) return void t.pass(`${status}`)
    if (performance.now() - started > 20_000)
      return void t.fail(`still ${answer.status}, not ${status}`)
    await once(AbortSignal.timeout(50), 'abort')
  }
}

t.test('what only looks at keys makes no database', async t => {
  const folder = folderOf(t)
  for (const operands of [['list'], ['rotate', '1'], ['revoke', '1']]) {
    const { code, err } = await runHere(
      t,
      ['key', ...operands, '--database', 'sqlite:typo.db'],
      {},
      folder,
    )
    t.equal(code, 1)
    t.match(err, /^restwell: There is no database of this service where DATABASE_URL says/)
  }
  t.notOk(existsSync(`${folder}/typo.db`))
})

t.test('a key is made with what is known of its holder', async t => {
  const folder = folderOf(t)
  const claims = ['customer_id=3', 'name=Ada', 'roles=["clerk"]', 'note=a=b', 'code="3"']
  const key = await makeKey(t, folder, [
    ...['--scope', '*'],
    ...claims.flatMap(claim => ['--claim', claim]),
  ])
  const { address } = await serve(t, loud, folder)
  const answer = await fetch(`${address}/keys/1`, { headers: { authorization: `Bearer ${key}` } })
  t.strictSame(((await answer.json()) as { claims: unknown }).claims, {
    customer_id: 3,
    name: 'Ada',
    roles: ['clerk'],
    note: 'a=b',
    code: '3',
  })
  for (const [wrong, message] of [
    [['=3'], '--claim must be like customer_id=3, not =3'],
    [['a'], '--claim must be like customer_id=3, not a'],
    [['a=1', 'a=2'], '--claim a is there twice; a list is a=[1,2]'],
    [[`a=${'x'.repeat(5000)}`], '--claim must not have more than 4096 bytes'],
  ] as const) {
    const options = wrong.flatMap(claim => ['--claim', claim])
    const command = ['key', 'create', '--name', 'A', '--scope', '*', ...options]
    const { code, err } = await runHere(t, command, {}, folder)
    t.strictSame([code, err.includes(message)], [2, true], err)
  }
})

t.test('from the first key to its end, and none of them in the log', async t => {
  const folder = folderOf(t)
  const key = await makeKey(t, folder)
  const server = await serve(t, loud, folder)
  t.equal(
    (await fetch(`${server.address}/books`)).status,
    401,
    'there is a key, so it is asked for',
  )
  t.equal((await books(server, key)).status, 200)
  const body = JSON.stringify({ title: 'A', authors: [{ name: 'B' }] })
  const headers = { 'content-type': 'application/json', 'idempotency-key': 'one' }
  t.equal((await books(server, key, { method: 'POST', body, headers })).status, 201)
  t.equal((await books(server, key, { method: 'POST', body: '{', headers })).status, 400)
  t.equal((await fetch(`${server.address}/books?key=${key}`)).status, 401, 'never in an address')

  const second = await makeKey(t, folder, [
    '--scope',
    'cars:read',
    '--plan',
    'free',
    '--expires',
    '90d',
  ])
  await until(t, 403, () => books(server, second))

  const rotated = await runHere(t, ['key', 'rotate', '1', '--grace', '1h'], {}, folder)
  t.match(rotated.err, /^The old secret works until .*\n$/)
  const fresh = rotated.out.trim()
  await until(t, 200, () => books(server, fresh))
  t.equal((await books(server, key)).status, 200, 'for the grace time')
  const again = await run(t, ['key', 'rotate', '1', '--grace', '0s'], {}, folder)
  await until(t, 401, () => books(server, fresh))
  await until(t, 401, () => books(server, key))
  t.equal((await books(server, again.out.trim())).status, 200)

  const revoked = await runHere(t, ['key', 'revoke', '1'], {}, folder)
  t.strictSame(revoked, {
    code: 0,
    out: '',
    err: 'Key 1 is revoked: every instance refuses it within 2 seconds.\n',
  })
  await until(t, 401, () => books(server, again.out.trim()))

  const twice = await runHere(t, ['key', 'revoke', '1'], {}, folder)
  t.strictSame(
    [twice.code, twice.err],
    [1, "restwell: There is no key 1, or it is revoked: see 'key list'.\n"],
  )
  const { err } = await server.stop()
  t.match(err, '"msg":"request"', 'every request is in the log')
  for (const secret of [key, second, fresh, again.out.trim()]) {
    t.notOk(err.includes(secret.slice(8, 40)), 'no secret is')
    t.notOk(err.includes(encodeURIComponent(secret)), 'in no form')
  }

  const { out } = await runHere(t, ['key', 'list'], {}, folder)
  t.match(out, /^id +name +secret +scopes +plan +last used +state\n/)
  t.match(
    out,
    /^1 +Nightly import +rw_live_\w{6}… +books:read books:write +- +20\S+Z +revoked 20\S+Z$/m,
  )
  t.match(out, /^2 +Nightly import +rw_live_\w{6}… +cars:read +free +20\S+Z +live until 20\S+Z$/m)
  t.notOk(out.includes(second))
})

t.test('a key is refused for what it cannot be: exit code 2, every mistake named', async t => {
  const table: [options: string[], message: RegExp][] = [
    [[], /^--name is required\n--scope is required$/m],
    [['--name', 'x'], /^--scope is required$/m],
    [['--name', '', '--scope', '*'], /^--name /m],
    [['--name', 'x', '--scope', 'books'], /^--scope must be one of: books:read,/m],
    [
      ['--name', 'x', '--scope', '*', '--plan', 'gratis'],
      /^--plan must be one of: anonymous, free, .*, null$/m,
    ],
    [['--name', 'x', '--scope', 'boks:read'], /^--scope must be one of: books:read,/m],
    [
      ['--name', 'x', '--scope', '*', '--expires', '2020-01-01T00:00:00Z'],
      /^--expires is in the past: 2020-01-01T00:00:00/m,
    ],
    [['--name', 'x', '--scope', '*', '--expires', 'soon'], /^--expires must be like 90d/m],
    [['--name', 'x', '--scope', '*', '--plan', 'Not A Plan'], /^--plan must match/m],
  ]
  const folder = folderOf(t)
  for (const [options, message] of table) {
    const { code, out, err } = await runHere(t, ['key', 'create', ...options], {}, folder)
    t.strictSame([code, out], [2, ''], options.join(' '))
    t.match(err, message)
  }
  const past = await runHere(t, ['key', 'rotate', '1', '--grace', '2020-01-01'], {}, folder)
  t.strictSame(
    [past.code, past.err.split('\n')[0]],
    [2, '--grace is in the past: 2020-01-01T00:00:00.000Z'],
  )
  t.match((await runHere(t, ['key', 'list'], {}, folder)).out, /^id .*state\n$/, 'nothing was made')
})
