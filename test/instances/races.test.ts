// Four instances over one PostgreSQL, or four workers over one file or one PostgreSQL: what callers race for at different
// processes, one of them has.

import t, { type Test } from 'tap'
import {
  type Answer,
  type Instance,
  send,
  startInstances,
  tally,
  warning,
} from '../support/instances.ts'
import { emptyPostgres } from '../support/postgres.ts'

const distinct = (values: readonly unknown[]) => new Set(values).size

const services: [name: string, start: (t: Test) => Promise<readonly Instance[]>][] = [
  ['four instances', async t => startInstances(t, 4, { DATABASE_URL: await emptyPostgres(t) })],
  [
    'four workers over PostgreSQL',
    async t => startInstances(t, 1, { DATABASE_URL: await emptyPostgres(t), WORKERS: '4' }),
  ],
  [
    'four workers over SQLite',
    async t => startInstances(t, 1, { DATABASE_URL: 'sqlite:data.db', WORKERS: '4' }),
  ],
]

for (const [name, start] of services)
  t.test(name, async t => {
    t.setTimeout(120_000)
    await race(t, await start(t))
  })

async function race(t: Test, instances: readonly Instance[]): Promise<void> {
  /** The address of one instance after the other. */
  const addressFor = (racer: number) => instances[racer % instances.length]?.address ?? ''

  /** Everybody at once, each at the next instance. */
  function together(
    count: number,
    act: (address: string, racer: number) => Promise<Answer>,
  ): Promise<Answer[]> {
    return Promise.all(Array.from({ length: count }, (_, racer) => act(addressFor(racer), racer)))
  }

  async function newTodo(title: string): Promise<Answer> {
    const created = await send(addressFor(0), 'POST', '/todos', { userId: 1, title })
    t.equal(created.status, 201)
    return created
  }

  await t.test('of those who hold one revision, one changes it', async t => {
    const created = await newTodo('Whose turn?')
    const path = `/todos/${created.json.id}`
    let etag = String(created.headers.get('etag'))
    for (let round = 1; round <= 10; round++) {
      const answers = await together(16, (address, racer) =>
        send(address, 'PATCH', path, { userId: round * 100 + racer }, { 'if-match': etag }),
      )
      t.strictSame(tally(answers), { 200: 1, 412: 15 }, `round ${round}`)
      const winner = answers.find(({ status }) => status === 200)
      const current = await send(addressFor(round), 'GET', path)
      t.strictSame(current.json, winner?.json)
      etag = String(winner?.headers.get('etag'))
      t.equal(current.headers.get('etag'), etag)
    }
  })

  await t.test('a hundred and twenty who count up with If-Match lose no update', async t => {
    const { json: todo } = await newTodo('A counter')
    const path = `/todos/${todo.id}`
    let refused = 0
    const countUp = async (address: string, racer: number): Promise<Answer> => {
      const { headers, json } = await send(address, 'GET', path)
      const condition = { 'if-match': String(headers.get('etag')) }
      const answer = await send(
        addressFor(racer + 1),
        'PATCH',
        path,
        { userId: json.userId + 1 },
        condition,
      )
      if (answer.status !== 412) return answer
      refused++
      return countUp(addressFor(racer + 2), racer)
    }
    // Each of twelve after the other's back: so that they meet, but not all at each revision.
    const lane = async (address: string, racer: number) => {
      for (let n = 1; n < 10; n++) t.equal((await countUp(address, racer)).status, 200)
      return countUp(address, racer)
    }
    t.strictSame(tally(await together(12, lane)), { 200: 12 })
    t.equal((await send(addressFor(0), 'GET', path)).json.userId, 121)
    t.ok(refused > 0, 'they did meet')
  })

  await t.test(
    'those who send one Idempotency-Key hear the same, and there is one row',
    async t => {
      const country = { name: 'Norway', capital: 'Oslo', area: 385207 }
      for (const key of ['k-1', 'k-2', 'k-3']) {
        const answers = await together(32, address =>
          send(
            address,
            'POST',
            '/countries',
            { ...country, capital: key },
            { 'idempotency-key': key },
          ),
        )
        t.strictSame(tally(answers), { 201: 32 })
        t.equal(distinct(answers.map(({ text }) => text)), 1)
        t.equal(distinct(answers.map(({ headers }) => headers.get('etag'))), 1)
        t.equal(
          answers.filter(({ headers }) => headers.get('idempotent-replayed') === 'true').length,
          31,
        )
        t.equal((await send(addressFor(1), 'GET', `/countries?capital=${key}`)).json.length, 1)
      }
    },
  )

  await t.test('those who send one key with bodies of their own make one row', async t => {
    const answers = await together(32, (address, racer) =>
      send(
        address,
        'POST',
        '/countries',
        { name: 'Peru', capital: 'Lima', area: racer },
        { 'idempotency-key': 'k-4' },
      ),
    )
    t.strictSame(tally(answers), { 201: 1, 422: 31 })
    t.equal((await send(addressFor(1), 'GET', '/countries?name=Peru')).json.length, 1)
  })

  await t.test('of those who want one unique value, one has it', async t => {
    const vin = '2FMDK3KC8ABA12345'
    const answers = await together(32, (address, racer) =>
      send(address, 'POST', '/cars', { model: `Racer ${racer}`, color: 'Red', vin }),
    )
    t.strictSame(tally(answers), { 201: 1, 409: 31 })
    for (const { json } of answers.filter(({ status }) => status === 409))
      t.strictSame(json.errors, [{ pointer: '#/vin', detail: 'is taken' }])
    t.equal((await send(addressFor(1), 'GET', `/cars?vin=${vin}`)).json.length, 1)
  })

  await t.test(
    'of those who choose one key, one creates and the others replace, or hear that it is there',
    async t => {
      const users = await together(32, (address, racer) =>
        send(address, 'PUT', '/users/jonas', { name: `Jonas ${racer}` }),
      )
      t.strictSame(tally(users), { 200: 31, 201: 1 })
      const onlyNew = await together(32, (address, racer) =>
        send(address, 'PUT', '/users/mira', { name: `Mira ${racer}` }, { 'if-none-match': '*' }),
      )
      t.strictSame(tally(onlyNew), { 201: 1, 412: 31 })
      const cars = await together(32, (address, racer) =>
        send(address, 'POST', '/cars', { id: 1000, model: `Racer ${racer}`, color: 'Red' }),
      )
      t.strictSame(tally(cars), { 201: 1, 409: 31 })
      const after = await together(8, address =>
        send(address, 'POST', '/cars', { model: 'Next', color: 'Blue' }),
      )
      t.strictSame(tally(after), { 201: 8 })
      t.ok(
        after.every(({ json }) => json.id > 1000),
        'the ids of the server go on above it',
      )
    },
  )

  await t.test('of those who delete one row, one does', async t => {
    const { json: todo } = await newTodo('To be deleted')
    const answers = await together(16, address => send(address, 'DELETE', `/todos/${todo.id}`))
    t.strictSame(tally(answers), { 204: 1, 404: 15 })
  })

  await t.test('nothing of it is an error', async t => {
    const complaints = instances.flatMap(({ log }) => log.filter(({ level }) => level >= warning))
    t.strictSame(
      complaints.filter(({ msg }) => msg !== 'slow request'),
      [],
    )
  })
}
