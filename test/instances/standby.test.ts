// The primary is killed and its synchronous standby promoted: the service goes on through its second host.

import t from 'tap'
import { DatabaseServer, serverKinds } from '../support/database-server.ts'
import { send, startInstances, until } from '../support/instances.ts'
import { Writers } from '../support/writers.ts'

/** From now on the primary acknowledges what the standby has on disk too. */
async function makeSynchronous(primary: DatabaseServer, name: string): Promise<void> {
  await primary.sql(
    `alter system set synchronous_standby_names = '${name}'`,
    'select pg_reload_conf()',
  )
  const state = async () =>
    (await primary.sql('select sync_state from pg_stat_replication'))?.[0]?.sync_state
  while ((await state()) !== 'sync');
}

for (const [name, kind] of serverKinds) {
  t.test(
    `${name}: a synchronous standby takes over: nothing acknowledged is lost, and the service goes on`,
    async t => {
      const primary = await DatabaseServer.start(t, { kind })
      const standby = await primary.standby('second')
      await makeSynchronous(primary, 'second')
      const url = primary.urlWith([primary, standby])
      const instances = await startInstances(t, 2, { DATABASE_URL: url })
      const addresses = instances.map(({ address }) => address)
      const writers = new Writers(addresses)
      await writers.prepare(t, 16)

      const others = await writers.writeUntilRefused('before', 200, () => primary.crash())
      t.strictSame(others, [])
      for (const address of addresses) await until(503, () => send(address, 'GET', '/health'))
      await standby.promote()
      for (const address of addresses) await until(200, () => send(address, 'GET', '/health'))
      await writers.audit(t, standby, 'on the standby')
      await writers.retry()
      await writers.audit(t, standby, 'after the retries')
      await writers.settle(t, standby)
      t.comment(
        `acknowledged ${writers.acknowledged}, resolved by retrying ${JSON.stringify(writers.resolved)}`,
      )

      // What was the primary comes back as the standby of the other, or not at all; here it is set to take no writes.
      await standby.crash()
      for (const address of addresses) await until(503, () => send(address, 'GET', '/health'))
      await standby.begin()
      for (const address of addresses) await until(200, () => send(address, 'GET', '/health'))
      for (const instance of instances) t.equal(await instance.stop(), 0)
    },
  )

  t.test(`${name}: a commit that the standby does not confirm is not acknowledged`, async t => {
    const primary = await DatabaseServer.start(t, { kind })
    const standby = await primary.standby('second')
    await makeSynchronous(primary, 'second')
    const [instance] = await startInstances(t, 1, { DATABASE_URL: primary.url })
    const address = instance?.address ?? ''
    const post = (title: string) =>
      send(address, 'POST', '/todos', { userId: 1, title }, { 'idempotency-key': `"${title}"` })
    t.equal((await post('confirmed')).status, 201)
    standby.freeze()
    const asked = post('not confirmed')
    const waiting = async () =>
      (await primary.sql(`select pid from pg_stat_activity where wait_event = 'SyncRep'`))?.[0]?.pid
    let pid = await waiting()
    while (pid === undefined) pid = await waiting()
    // An administrator lets it go: it is committed here, and nowhere else.
    await primary.sql(`select pg_cancel_backend(${pid})`)
    t.equal((await asked).status, 503)
    standby.thaw()
    const again = await post('not confirmed')
    t.equal(again.status, 201)
    t.equal(again.headers.get('idempotent-replayed'), 'true')
  })
}
