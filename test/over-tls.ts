// `npm run test:tls`: what is tested on PostgreSQL 18 without TLS, on the oldest version that is supported, over TLS with
// SCRAM. `npm run test:tls -- test/feature/pages.test.ts` runs some of it.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { globSync } from 'node:fs'
import { versions } from './postgres/servers.ts'
import { startPostgres } from './support/postgres-server.ts'

/** All that reads and writes as clients do, and what the driver does when something breaks. */
const wanted = [
  'test/feature/*.test.ts',
  'test/store/{*,postgres/*}.test.ts',
  'test/instances/{pages,races,start}.test.ts',
]

const [, , ...named] = process.argv
const files = named.length > 0 ? named : globSync(wanted).sort()
// A crash of the whole machine is not among these tests.
const flags = ['-c', 'fsync=off', '-c', 'full_page_writes=off']
const server = await startPostgres({ version: 'oldest', tls: true, flags })
console.log(`${files.length} files on ${versions.oldest.name} over TLS`)
let code: number | null = null
try {
  const env = { ...process.env, TEST_POSTGRES_URL: server.url, TEST_DATABASE: 'postgres' }
  const tap = spawn('tap', ['--disable-coverage', '--reporter=terse', ...files], {
    env,
    stdio: 'inherit',
  })
  const [ended] = await once(tap, 'exit')
  code = ended
} finally {
  await server.stop()
}
// Set as `exitCode` it would be lost: the embedded PostgreSQL ends the process by itself.
process.exit(code ?? 1)
