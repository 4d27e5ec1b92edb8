// `npm run test:tls`: what is tested on PostgreSQL 18 without TLS, on the oldest version that is supported, over TLS with
// SCRAM. `npm run test:pooler`: the features through PgBouncer in session mode. Both take the names of files to run less.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { globSync } from 'node:fs'
import { versions } from './postgres/servers.ts'
import { findPgBouncer, startPgBouncer } from './support/pgbouncer.ts'
import { startPostgres } from './support/postgres-server.ts'

const ends: (() => unknown)[] = []

interface Way {
  readonly files: readonly string[]
  readonly name: string
  readonly env: Readonly<Record<string, string>>
}

async function overTls(): Promise<Way> {
  const server = await startPostgres({ version: 'oldest', tls: true, durable: false })
  ends.unshift(() => server.stop())
  return {
    // All that reads and writes as clients do, and what the driver does when something breaks.
    files: [
      'test/feature/*.test.ts',
      'test/store/{*,postgres/*}.test.ts',
      'test/instances/{pages,races,start}.test.ts',
    ],
    name: `${versions.oldest.name} over TLS`,
    env: { TEST_POSTGRES_URL: server.url },
  }
}

async function throughPooler(): Promise<Way> {
  const program = findPgBouncer()
  if (program === undefined)
    throw new Error('There is no pgbouncer here (Debian: apt-get install pgbouncer).')
  const server = await startPostgres({ durable: false })
  ends.unshift(() => server.stop())
  const settings = ['pool_mode = session', 'default_pool_size = 250', 'max_client_conn = 1000']
  const teardown = (end: () => unknown) => void ends.unshift(end)
  const port = Number(new URL(server.url).port)
  const pooler = await startPgBouncer({ teardown }, { program, port, settings })
  return {
    files: ['test/feature/*.test.ts'],
    name: 'PostgreSQL through PgBouncer',
    env: { TEST_POSTGRES_URL: server.url, TEST_POSTGRES_POOLER: pooler },
  }
}

const ways: Readonly<Record<string, () => Promise<Way>>> = { tls: overTls, pooler: throughPooler }

async function run(way: string, named: readonly string[]): Promise<number | null> {
  const make = ways[way]
  if (make === undefined) throw new Error(`${way} is none of ${Object.keys(ways).join(', ')}`)
  const { files, name, env } = await make()
  const chosen = named.length > 0 ? named : globSync(files).sort()
  console.log(`${chosen.length} files on ${name}`)
  const tests = spawn(process.execPath, ['test/run.ts', ...chosen], {
    env: { ...process.env, ...env, TEST_DATABASE: 'postgres' },
    stdio: 'inherit',
  })
  const [code] = await once(tests, 'exit')
  return code
}

const [, , way = 'tls', ...named] = process.argv
let code: number | null = null
try {
  code = await run(way, named)
} finally {
  for (const end of ends) await end()
}
// Set as `exitCode` it would be lost: the embedded PostgreSQL ends the process by itself.
process.exit(code ?? 1)
