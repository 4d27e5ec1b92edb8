// Holds the running service against its document with schemathesis, over each database.

import { spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { closeSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { executable } from '../test/support/python.ts'
import { type Breadth, breadthOf, breadthToText, type Document } from './breadth.ts'
import { readExchanges } from './report.ts'
import { type DatabaseName, databases, type Running, startService } from './service.ts'

const usage = `Usage: npm run conformance -- [--database sqlite|postgres] [--seed NUMBER] [--examples NUMBER] [--project FOLDER]

  --database  only this one; both by default
  --project   the folder of another service, such as examples/shop
  --seed      repeats the cases of an earlier run; a new one by default
  --examples  cases of the fuzzing phase for each operation, 10 by default`

/** Fewer say too little: what a run must have sent to one database. */
const leastExchanges = 5000

interface Run {
  readonly database: DatabaseName
  readonly seed: string
  readonly examples: string
  readonly project: string
}

interface Report {
  readonly folder: string
  readonly events: string
  readonly log: string
}

/** Answers depend on what is stored by then, so not all of their statuses can be asked for. */
function isBroad({ exchanges, operations, parameters, bodies }: Breadth): boolean {
  return (
    exchanges >= leastExchanges &&
    [operations, parameters, bodies].every(({ missed }) => missed.length === 0)
  )
}

/** Whether all checks hold and enough was tried. */
async function conforms(run: Run): Promise<boolean> {
  const folder = join(import.meta.dirname, 'report', run.project, run.database)
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const service = await startService(run)
  try {
    const document = (await (await fetch(`${service.address}/openapi.json`)).json()) as Document
    const events = join(folder, 'events.ndjson')
    const log = join(folder, 'schemathesis.log')
    const agrees = await fuzz(service, { ...run, folder, events, log })
    const passed = agrees && service.faults.length === 0
    const breadth = breadthOf(document, await readExchanges(events))
    if (!agrees) console.log(readFileSync(log, 'utf8'))
    console.log(`\n${run.database}, seed ${run.seed}: ${passed ? 'every check holds' : 'FAILED'}`)
    if (service.faults.length > 0) console.log(`  faults in the log: ${service.faults.length}`)
    console.log(breadthToText(breadth))
    return passed && (run.project !== '.' || isBroad(breadth))
  } finally {
    await service.stop()
  }
}

/** What the fuzzer prints goes to the log: of a run in which every check holds, the breadth says more. */
async function fuzz({ address, key, keyId }: Running, run: Run & Report): Promise<boolean> {
  const config = join(import.meta.dirname, 'schemathesis.toml')
  // One worker: in several threads the `ast.parse` of Python 3.11, which the fuzzer calls, fails
  // now and then (python/cpython#106905).
  const options = [
    '--seed',
    run.seed,
    '--max-examples',
    run.examples,
    '--workers',
    '1',
    '--continue-on-failure',
  ]
  const report = ['--report', 'ndjson', '--report-ndjson-path', run.events]
  const operands = [
    '--config-file',
    config,
    '--no-color',
    'run',
    `${address}/openapi.json`,
    ...options,
    ...report,
  ]
  const settings = {
    SCHEMATHESIS_HOOKS: join(import.meta.dirname, 'hooks.py'),
    API_TOKEN: key,
    API_KEY_ID: keyId,
  }
  const log = openSync(run.log, 'w')
  const child = spawn(executable(import.meta.dirname, 'schemathesis'), operands, {
    cwd: run.folder,
    env: { ...process.env, ...settings },
    stdio: ['ignore', log, log],
  })
  closeSync(log)
  const [code] = await once(child, 'exit')
  return code === 0
}

function readRuns(): readonly Run[] {
  const { values } = parseArgs({
    options: {
      database: { type: 'string' },
      seed: { type: 'string', default: String(randomInt(2 ** 31)) },
      examples: { type: 'string', default: '10' },
      project: { type: 'string', default: '.' },
    },
  })
  const names = Object.keys(databases) as DatabaseName[]
  const chosen = names.filter(name => values.database === undefined || values.database === name)
  if (chosen.length === 0 || !/^\d+$/.test(values.seed) || !/^[1-9]\d*$/.test(values.examples))
    throw new Error(usage)
  const { seed, examples, project } = values
  return chosen.map(database => ({ database, seed, examples, project }))
}

// All databases at a time: a fuzzer and the service that it asks wait for each other.
const runs = await Promise.allSettled(readRuns().map(conforms))
for (const run of runs) if (run.status === 'rejected') console.error(run.reason)
const passed = runs.filter(run => run.status === 'fulfilled' && run.value).length
console.log(`databases: ${passed} passed, ${runs.length - passed} failed`)
// Set as `exitCode` it would be lost: the embedded PostgreSQL ends the process by itself.
process.exit(passed === runs.length ? 0 : 1)
