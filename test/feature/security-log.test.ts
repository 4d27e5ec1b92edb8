// What operators are told of callers: wrong credentials, lockouts, missing scopes, changed keys, and what cannot be read.

import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import type { Socket } from 'node:net'
import type { Test } from 'tap'
import { parseTrustedProxies } from '../../src/access/trusted-proxies.ts'
import { makeKey } from '../../src/keys/api-key.ts'
import { holder, required, revoke } from '../support/access.ts'
import { limitsOf, TestClock } from '../support/limits.ts'
import { LogLines } from '../support/lines.ts'
import { feature, type Service, type ServiceOptions } from '../support/service.ts'
import { listen, receive } from '../support/wire.ts'

const lines = new LogLines()
/** What was told since the last call, but not that a busy machine was slow. */
const told = () => lines.take().filter(({ event }) => event !== 'request_slow')
let now = Date.parse('2026-06-01T12:00:00Z')
const uuid = /^[\da-f-]{36}$/

/** A feature at the level that operators have by default. */
function logged(
  name: string,
  run: (t: Test, service: Service) => Promise<void>,
  options: ServiceOptions = {},
) {
  const logger = lines.logger
  const emptied = async (t: Test, service: Service) => {
    told()
    await run(t, service)
  }
  // Of a clock that stands still, the service does not look whether others have changed keys.
  feature(name, emptied, { logger, access: required, clock: () => new Date(now), ...options })
}

logged(
  'wrong credentials are a line with the address, and with the beginning of a key that was one',
  async (t, service) => {
    const { request, store } = service
    const old = await holder(store, ['*'])
    await revoke(store, old.id)
    const from = '2001:DB8::1'
    const answer = await request('GET', '/books?access=1', { headers: old.headers, from })
    const where = { address: '2001:db8::1', method: 'GET', url: '/books?access=1' }
    const [entry, ...others] = told()
    t.match(entry, {
      level: 30,
      event: 'authn_login_fail',
      ...where,
      key: old.key.slice(0, 14),
      reqId: uuid,
    })
    t.equal(`urn:uuid:${entry?.reqId}`, answer.json.instance)
    t.strictSame(others, [])
    const unknown = makeKey(randomBytes(32))
    for (const authorization of ['Bearer x', `Bearer ${unknown.slice(0, -1)}`, 'Bearer é'])
      await request('POST', `/books?key=${old.key}&other=rw%5Flive_${unknown.slice(8)}`, {
        headers: { authorization },
        from,
      })
    const entries = told()
    t.equal(entries.length, 3)
    for (const made of entries) {
      t.match(made, { event: 'authn_login_fail', url: '/books?key=…&other=…' })
      t.notOk('key' in made)
    }
    const text = JSON.stringify([entry, ...entries])
    t.notOk(
      text.includes(old.key.slice(14)) || text.includes(unknown.slice(8, 40)),
      'no secret is in them',
    )
  },
)

logged(
  'requests without credentials are not logged, nor are good requests',
  async (t, { request, store }) => {
    const { headers } = await holder(store, ['books:read'])
    await request('GET', '/books')
    await request('GET', '/books', { headers })
    await request('GET', '/books/999', { headers })
    await request('GET', '/books', { headers: { authorization: 'Basic YWRhOnNlY3JldA==' } })
    t.strictSame(told(), [])
  },
)

logged(
  'a missing scope is a line with the caller, its address and the scope',
  async (t, { request, store }) => {
    const { id, headers } = await holder(store, ['books:read', 'keys:admin'])
    const from = '192.0.2.1'
    await request('DELETE', '/books/1', { headers, from })
    const who = { level: 30, event: 'authz_fail', caller: `key:${id}`, address: from, reqId: uuid }
    t.match(told(), [{ ...who, method: 'DELETE', url: '/books/1', scope: 'books:write' }])
    await request('POST', '/keys', { headers, from, json: { name: 'A', scopes: ['*'] } })
    t.match(
      told(),
      [{ ...who, method: 'POST', url: '/keys', scope: '*' }],
      'one that would be given away',
    )
  },
)

const failedLogins = { failed_logins: { requests_per_minute: 3 } }

logged(
  'an address that is locked out is one warning',
  async (t, { request }) => {
    const wrong = { headers: { authorization: 'Bearer x' }, from: '192.0.2.7' }
    for (let sent = 0; sent < 50; sent++) await request('GET', '/books', wrong)
    const entries = told()
    const kinds = entries.map(({ event }) => event)
    t.strictSame(kinds, [
      'authn_login_fail',
      'authn_login_fail',
      'authn_login_lock',
      'authn_login_fail',
    ])
    t.match(entries[2], {
      level: 40,
      address: '192.0.2.7',
      seconds: 60,
      msg: /for 60 s more of them/,
    })
  },
  { limits: () => limitsOf(failedLogins, new TestClock()) },
)

logged(
  'a flood of wrong credentials is a bounded number of lines, and their number',
  async (t, { request, app }) => {
    const headers = { authorization: 'Bearer x' }
    for (let sent = 0; sent < 300; sent++)
      await request('GET', '/books', { headers, from: `192.0.2.${sent % 200}` })
    const url = `/books?title=${'x'.repeat(5000)}`
    for (let sent = 0; sent < 20; sent++)
      await request('GET', url, { headers, from: '198.51.100.1' })
    const entries = told()
    t.equal(entries.length, 60)
    await app.close()
    t.match(told(), [{ level: 40, event: 'authn_login_fail', leftOut: 260 }])
  },
)

logged('a line is no longer for a longer address', async (t, { request }) => {
  await request('GET', `/books?title=${'x'.repeat(5000)}`, {
    headers: { authorization: 'Bearer x' },
  })
  t.equal(String(told()[0]?.url).length, 300)
})

logged(
  'keys that are made, rotated and revoked are lines with who did it; those that administer, warnings',
  async (t, service) => {
    const { request, store } = service
    const { id, headers } = await holder(store, ['*'])
    const from = '192.0.2.1'
    const make = async (scopes: readonly string[], more: Record<string, string> = {}) => {
      const made = await request('POST', '/keys', {
        headers: { ...headers, ...more },
        from,
        json: { name: 'Import', scopes },
      })
      return made.json
    }
    const plain = await make(['books:read'], { 'idempotency-key': 'one' })
    await make(['books:read'], { 'idempotency-key': 'one' })
    const actor = {
      caller: `key:${id}`,
      address: from,
      key: plain.id,
      name: 'Import',
      scopes: ['books:read'],
      reqId: uuid,
    }
    const made = { level: 30, event: 'authn_token_created', ...actor, msg: 'an API key was made' }
    t.match(told(), [made], 'once, though it was sent again')
    await request('POST', `/keys/${plain.id}/rotate`, { headers, from })
    t.match(told(), [
      { level: 30, event: 'authn_token_rotated', ...actor, msg: 'an API key was rotated' },
    ])
    await request('DELETE', `/keys/${plain.id}`, { headers, from })
    t.match(told(), [
      { level: 30, event: 'authn_token_revoked', ...actor, msg: 'an API key was revoked' },
    ])
    for (const scope of ['*', 'keys:admin']) {
      const strong = await make([scope])
      await request('POST', `/keys/${strong.id}/rotate`, { headers, from })
      await request('DELETE', `/keys/${strong.id}`, { headers, from })
      const entries = told()
      t.strictSame(
        entries.map(({ level }) => level),
        [40, 40, 40],
        scope,
      )
      t.match(entries[0], { msg: 'an API key that administers was made', scopes: [scope] })
      t.notOk(JSON.stringify(entries).includes(strong.secret.slice(14)))
    }
    await request('DELETE', '/keys/999', { headers, from })
    t.strictSame(told(), [], 'nothing was changed')
  },
)

logged(
  'keys that the command line or another instance has changed are told by the service',
  async (t, { get, store }) => {
    const { headers } = await holder(store, ['books:read'])
    now += 2_000
    await get('/books', headers)
    const [first] = told()
    t.match(first, {
      level: 30,
      event: 'authn_token_changed',
      keys: [{ name: 'A test', scopes: ['books:read'] }],
    })
    const strong = await holder(store, ['*'])
    await revoke(store, strong.id)
    now += 2_000
    await get('/books', headers)
    t.match(told(), [
      { level: 40, event: 'authn_token_changed', keys: [{ id: strong.id, revoked: true }] },
    ])
    now += 2_000
    await get('/books', headers)
    t.strictSame(told(), [])
  },
)

const forwarded = { 'x-forwarded-for': '198.51.100.1' }

logged('that a proxy tells addresses which nobody believes is said once', async (t, { get }) => {
  for (let sent = 0; sent < 5; sent++) await get('/books', forwarded)
  t.match(told(), [
    { level: 40, address: '127.0.0.1', msg: /^X-Forwarded-For came, and TRUST_PROXY is not set/ },
  ])
})

logged(
  'where proxies are believed, or none is there, nothing is said',
  async (t, { request }) => {
    const headers = { ...forwarded, authorization: 'Bearer x' }
    await request('GET', '/books', { headers })
    t.match(told(), [{ event: 'authn_login_fail', address: '198.51.100.1' }])
  },
  { web: { trustProxy: parseTrustedProxies('127.0.0.1') } },
)

/** What the metrics have counted, by status. */
async function unparsed({ metrics }: Service): Promise<string[]> {
  const text = (await metrics?.text()) ?? ''
  return text.split('\n').filter(line => line.startsWith('restwell_unparsed_requests_total{'))
}

/** A body that is larger than any that is taken, and never sent. */
const tooLarge =
  'POST /books HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 2000000\r\n\r\n'

logged(
  'bytes that are no request are logged with the reason, and counted',
  async (t, service) => {
    const wire = await listen(t, service)
    told()
    const table: [sent: string, status: number, code: string][] = [
      ['GET /books HTTP/1.1\r\nHost x\r\n\r\n', 400, 'HPE_INVALID_HEADER_TOKEN'],
      [
        `GET /books HTTP/1.1\r\nHost: x\r\nA: ${'x'.repeat(20_000)}\r\n\r\n`,
        431,
        'HPE_HEADER_OVERFLOW',
      ],
      ['BREW /pot HTTP/1.1\r\nHost: x\r\n\r\n', 501, 'HPE_INVALID_METHOD'],
    ]
    for (const [sent, status, code] of table) {
      const [answer] = await wire.send(sent)
      t.equal(answer?.status, status)
      t.match(told(), [
        { level: 30, event: 'input_validation_fail', status, code, address: '127.0.0.1' },
      ])
    }
    const accepted = once(service.app.server, 'connection')
    const [refusal] = await wire.send(tooLarge)
    t.equal(refusal?.status, 401)
    const [peer] = (await accepted) as [Socket]
    if (!peer.destroyed) await once(peer, 'close')
    t.strictSame(
      told(),
      [],
      'a body that was refused, and whose rest does not come, is not told of again',
    )
    wire.open().end()
    for (let sent = 0; sent < 20; sent++) await wire.send('x\r\n\r\n')
    t.ok(told().length <= 10, 'bounded')
    t.strictSame(await unparsed(service), [
      'restwell_unparsed_requests_total{status="400"} 21',
      'restwell_unparsed_requests_total{status="431"} 1',
      'restwell_unparsed_requests_total{status="501"} 1',
    ])
  },
  { measured: true },
)

logged(
  'a request that does not arrive in time is a line, a connection on which nothing comes is none',
  async (t, service) => {
    const wire = await listen(t, service)
    told()
    const quiet = wire.open()
    const [answer] = await wire.send('GET /books HTTP/1.1\r\n')
    t.equal(answer?.status, 408)
    t.ok((await receive(quiet)).length <= 1)
    const expected = {
      event: 'input_validation_fail',
      status: 408,
      code: 'ERR_HTTP_REQUEST_TIMEOUT',
    }
    t.match(told(), [expected])
  },
  { web: { times: { head: 300, request: 400, check: 50 } } },
)
