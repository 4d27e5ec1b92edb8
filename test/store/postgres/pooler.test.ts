// PgBouncer between the service and PostgreSQL: in transaction mode it is refused, in session mode it is as good as none.

import t, { type Test } from 'tap'
import { postgresDialect } from '../../../src/store/postgres/dialect.ts'
import { openPostgres } from '../../../src/store/postgres/driver.ts'
import type { Store } from '../../../src/store/store.ts'
import { DatabaseServer } from '../../support/database-server.ts'
import { findPgBouncer, startPgBouncer } from '../../support/pgbouncer.ts'

const program = findPgBouncer() ?? ''
const skip =
  program === '' &&
  !process.env.CI &&
  'there is no pgbouncer here (Debian: apt-get install pgbouncer)'
const ignoring =
  'ignore_startup_parameters = statement_timeout, lock_timeout, idle_in_transaction_session_timeout'
const limits = ['statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout']
const readLimits = {
  text: `select ${limits.map(name => `current_setting('${name}')`).join(', ')}`,
  values: [],
}

t.test('poolers', { skip }, async t => {
  const { port } = await DatabaseServer.start(t)
  /** A store that would wait for longer than a test may take. */
  const open = async (t: Test, settings: readonly string[]): Promise<Store> => {
    const url = await startPgBouncer(t, { program, port, settings })
    const store = openPostgres({ url, dialect: postgresDialect, startTimeout: 3_600_000 })
    t.teardown(() => store.close())
    return store
  }

  const refused: [settings: string[], message: RegExp][] = [
    [
      ['pool_mode = transaction'],
      /cannot be used: .* A connection pooler in transaction mode .*: take the address of PostgreSQL itself/,
    ],
    [['pool_mode = transaction', ignoring], /pooler in transaction mode/],
    [
      ['pool_mode = transaction', ignoring, 'server_round_robin = 1', 'min_pool_size = 5'],
      /pooler in transaction mode/,
    ],
    [['pool_mode = transaction', ignoring, 'default_pool_size = 1'], /pooler in transaction mode/],
    [['pool_mode = statement', ignoring], /pooler in transaction mode/],
  ]
  for (const [settings, message] of refused)
    await t.test(`${settings.join(', ')}: refused at once`, async t => {
      await t.rejects((await open(t, settings)).query(readLimits), { code: 'unavailable', message })
    })

  await t.test('in transaction mode, while others use it too: refused', async t => {
    const url = await startPgBouncer(t, {
      program,
      port,
      settings: ['pool_mode = transaction', ignoring],
    })
    for (let n = 0; n < 5; n++) {
      const store = openPostgres({ url, dialect: postgresDialect, startTimeout: 3_600_000 })
      t.teardown(() => store.close())
      await t.rejects(store.query(readLimits), { message: /pooler in transaction mode/ })
    }
  })

  for (const settings of [['pool_mode = session'], ['pool_mode = session', ignoring]])
    await t.test(`${settings.join(', ')}: its sessions have the limits`, async t => {
      const store = await open(t, settings)
      const asked = Array.from({ length: 30 }, () => store.query(readLimits))
      for (const rows of await Promise.all(asked)) t.strictSame(rows, [['10s', '3s', '10s']])
    })
})
