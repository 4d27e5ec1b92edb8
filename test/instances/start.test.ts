// Sixteen instances that start at once on an empty database.

import t from 'tap'
import { send, startInstances, tally, warning } from '../support/instances.ts'
import { emptyPostgres } from '../support/postgres.ts'

t.test('all of them come up, none complains, and the tables are there once', async t => {
  // On a small machine that has other work, sixteen starts take their time.
  t.setTimeout(300_000)
  const instances = await startInstances(t, 16, {
    DATABASE_URL: await emptyPostgres(t),
    SAMPLE_DATA: 'true',
  })
  const lists = await Promise.all(instances.map(({ address }) => send(address, 'GET', '/cars')))
  t.strictSame(tally(lists), { 200: 16 })
  t.equal(new Set(lists.map(({ text }) => text)).size, 1)
  t.equal(lists[0]?.json.length, 3, 'the sample data is there once')
  const complaints = instances.flatMap(({ log }) => log.filter(({ level }) => level >= warning))
  t.strictSame(
    complaints.filter(({ msg }) => msg !== 'slow request'),
    [],
  )
  for (const code of await Promise.all(instances.map(instance => instance.stop()))) t.equal(code, 0)
})
