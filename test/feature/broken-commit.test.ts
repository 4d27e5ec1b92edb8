// A connection to PostgreSQL that breaks at a commit: nobody knows whether the work was done, but a request with an
// Idempotency-Key that is sent again is done once.

import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import t, { type Test } from 'tap'
import { beside, emptyPostgres } from '../support/postgres.ts'
import { checkProblem } from '../support/problem.ts'
import { type Service, startService } from '../support/service.ts'

/**
 * `lost`: the server never gets the commit. `unheard`: it has committed, and its answer does not arrive. `late`: the
 * connection breaks while the commit is on its way.
 */
type Break = 'lost' | 'unheard' | 'late'

/** A way to a server that breaks at the next commit. */
class BreakingRelay {
  url = ''
  next: Break | undefined
  /** Delivers the commit that is late. */
  deliver = () => {}

  static async start(t: Test, server: string): Promise<BreakingRelay> {
    const relay = new BreakingRelay()
    const url = new URL(server)
    // Nothing could be recognized in what is encrypted.
    url.searchParams.set('sslmode', 'disable')
    url.searchParams.delete('sslrootcert')
    const { hostname: host, port } = url
    const listener = createServer({ noDelay: true }, client =>
      relay.#join(client, connect({ host, port: Number(port), noDelay: true })),
    )
    listener.listen(0, '127.0.0.1')
    await once(listener, 'listening')
    t.teardown(() => listener.close())
    url.port = String((listener.address() as AddressInfo).port)
    relay.url = url.href
    return relay
  }

  #join(client: Socket, server: Socket): void {
    let isKept = false
    client.on('data', sent => {
      const broken = sent.includes('commit\0') ? this.next : undefined
      if (broken === undefined) return void server.write(sent)
      this.next = undefined
      if (broken === 'unheard') {
        server.removeAllListeners('data').once('data', () => client.destroy())
        return void server.write(sent)
      }
      isKept = broken === 'late'
      this.deliver = () => void server.end(sent)
      client.destroy()
    })
    server.on('data', answer => void client.write(answer))
    client.on('close', () => isKept || server.destroy())
    server.on('close', () => client.destroy())
    for (const socket of [client, server]) socket.on('error', () => socket.destroy())
  }
}

const country = { name: 'Norway', capital: 'Oslo', area: 385207 }
const keyed = { 'idempotency-key': 'k-1' }

async function total({ get }: Service): Promise<number> {
  return Number((await get('/countries', { prefer: 'count=exact' })).headers['x-total-count'])
}

async function start(t: Test): Promise<{ relay: BreakingRelay; service: Service }> {
  const relay = await BreakingRelay.start(t, await emptyPostgres(t))
  return { relay, service: await startService(t, relay.url) }
}

for (const [how, replayed] of [
  ['lost', undefined],
  ['unheard', 'true'],
] as const)
  t.test(
    `a commit that was ${how} is told as 503, and the same request again is done once`,
    async t => {
      const { relay, service } = await start(t)
      const before = await total(service)
      relay.next = how
      checkProblem(t, how, await service.post('/countries', country, keyed), 503)
      const again = await service.post('/countries', country, keyed)
      t.strictSame([again.status, again.headers['idempotent-replayed']], [201, replayed])
      t.equal(again.json.name, 'Norway')
      t.equal(await total(service), before + 1)
      const third = await service.post('/countries', country, keyed)
      t.strictSame([third.text, third.headers['idempotent-replayed']], [again.text, 'true'])
    },
  )

t.test(
  'while a commit may still arrive, the same request again waits for it, and is replayed',
  async t => {
    const { relay, service } = await start(t)
    const before = await total(service)
    const sql = await beside(t, service.store)
    relay.next = 'late'
    checkProblem(t, 'late', await service.post('/countries', country, keyed), 503)
    t.equal(await total(service), before)

    const again = service.post('/countries', country, keyed)
    const waiting = () => sql`
    select 1 from pg_locks l join pg_stat_activity a on a.pid = l.pid
    where not l.granted and l.locktype = 'transactionid' and a.query like '%idempotency_records%'`
    while ((await waiting()).length === 0);
    relay.deliver()
    const { status, headers } = await again
    t.strictSame([status, headers['idempotent-replayed']], [201, 'true'])
    t.equal(await total(service), before + 1)
  },
)

t.test(
  'a refusal whose storing is not heard is told as 503, and is the same when the request is sent again',
  async t => {
    const { relay, service } = await start(t)
    const taken = { id: 1, ...country }
    // The first transaction is rolled back; the commit is that of the one that stores the refusal.
    relay.next = 'unheard'
    checkProblem(t, 'unheard', await service.post('/countries', taken, keyed), 503)
    const again = await service.post('/countries', taken, keyed)
    t.strictSame([again.status, again.headers['idempotent-replayed']], [409, 'true'])
  },
)
