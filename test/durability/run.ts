// `npm run test:durability`: the durability tests with many rounds. `--workers=4` runs each
// service with so many, and `--record` adds what they found to RELIABILITY.md.

import { spawnSync } from 'node:child_process'
import { globSync } from 'node:fs'
import { parseArgs } from 'node:util'

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '200' },
    workers: { type: 'string', default: '1' },
    record: { type: 'boolean', default: false },
  },
})

const files = positionals.length > 0 ? positionals : globSync('test/durability/*.test.ts')
const { status } = spawnSync(
  process.execPath,
  ['test/run.ts', '--timeout=7200', '--jobs=1', ...files],
  {
    stdio: 'inherit',
    env: {
      ...process.env,
      DURABILITY_ROUNDS: options.rounds,
      TEST_WORKERS: options.workers,
      ...(options.record && { DURABILITY_RECORD: 'yes' }),
    },
  },
)
process.exitCode = status ?? 1
