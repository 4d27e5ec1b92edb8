// The driver of PostgreSQL when connections break: what is tried again, what is not known, and who waits how long.

import { once } from 'node:events'
import { type AddressInfo, connect, createServer } from 'node:net'
import { pipeline } from 'node:stream'
import { Type } from '@sinclair/typebox'
import t, { type Test } from 'tap'
import { resourcesToModels } from '../../../src/resource/derive.ts'
import { migrate } from '../../../src/store/migration/migrate.ts'
import { postgresDialect } from '../../../src/store/postgres/dialect.ts'
import { openPostgres } from '../../../src/store/postgres/driver.ts'
import { type Store, StoreError, type Work } from '../../../src/store/store.ts'
import { modelToTable } from '../../../src/store/table.ts'
import { define } from '../../support/definitions.ts'
import { emptyPostgres } from '../../support/postgres.ts'

/** A store with a table `rows (id text)`. */
async function openStore(
  t: Test,
  connections = 10,
  warn = (_entry: object, _message: string) => {},
): Promise<Store> {
  const url = await emptyPostgres(t)
  const log = { info() {}, warn, error() {} }
  const store = openPostgres({ url, dialect: postgresDialect, connections, log })
  t.teardown(() => store.close())
  await store.transact(() => run('create table rows (id text)'))
  return store
}

function* run(...texts: readonly string[]): Work<void> {
  for (const text of texts) yield { text, values: [] }
}

const insert = (id: unknown) => ({ text: 'insert into rows values ($1)', values: [String(id)] })
const killed = { text: 'select pg_terminate_backend(pg_backend_pid())', values: [] }

async function stored(store: Store): Promise<unknown[]> {
  return (await store.query({ text: 'select id from rows order by id', values: [] })).map(
    ([id]) => id,
  )
}

/** A way to a server on which is counted how often what is sent follows upon an answer, and may be changed. */
async function listenIn(t: Test, server: string, change = (sent: Buffer) => sent) {
  const url = new URL(server)
  // What is encrypted cannot be changed on the way.
  url.searchParams.set('sslmode', 'disable')
  url.searchParams.delete('sslrootcert')
  const { hostname: host, port } = url
  let turns = 0
  let answered = true
  const relay = createServer({ noDelay: true }, client => {
    const onward = connect({ host, port: Number(port), noDelay: true })
    const there = async function* (chunks: AsyncIterable<Buffer>) {
      for await (const sent of chunks) {
        if (answered) turns++
        answered = false
        yield change(sent)
      }
    }
    onward.on('data', () => {
      answered = true
    })
    pipeline(client, there, onward, client, () => {})
  })
  relay.listen(0, '127.0.0.1')
  await once(relay, 'listening')
  t.teardown(() => relay.close())
  url.port = String((relay.address() as AddressInfo).port)
  return { url: url.href, turns: () => turns }
}

t.test('a work whose connection breaks before the commit is started again', async t => {
  const store = await openStore(t)
  let starts = 0
  const result = await store.transact(function* () {
    starts++
    yield insert(starts)
    if (starts === 1) yield killed
    return 'done'
  })
  t.equal(result, 'done')
  t.equal(starts, 2)
  t.strictSame(await stored(store), ['2'])
})

t.test('a work that breaks its connection each time is given up', async t => {
  const store = await openStore(t)
  let starts = 0
  const work = function* (): Work<void> {
    starts++
    yield insert(starts)
    yield killed
  }
  await t.rejects(store.transact(work), { name: 'Error', code: 'unavailable' })
  t.equal(starts, 3)
  t.strictSame(await stored(store), [])
})

t.test('a session that may only read is given up, and the work is done in another', async t => {
  const store = await openStore(t, 1)
  await store.transact(() => run('set session characteristics as transaction read only'))
  await store.transact(() => run("insert into rows values ('1')"))
  t.strictSame(await stored(store), ['1'])
})

t.test('a lone statement is done in another session, too, where its own may only read', async t => {
  const store = await openStore(t, 1)
  await store.transact(() => run('set session characteristics as transaction read only'))
  await store.transact(one)
  t.strictSame(await stored(store), ['1'])
})

t.test('a session lives on after a work that was refused', async t => {
  const store = await openStore(t, 1)
  const session = () => store.query({ text: 'select pg_backend_pid()', values: [] })
  const before = await session()
  await t.rejects(
    store.transact(() => run('select 1 / 0')),
    { code: 'fault' },
  )
  t.strictSame(await session(), before)
})

t.test('a read whose connection breaks is read again', async t => {
  const store = await openStore(t)
  await store.transact(() => run('create sequence reads'))
  // Breaks at the first reading only.
  const text = 'select case nextval($1) when 1 then pg_terminate_backend(pg_backend_pid()) end'
  t.strictSame(await store.query({ text, values: ['reads'] }), [[null]])
})

t.test(
  'whether a commit happened at which the connection breaks is not known, and it is not tried again',
  async t => {
    const store = await openStore(t)
    await store.transact(() =>
      run(
        `create function break() returns trigger language plpgsql as
        'begin perform pg_terminate_backend(pg_backend_pid()); return null; end'`,
        'create constraint trigger break after insert on rows deferrable initially deferred for each row execute function break()',
      ),
    )
    let starts = 0
    const work = function* (): Work<void> {
      starts++
      yield insert(starts)
    }
    await t.rejects(store.transact(work), { code: 'unknown' })
    t.equal(starts, 1)
  },
)

t.test('what a transaction does after its connection broke is done nowhere', async t => {
  const store = await openStore(t, 4)
  const starts = new Map<number, number>()
  const pair = (n: number) =>
    function* (): Work<void> {
      const start = (starts.get(n) ?? 0) + 1
      starts.set(n, start)
      yield insert(n)
      if (n % 5 === 0 && start === 1) yield killed
      yield insert(n)
    }
  const outcomes = await Promise.allSettled(
    Array.from({ length: 200 }, (_, n) => store.transact(pair(n))),
  )
  const done = outcomes.flatMap(({ status }, n) =>
    status === 'fulfilled' ? [String(n), String(n)] : [],
  )
  t.strictSame(await stored(store), done.sort())
  t.ok(done.length > 300)
})

t.test('a work that goes on after a failed statement has not happened, and is told so', async t => {
  const store = await openStore(t)
  const work = function* (): Work<string> {
    yield insert(1)
    try {
      yield { text: 'select 1 / 0', values: [] }
    } catch {
      // That is the mistake.
    }
    return 'stored'
  }
  await t.rejects(store.transact(work), { code: 'fault' })
  t.strictSame(await stored(store), [])
})

t.test('a work of one statement goes to the server twice: to do it, and to commit', async t => {
  const { url, turns } = await listenIn(t, await emptyPostgres(t))
  const store = openPostgres({ url, dialect: postgresDialect, connections: 1 })
  t.teardown(() => store.close())
  await store.transact(() => run('create table rows (id text)'))
  const write = () =>
    store.transact(function* (): Work<void> {
      yield insert(1)
    })
  // The second time it is asked for, a statement is prepared, which is a way more.
  await write()
  await write()
  const before = turns()
  await write()
  t.equal(turns() - before, 2)
})

/** A work that changes a row of `versions` by what it has read of it. */
function* raise(key: number): Work<unknown> {
  const text = 'select n, version from versions where key = $1'
  const locked = { text: `${text} for update`, values: [key] }
  const [row] = yield { ...locked, unlocked: { text, values: [key] } }
  if (row === undefined) throw new RangeError('There is none.')
  const [n, version] = row
  const update =
    'update versions set n = $1, version = version + 1 where key = $2 and version = $3 returning n'
  const [changed] = yield {
    text: update,
    values: [Number(n) + 1, key, Number(version)],
    last: true,
  }
  return changed?.[0]
}

t.test('a work whose last statement is known goes to the server as often as it asks', async t => {
  const { url, turns } = await listenIn(t, await emptyPostgres(t))
  const store = openPostgres({ url, dialect: postgresDialect, connections: 1 })
  t.teardown(() => store.close())
  await store.transact(() =>
    run('create table rows (id text)', 'create table versions (key int, n int, version int)'),
  )
  await store.transact(() => run('insert into versions values (1, 0, 0)'))
  const works: [what: string, work: () => Work<unknown>, turns: number][] = [
    ['one statement', () => one(), 1],
    ['a row that is read, and changed by its version', () => raise(1), 2],
    ['two statements in a transaction', () => two(), 2],
  ]
  for (const [what, work, expected] of works) {
    for (let n = 0; n < 2; n++) await store.transact(work)
    const before = turns()
    await store.transact(work)
    t.equal(turns() - before, expected, what)
  }
  t.strictSame(await stored(store), Array(9).fill('1'))
})

function* one(): Work<void> {
  yield { ...insert(1), last: true }
}

function* two(): Work<void> {
  yield insert(1)
  yield { ...insert(1), last: true }
}

t.test('a last statement that fails takes back what was before it', async t => {
  const store = await openStore(t)
  const work = function* (): Work<void> {
    yield insert(1)
    yield { text: 'select 1 / 0', values: [], last: true }
  }
  await t.rejects(store.transact(work), { code: 'fault', message: 'division by zero' })
  t.strictSame(await stored(store), [])
  await store.transact(one)
  t.strictSame(await stored(store), ['1'])
})

t.test('a work that goes on after its last statement is a fault', async t => {
  const store = await openStore(t)
  const work = function* (): Work<void> {
    yield* one()
    yield insert(2)
  }
  await t.rejects(store.transact(work), { code: 'fault' })
})

t.test('whether a lone statement was done at which the connection breaks is not known', async t => {
  const store = await openStore(t)
  let starts = 0
  const work = function* (): Work<void> {
    starts++
    yield { ...killed, last: true }
  }
  await t.rejects(store.transact(work), { code: 'unknown' })
  t.equal(starts, 1)
})

t.test(
  'a row that is changed between its reading and its change is read again, locked',
  async t => {
    const store = await openStore(t)
    await store.transact(() => run('create table versions (key int, n int, version int)'))
    await store.transact(() => run('insert into versions values (1, 0, 0)'))
    const raised = await Promise.all(
      Array.from({ length: 40 }, () => store.transact(() => raise(1))),
    )
    t.strictSame(new Set(raised), new Set(Array.from({ length: 40 }, (_, n) => n + 1)))
    await t.rejects(
      store.transact(() => raise(2)),
      new RangeError('There is none.'),
    )
  },
)

t.test('a work that the server did not begin ends there, and what it did is not known', async t => {
  let refused = false
  const refuseFirst = (sent: Buffer) => {
    if (refused || !sent.includes('begin')) return sent
    refused = true
    return Buffer.from(sent.toString('latin1').replace('begin', 'bogus'), 'latin1')
  }
  const { url } = await listenIn(t, await emptyPostgres(t), refuseFirst)
  const store = openPostgres({ url, dialect: postgresDialect, connections: 1 })
  t.teardown(() => store.close())
  let starts = 0
  const work = function* (): Work<void> {
    starts++
    yield* run('create table rows (id text)', "insert into rows values ('1')")
  }
  await t.rejects(store.transact(work), {
    code: 'unknown',
    message: /^A transaction did not begin: .*bogus/,
  })
  t.ok(refused)
  t.equal(starts, 1)
  // The first statement is sent with the `begin`, or after its refusal, when it is not sent any more.
  const [found] = await store.query({ text: "select to_regclass('rows')::text", values: [] })
  t.strictSame(
    found?.[0] === null ? [] : await stored(store),
    [],
    'its second statement was not done',
  )
  await store.transact(() => run("insert into rows values ('2')"))
  t.strictSame(await stored(store), ['2'])
})

t.test(
  'a server that says nothing is given up, but a migration takes as long as it takes',
  async t => {
    const url = await emptyPostgres(t)
    const dialect = postgresDialect
    const hasty = openPostgres({ url, dialect, longestSilence: 1000 })
    t.teardown(() => hasty.close())
    const long = 'select pg_sleep(2)'
    await t.rejects(
      hasty.transact(() => run(long)),
      { code: 'unavailable' },
      'else this test would prove nothing',
    )
    const files = [{ name: '0001-long.sql', text: `${long};` }]
    const tables = resourcesToModels([define('books', { title: Type.String() })]).map(model =>
      modelToTable(dialect, model),
    )
    const rest = {
      findMistake: () => () => undefined,
      version: '0.0.0',
      now: '2026-01-01T00:00:00.000Z',
    }
    await migrate(hasty, { tables, files: [], ...rest }, 'full')
    t.match(await migrate(hasty, { tables, files, ...rest }, 'full'), { statements: [/pg_sleep/] })

    const patient = openPostgres({ url: withSetting(url, 'statement_timeout', '500'), dialect })
    t.teardown(() => patient.close())
    await t.rejects(
      patient.transact(() => run(long)),
      { code: 'slow' },
    )
    const more = [...files, { name: '0002-long.sql', text: `${long};` }]
    t.match(await migrate(patient, { tables, files: more, ...rest }, 'full'), {
      statements: [/pg_sleep/],
    })
  },
)

t.test(
  'a statement that waits behind others on its connection is not given up while they are answered',
  async t => {
    const options = { dialect: postgresDialect, connections: 1, longestSilence: 1000 }
    const store = openPostgres({ url: await emptyPostgres(t), ...options })
    t.teardown(() => store.close())
    const texts = Array.from({ length: 12 }, (_, n) => `select ${n}, pg_sleep(0.3)`)
    const found = await Promise.all(texts.map(text => store.query({ text, values: [] })))
    t.strictSame(
      found.map(([row]) => row?.[0]),
      texts.map((_, n) => n),
    )
  },
)

function withSetting(address: string, name: string, value: string): string {
  const url = new URL(address)
  url.searchParams.set(name, value)
  return url.href
}

t.test('so many wait for a connection, and no more', async t => {
  const warnings: string[] = []
  const store = await openStore(t, 1, (_, message) => warnings.push(message))
  for (const times of [1, 2]) {
    const owner = store.transact(() => run('select pg_sleep(0.3)'))
    const reads = Array.from({ length: 52 }, () => store.query({ text: 'select 1', values: [] }))
    const outcomes = await Promise.allSettled(reads)
    t.strictSame(
      outcomes.map(({ status }) => status),
      [...Array(50).fill('fulfilled'), 'rejected', 'rejected'],
    )
    t.match(outcomes.at(-1), { reason: { code: 'busy', reported: true } })
    t.equal(warnings.length, times, 'the log says so once, and again when it has been better')
    await owner
  }
})

t.test('reads go on while a connection is one transaction’s', async t => {
  const store = await openStore(t, 2)
  const answers = await store.transact(function* (): Work<Promise<unknown>> {
    yield insert(1)
    return Promise.all(Array.from({ length: 40 }, () => stored(store)))
  })
  t.strictSame(answers, Array(40).fill([]), 'and none sees what is not committed')
})

t.test('a transaction has its session alone, though reads had it before', async t => {
  const store = await openStore(t, 1)
  const id = { text: 'select txid_current()::text', values: [] }
  const work = function* (): Work<unknown[]> {
    return [...(yield id), ...(yield id)].flat()
  }
  const reads = Array.from({ length: 16 }, () => stored(store))
  const works = await Promise.all(Array.from({ length: 16 }, () => store.transact(work)))
  for (const [first, second] of works)
    t.equal(first, second, 'both statements are in one transaction')
  t.equal(new Set(works.flat()).size, 16, 'and each work in its own')
  await Promise.all(reads)
})

t.test('a session ends by itself what we could not end', async t => {
  const store = await openStore(t)
  const settings = ['statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout']
  const text = `select ${settings.map(name => `current_setting('${name}')`).join(', ')}`
  t.strictSame(await store.query({ text, values: [] }), [['10s', '3s', '10s']])
})

t.test('a session that may take any time gives its connection back with limits', async t => {
  const store = await openStore(t, 1)
  const settings = ['statement_timeout', 'lock_timeout', 'client_connection_check_interval']
  const text = `select ${settings.map(name => `current_setting('${name}')`).join(', ')}`
  const before = await store.query({ text, values: [] })
  const meanwhile = await store.session(session => session.run({ text, values: [] }))
  t.strictSame(meanwhile, [['0', '0', '1s']])
  t.strictSame(await store.query({ text, values: [] }), before)
  t.match(before, [['10s', '3s']])
})

t.test('a closed store refuses, and closing it twice is no mistake', async t => {
  const store = await openStore(t)
  await store.close()
  await store.close()
  await t.rejects(stored(store), new StoreError('unavailable', 'The service is stopping.'))
})

t.test('a server that lets nobody in for long, and answers others, is not given up', async t => {
  const url = new URL(await emptyPostgres(t))
  url.searchParams.set('sslmode', 'disable')
  url.searchParams.delete('sslrootcert')
  url.searchParams.set('connect_timeout', '1')
  const { hostname: host, port } = url
  let isFull = false
  let kept = 0
  const relay = createServer({ noDelay: true }, client => {
    t.teardown(() => client.destroy())
    if (isFull) return void kept++
    const onward = connect({ host, port: Number(port), noDelay: true })
    pipeline(client, onward, client, () => {})
  }).listen(0, '127.0.0.1')
  t.teardown(() => relay.close())
  await once(relay, 'listening')
  url.hostname = '127.0.0.1'
  url.port = String((relay.address() as AddressInfo).port)
  const store = openPostgres({ url: url.href, dialect: postgresDialect, connections: 2 })
  t.teardown(() => store.close())
  const ask = () => store.query({ text: 'select 1', values: [] })
  const both = () =>
    Promise.all([1, 2].map(() => store.transact(() => run('select pg_sleep(0.1)'))))
  await both()
  await both()

  isFull = true
  let isOver = false
  const long = store
    .transact(() => run('select pg_sleep(3)'))
    .finally(() => {
      isOver = true
    })
  while (!isOver) await ask()
  await long
  t.ok(kept > 0, 'somebody new was kept waiting, else this test would prove nothing')
  t.strictSame(await ask(), [[1]])
})

t.test('who waits for a connection when the store is closed is refused at once', async t => {
  const store = await openStore(t, 1)
  await store.session(async () => {
    const refused = store.transact(() => run('select 1')).catch((error: unknown) => error)
    void store.close()
    t.match(await refused, { code: 'unavailable', message: 'The service is stopping.' })
  })
})
