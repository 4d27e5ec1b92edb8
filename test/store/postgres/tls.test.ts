// The way to PostgreSQL with TLS and without: which servers each `sslmode` takes, what it has proved, and what is said
// of files and certificates that will not do.

import { once } from 'node:events'
import { readdirSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { postgresDialect } from '../../../src/store/postgres/dialect.ts'
import { openPostgres } from '../../../src/store/postgres/driver.ts'
import { Authority } from '../../support/certificates.ts'
import { DatabaseServer, serverKinds } from '../../support/database-server.ts'

const tlsText = 'select ssl from pg_stat_ssl where pid = pg_backend_pid()'

interface Files {
  readonly [name: string]: string
}

/** The files of an authority that made the server's certificate, of another, and of a client. */
function filesOf(t: Test, authority: Authority): Files {
  const client = authority.issue({ name: 'restwell' })
  const other = new Authority('Another authority')
  const texts = {
    authority: authority.cert,
    other: other.cert,
    both: other.cert + authority.cert,
    client: client.cert,
    clientKey: client.key,
    otherKey: other.issue({ name: 'restwell' }).key,
    text: 'This is no certificate.',
  }
  const folder = t.testdir(texts)
  return Object.fromEntries(Object.keys(texts).map(name => [name, join(folder, name)]))
}

/** The address of a server with other parameters, and perhaps another host. */
function withQuery(server: DatabaseServer, query: string, host = '127.0.0.1'): string {
  return server.url.replace('127.0.0.1', host).replace(/\?.*|$/, `?${query}`)
}

/** Whether a store at the address is connected over TLS. */
async function isSecure(url: string): Promise<unknown> {
  const store = openPostgres({ url, dialect: postgresDialect, connections: 1 })
  try {
    const [row] = await store.query({ text: tlsText, values: [] })
    return row?.[0]
  } finally {
    await store.close()
  }
}

const [withoutTls] = serverKinds.values()

t.test('a server without TLS', async t => {
  const server = await DatabaseServer.start(t, { kind: withoutTls })
  for (const mode of ['disable', 'allow', 'prefer'])
    t.equal(await isSecure(withQuery(server, `sslmode=${mode}`)), false, mode)
  t.equal(await isSecure(withQuery(server, '')), false)
  for (const mode of ['require', 'verify-ca', 'verify-full'])
    await t.rejects(
      isSecure(withQuery(server, `sslmode=${mode}`)),
      { message: /has no TLS, which sslmode asks for/ },
      mode,
    )
})

for (const [name, kind] of serverKinds)
  if (kind.tls)
    t.test(`${name}, which lets nobody in without`, async t => {
      const authority = new Authority('The authority of a test')
      const server = await DatabaseServer.start(t, { kind, authority })
      const files = filesOf(t, authority)
      const secure: [query: string, host?: string][] = [
        [''],
        ['sslmode=allow'],
        ['sslmode=prefer'],
        ['sslmode=require'],
        [`sslmode=require&sslrootcert=${files.authority}`],
        [`sslmode=verify-ca&sslrootcert=${files.authority}`],
        [`sslmode=verify-full&sslrootcert=${files.authority}`],
        [`sslmode=verify-full&sslrootcert=${files.authority}`, 'localhost'],
        [`sslmode=verify-full&sslrootcert=${files.both}`],
        [`sslmode=require&sslcert=${files.client}&sslkey=${files.clientKey}`],
      ]
      for (const [query, host] of secure)
        t.equal(await isSecure(withQuery(server, query, host)), true, query)
      if (kind.version === 'newest')
        t.equal(
          await isSecure(withQuery(server, 'sslmode=require&sslnegotiation=direct')),
          true,
          'TLS from the first byte',
        )

      const refused: [query: string, message: RegExp][] = [
        ['sslmode=disable', /no pg_hba\.conf entry .*, no encryption/],
        [
          'sslmode=verify-full',
          /certificate of the server is not trusted \(.*\); sslrootcert in DATABASE_URL names/,
        ],
        [`sslmode=require&sslrootcert=${files.other}`, /certificate of the server is not trusted/],
        [
          `sslmode=verify-ca&sslrootcert=${files.other}`,
          /certificate of the server is not trusted/,
        ],
        [
          `sslmode=verify-full&sslrootcert=${files.other}`,
          /certificate of the server is not trusted/,
        ],
        ['sslrootcert=system', /certificate of the server is not trusted/],
      ]
      for (const [query, message] of refused)
        await t.rejects(isSecure(withQuery(server, query)), { message }, query)
    })

t.test('a certificate that is for another host, or is over', async t => {
  const authority = new Authority('The authority of a test')
  const kind = serverKinds.get('PostgreSQL 18 over TLS')
  const files = filesOf(t, authority)
  const table: [wanted: object, host: string, full: RegExp | true, ca: RegExp | true][] = [
    [{ hosts: ['db.example.com', 'localhost'] }, '127.0.0.1', /is not in the cert's list/, true],
    [
      { hosts: ['db.example.com', '127.0.0.1'] },
      'localhost',
      /does not match certificate's altnames/,
      true,
    ],
    [
      { hosts: ['127.0.0.1'], end: -1 },
      '127.0.0.1',
      /certificate has expired/,
      /certificate has expired/,
    ],
  ]
  for (const [wanted, host, full, ca] of table) {
    const server = await DatabaseServer.start(t, { kind, authority, certificate: wanted })
    for (const [mode, expected] of [
      ['verify-full', full],
      ['verify-ca', ca],
    ] as const) {
      const connected = isSecure(
        withQuery(server, `sslmode=${mode}&sslrootcert=${files.authority}`, host),
      )
      if (expected === true) t.equal(await connected, true)
      else await t.rejects(connected, { message: expected })
    }
    await server.stop()
  }
})

t.test('a server that asks for the certificate of its client gets it', async t => {
  const authority = new Authority('The authority of a test')
  const server = await DatabaseServer.start(t, {
    kind: serverKinds.get('PostgreSQL 18 over TLS'),
    authority,
    access: 'hostssl all all 127.0.0.1/32 cert',
  })
  const files = filesOf(t, authority)
  const query = `sslmode=verify-full&sslrootcert=${files.authority}`
  t.equal(
    await isSecure(withQuery(server, `${query}&sslcert=${files.client}&sslkey=${files.clientKey}`)),
    true,
  )
  await t.rejects(isSecure(withQuery(server, query)), {
    message: /requires a valid client certificate/,
  })
})

t.test('files that are missing or are something else stop the start, and are named', async t => {
  const files = filesOf(t, new Authority('The authority of a test'))
  const table: [query: string, message: RegExp][] = [
    [
      'sslmode=verify-full&sslrootcert=/nowhere/ca.pem',
      /^sslrootcert \(\/nowhere\/ca\.pem\) cannot be read: ENOENT/,
    ],
    [
      `sslmode=verify-full&sslrootcert=${files.text}`,
      /^sslrootcert \(.*text\) has no certificate in it/,
    ],
    [
      `sslmode=require&sslcert=/nowhere/c.pem&sslkey=${files.clientKey}`,
      /^sslcert \(\/nowhere\/c\.pem\) cannot be read/,
    ],
    [
      `sslmode=require&sslcert=${files.client}&sslkey=/nowhere/k.pem`,
      /^sslkey \(\/nowhere\/k\.pem\) cannot be read/,
    ],
    [
      `sslmode=require&sslcert=${files.client}&sslkey=${files.text}`,
      /are no certificate with its key/,
    ],
    [
      `sslmode=require&sslcert=${files.client}&sslkey=${files.otherKey}`,
      /are no certificate with its key/,
    ],
  ]
  for (const [query, message] of table)
    t.throws(
      () => openPostgres({ url: `postgres://127.0.0.1:1/x?${query}`, dialect: postgresDialect }),
      { message },
      query,
    )
})

t.test(
  'what somebody on the way puts behind the answer to the request for TLS is not believed',
  async t => {
    const impostor = createServer(socket => socket.once('data', () => socket.end('SE\0\0\0\0')))
    impostor.listen(0, '127.0.0.1')
    await once(impostor, 'listening')
    t.teardown(() => impostor.close())
    const { port } = impostor.address() as AddressInfo
    const url = `postgres://restwell@127.0.0.1:${port}/postgres?sslmode=require`
    await t.rejects(isSecure(url), { message: /does not speak the protocol of PostgreSQL/ })
  },
)

t.test(
  'certificates that are renewed while the service runs are those of the next connection',
  async t => {
    const authority = new Authority('The authority of a test')
    const server = await DatabaseServer.start(t, {
      kind: serverKinds.get('PostgreSQL 18 over TLS'),
      authority,
      access: 'hostssl all all 127.0.0.1/32 cert',
    })
    const files = filesOf(t, authority)
    const ended = authority.issue({ name: 'restwell', end: -1 })
    writeFileSync(String(files.client), ended.cert)
    writeFileSync(String(files.clientKey), ended.key)
    const query = `sslmode=require&sslcert=${files.client}&sslkey=${files.clientKey}`
    const store = openPostgres({
      url: withQuery(server, query),
      dialect: postgresDialect,
      startTimeout: 60_000,
    })
    t.teardown(() => store.close())
    const asked = store.query({ text: tlsText, values: [] })
    const renewed = authority.issue({ name: 'restwell' })
    writeFileSync(String(files.client), renewed.cert)
    writeFileSync(String(files.clientKey), renewed.key)
    t.strictSame(await asked, [[true]])
  },
)

const skip = process.platform !== 'linux' && 'only Linux lists what a process has open'

t.test('connections that end leave no socket open', { skip }, async t => {
  const server = await DatabaseServer.start(t, { kind: serverKinds.get('PostgreSQL 18 over TLS') })
  const open = () => readdirSync('/proc/self/fd').length
  await isSecure(server.url)
  const before = open()
  for (let n = 0; n < 20; n++) {
    const store = openPostgres({ url: server.url, dialect: postgresDialect, connections: 2 })
    await t.rejects(
      store.query({ text: 'select pg_terminate_backend(pg_backend_pid())', values: [] }),
      {
        code: 'unavailable',
      },
    )
    await store.close()
  }
  // Those that are closing are still listed; one that stays is listed until the test has no more time.
  while (open() > before) await setImmediate()
})
