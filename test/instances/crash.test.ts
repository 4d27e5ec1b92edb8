// The database crashes under a load of writes, again and again: what was acknowledged is there, and nothing twice.

import t, { type Test } from 'tap'
import { DatabaseServer, type ServerKind, serverKinds } from '../support/database-server.ts'
import { send, startInstances, until } from '../support/instances.ts'
import { Writers } from '../support/writers.ts'

/** `npm run test:crash` has twenty. */
const rounds = Number(process.env.CRASH_ROUNDS ?? 3)
/** Of each instance. */
const workers = process.env.TEST_WORKERS ?? '1'
const number = 16

for (const [name, kind] of serverKinds)
  t.test(
    `${name} crashes ${rounds} times under a load of writes: nothing acknowledged is lost, nothing is there twice`,
    t => crashRepeatedly(t, kind),
  )

async function crashRepeatedly(t: Test, kind: ServerKind): Promise<void> {
  t.setTimeout(60_000 + rounds * 10_000)
  const database = await DatabaseServer.start(t, { kind })
  const instances = await startInstances(t, 2, {
    DATABASE_URL: database.url,
    WORKERS: workers,
  })
  const addresses = instances.map(({ address }) => address)
  const writers = new Writers(addresses)
  await writers.prepare(t, number)
  for (let round = 1; round <= rounds; round++) {
    const others = await writers.writeUntilRefused(`round ${round}`, 50 + round * 17, () =>
      database.crash(),
    )
    t.strictSame(others, [], 'nobody is told anything else than to try again')
    await database.begin()
    await writers.audit(t, database, `round ${round}`)
    for (const address of addresses) await until(200, () => send(address, 'GET', '/health'))
    await writers.retry()
  }
  await writers.audit(t, database, 'after the last retries')
  await writers.settle(t, database)
  const { acknowledged, resolved } = writers
  t.ok(resolved.again + resolved.before > 0, 'the crashes did leave requests open')
  t.comment(
    `workers ${workers}, rounds ${rounds}, acknowledged ${acknowledged}, resolved by retrying ${JSON.stringify(resolved)}`,
  )
  for (const instance of instances) {
    t.equal(await instance.stop(), 0)
    const lines = instance.log.map(({ msg }) => msg.replace(/[;:].*/, ''))
    const count = (wanted: string) => lines.filter(line => line === wanted).length
    const away = count('the database is away')
    // A worker that nobody has asked meanwhile has not noticed.
    t.ok(away >= rounds && away <= rounds * Number(workers), `it was away ${away} times`)
    t.equal(count('the database is back'), away)
  }
}
