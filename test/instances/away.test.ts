// The database goes away, stands still, comes back, is not there yet: every request is answered, and one line says so.

import t, { type Test } from 'tap'
import { postgresDialect } from '../../src/store/postgres/dialect.ts'
import { DatabaseServer, type ServerKind, serverKinds } from '../support/database-server.ts'
import {
  type Instance,
  send,
  startInstance,
  startInstances,
  startProcess,
  until,
  warning,
} from '../support/instances.ts'
import { connectTo, freePort } from '../support/postgres-server.ts'

const health = ({ address }: Instance) => send(address, 'GET', '/health')

/** What it has said of the database, of each line what stands before the explanation. */
const messages = ({ log }: Pick<Instance, 'log'>) =>
  log.filter(({ msg }) => msg.includes('database')).map(({ msg }) => msg.replace(/[;:].*/, ''))

for (const [name, kind] of serverKinds) t.test(name, t => runAway(t, kind))

async function runAway(t: Test, kind: ServerKind): Promise<void> {
  const database = await DatabaseServer.start(t, { kind })

  await t.test('a crash of the database: 503 until it is back, and one line for each', async t => {
    const [instance] = (await startInstances(t, 1, { DATABASE_URL: database.url })) as [Instance]
    const { address } = instance
    t.equal((await health(instance)).status, 200)

    for (let round = 1; round <= 2; round++) {
      await database.crash()
      await until(503, () => health(instance))
      const requests = [
        send(address, 'GET', '/books'),
        send(address, 'POST', '/books', { title: 'Dune', authors: [{ name: 'Frank Herbert' }] }),
        send(address, 'GET', '/books/1'),
        health(instance),
      ]
      for (const { status, headers, json } of await Promise.all(requests)) {
        t.equal(status, 503)
        t.equal(headers.get('retry-after'), '1')
        t.equal(headers.get('content-type'), 'application/problem+json; charset=utf-8')
        t.equal(json.title, 'Service Unavailable')
      }
      await database.begin()
      await until(200, () => health(instance))
      t.equal((await send(address, 'GET', '/books')).status, 200)
    }
    t.equal(await instance.stop(), 0)
    const pair = ['the database is away', 'the database is back']
    t.strictSame(messages(instance), [...pair, ...pair])
  })

  await t.test(
    'a database that stands still: nobody waits for ever, and it goes on by itself',
    async t => {
      const [instance] = (await startInstances(t, 1, { DATABASE_URL: database.url })) as [Instance]
      t.equal((await health(instance)).status, 200)
      database.freeze()
      const answers = await Promise.all(
        Array.from({ length: 30 }, () => send(instance.address, 'GET', '/books')),
      )
      const others = answers.filter(({ status }) => status !== 503)
      t.strictSame(
        others.map(({ status, text }) => ({ status, text })),
        [],
      )
      t.equal((await health(instance)).status, 503)
      database.thaw()
      await until(200, () => health(instance))
      t.equal(await instance.stop(), 0)
      t.strictSame(messages(instance), ['the database is away', 'the database is back'])
    },
  )

  await t.test('a service told to stop while the database stands still stops', async t => {
    const [instance] = (await startInstances(t, 1, { DATABASE_URL: database.url })) as [Instance]
    t.equal((await health(instance)).status, 200)
    database.freeze()
    const asked = health(instance)
    // It has arrived when one that came after it is answered.
    t.equal((await send(instance.address, 'GET', '/')).status, 200)
    t.equal(await instance.stop(), 0)
    t.equal((await asked).status, 503)
    database.thaw()
  })

  await t.test(
    'a server that is set to take no writes is away; one that takes them again is back',
    async t => {
      const [instance] = (await startInstances(t, 1, { DATABASE_URL: database.url })) as [Instance]
      const post = () =>
        send(instance.address, 'POST', '/todos', { userId: 1, title: 'Water the plants' })
      t.equal((await post()).status, 201)
      await database.sql(
        `alter system set default_transaction_read_only = on`,
        'select pg_reload_conf()',
      )
      await until(503, post)
      await until(503, () => health(instance))
      await database.sql(
        'alter system reset default_transaction_read_only',
        'select pg_reload_conf()',
      )
      await until(201, post)
      t.equal(await instance.stop(), 0)
      t.strictSame(messages(instance), ['the database is away', 'the database is back'])
    },
  )

  await t.test('a database that is not there yet is waited for, and said so once', async t => {
    await database.stop()
    t.testdir()
    const starting = startInstance(t, { DATABASE_URL: database.url })
    await database.begin()
    const instance = await starting
    t.equal((await health(instance)).status, 200)
    t.equal(await instance.stop(), 0)
    t.ok(instance.log.every(({ level }) => level < warning))
  })

  await t.test('a database that goes away during the start is waited for', async t => {
    await database.sql('create database "empty"')
    const url = database.url.replace(/\/postgres(?=\?|$)/, '/empty')
    const other = connectTo(url)
    await other.unsafe(postgresDialect.online?.takeLock.text ?? '')
    t.testdir()
    const port = await freePort()
    const address = `http://127.0.0.1:${port}`
    const start = startProcess(t, { DATABASE_URL: url, PORT: String(port), AUTH: 'none' })
    await until(200, () => send(address, 'GET', '/livez').catch(() => ({ status: 0 })))
    // It has been there, and the start waits for whoever changes the tables.
    await until(1, async () => {
      const { json } = await send(address, 'GET', '/readyz')
      return { status: Number(json.detail.includes('waiting for another instance')) }
    })
    await database.crash()
    await other.end({ timeout: 1 })
    await until(1, async () => {
      await send(address, 'GET', '/livez')
      return { status: Number(messages(start).includes('the database is away')) }
    })
    await database.begin()
    await until(200, () => send(address, 'GET', '/readyz'))
    t.equal((await send(address, 'GET', '/books')).status, 200)
    t.equal(await start.stop(), 0)
    await database.sql('drop database "empty"')
  })

  await t.test('a database that does not come ends the start with what is wrong', async t => {
    t.testdir()
    await database.stop()
    for (const DATABASE_WAIT_SECONDS of ['0', '1'])
      await t.rejects(startInstance(t, { DATABASE_URL: database.url, DATABASE_WAIT_SECONDS }), {
        message:
          /restwell: The database at postgres:\/\/restwell@127\.0\.0\.1:\d+\/postgres cannot be used: /,
      })
    await database.begin()
  })

  await t.test('a server that lets nobody in so is not waited for', async t => {
    t.testdir()
    await database.sql(`create role guest login password 'guest'`)
    const query = new URL(database.url).search
    const at = (user: string, name: string) => `postgres://${user}@${database.host}/${name}${query}`
    const refused: [url: string, reason: RegExp][] = [
      [
        database.url.replace('/postgres?', '/nowhere?').replace(/\/postgres$/, '/nowhere'),
        /database "nowhere" does not exist/,
      ],
      [
        `${database.url}${query === '' ? '?' : '&'}schema=public`,
        /unrecognized configuration parameter "schema"/,
      ],
      [
        `${database.url}${query === '' ? '?' : '&'}lock_timeout=soon`,
        /invalid value for parameter "lock_timeout"/,
      ],
    ]
    if (kind.tls)
      refused.push([
        at('guest:wrong%40hunter2', 'postgres'),
        /password authentication failed for user "guest"/,
      ])
    else refused.push([at('nobody', 'postgres'), /role "nobody" does not exist/])
    for (const [url, reason] of refused) {
      const started = startInstance(t, { DATABASE_URL: url, DATABASE_WAIT_SECONDS: '3600' })
      // One line beside that of the log, with neither a stack nor a part of a password.
      const message =
        /^restwell: The database at postgres:\/\/\w+@127\.0\.0\.1:\d+\/\w+ cannot be used: .*$/
      const { message: complaint } = (await started.then(
        () => t.fail(url),
        (error: Error) => error,
      )) as Error
      const lines = complaint.replace('It does not serve: ', '').trimEnd().split('\n')
      const said = lines.filter(line => !line.startsWith('{')).join('\n')
      t.equal(lines.length, 2)
      t.match(said, message)
      t.match(said, reason)
      t.notMatch(said, /hunter2/)
    }
    await database.sql('drop role guest')
  })
}
