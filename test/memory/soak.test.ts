// Callers of every kind for a long time: what the process takes does not grow. `npm run soak` does so for an hour, or for
// as many minutes as SOAK_MINUTES says; among the other tests it takes less than a minute.

import { loadavg } from 'node:os'
import { setTimeout as pause } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { startSettings } from '../../bench/process.ts'
import { type Instance, startInstance, warning } from '../support/instances.ts'
import { freePort } from '../support/postgres-server.ts'
import { projectAt, run } from '../support/process.ts'
import { databases } from '../support/service.ts'
import { type Caller, Callers, everybody } from '../support/soak-calls.ts'
import {
  judge,
  lowest,
  processorTime,
  type Sample,
  toSample,
  toText,
} from '../support/soak-figures.ts'

const minutes = Number(process.env.SOAK_MINUTES ?? 0.75)
/** In ms. */
const duration = minutes * 60_000
const samples = 60
const looks = 6

interface Soaked extends Instance {
  readonly metrics: string
  readonly key: string
}

async function start(t: Test, url: string): Promise<Soaked> {
  const port = await freePort()
  const { environment: started, flags } = startSettings()
  const environment = {
    ...started,
    DATABASE_URL: url,
    METRICS_PORT: String(port),
    LOG_LEVEL: 'warn',
    SAMPLE_DATA: 'true',
    LIMITS: 'on',
    // However busy the machine is: nothing is refused for that.
    MAX_EVENT_LOOP_DELAY: '0',
  }
  const make = ['key', 'create', '--name', 'Soak', '--scope', '*', '--plan', 'unlimited']
  const { out, err } = await run(t, make, environment, projectAt(t.testdir()))
  if (out === '') throw new Error(err)
  const instance = await startInstance(t, environment, flags)
  return { ...instance, metrics: `http://127.0.0.1:${port}/metrics`, key: out.trim() }
}

/** Returns what went wrong, which ends nothing: what an hour has shown is told in any case. */
async function callOn(callers: Callers, { every, call }: Caller, end: number): Promise<string[]> {
  const wrong: string[] = []
  for (let n = 0; performance.now() < end; n++) {
    await call(callers, n).catch((error: Error) => wrong.push(error.message))
    await pause(every)
  }
  return wrong
}

const told = async ({ metrics }: Soaked) => (await fetch(metrics)).text()

async function watch(service: Soaked): Promise<Sample[]> {
  const found: Sample[] = []
  for (let sample = 0; sample < samples; sample++) {
    const looked: Sample[] = []
    for (let look = 0; look < looks; look++) {
      await pause(duration / samples / looks)
      looked.push(toSample(await told(service)))
    }
    found.push(lowest(looked))
  }
  return found
}

async function soak(t: Test, url: string): Promise<void> {
  t.setTimeout(2 * duration + 120_000)
  const service = await start(t, url)
  const callers = new Callers(service)
  await callers.prepare()
  const end = performance.now() + duration
  const [found, ...wrong] = await Promise.all([
    watch(service),
    ...everybody.map(caller => callOn(callers, caller, end)),
  ])
  const at = (share: number) => found[Math.round(share * (samples - 1))] ?? []
  const judged = judge(found.slice(samples / 4), minutes < 10)
  const moments = [
    ['start', at(0)],
    ['after the warm-up', at(1 / 4)],
    ['half', at(1 / 2)],
    ['three quarters', at(3 / 4)],
    ['end', at(1)],
  ] as const
  const processor = (100 * processorTime(await told(service))) / (minutes * 60)
  t.comment(
    `${minutes} minutes, ${callers.answered.toLocaleString('en')} responses and ${callers.refused} times 503, ${processor.toFixed(0)} % of a core, load ${loadavg().map(Math.round)}`,
  )
  t.comment(`\n${toText(moments, judged)}`)
  for (const { title, growth, isFlat } of judged)
    t.ok(isFlat, `${title}: ${growth.toFixed(1)} more than after the warm-up`)
  t.strictSame(wrong.flat().slice(0, 10), [], 'every response is the right one')
  const faults = service.log.filter(({ level, status }) => level > warning && status !== 503)
  t.strictSame(faults, [], 'nothing went wrong')
  t.ok(callers.refused < callers.answered / 100, 'hardly anybody is told to come again')
}

t.jobs = databases.length
for (const { name, url } of databases)
  t.test(`what a service takes does not grow (${name})`, { buffered: true }, async t =>
    soak(t, await url(t)),
  )
