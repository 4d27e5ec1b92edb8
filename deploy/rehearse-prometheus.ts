// `npm run rehearse:prometheus`: a real Prometheus watches a real service, and a collector takes its spans. Their counts are those of
// the requests, every expression of the dashboard has data, and every alert fires in a fault that is made for it. Minutes of the
// rules are seconds here. It needs the program `prometheus`, which Debian has in a package of that name; `otelcol` is the
// collector, if it is there, and otherwise a receiver of this rehearsal's own.

import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { parse, stringify } from 'yaml'
import { installPackages } from '../tools/install.ts'
import { type Collector, startCollector } from './rehearse-collector.ts'
import { gibibyte, makeProject, makers, task } from './rehearse-faults.ts'

interface Rule {
  readonly alert?: string
  readonly expr: string
  readonly for?: string
}

interface Alert {
  readonly labels: { readonly alertname: string }
  readonly state: string
}

const folder = mkdtempSync(join(tmpdir(), 'restwell-prometheus-'))

/** The rules with windows of ten seconds, after two, and with a disk of which two GiB less than are free now are enough. */
function hasten(rules: string): string {
  const { bavail, bsize } = statfsSync(folder)
  return rules
    .replaceAll(/\[\d+m\]/g, '[10s]')
    .replaceAll(/for: \d+m/g, 'for: 2s')
    .replace(String(gibibyte), String(bavail * bsize - 2 * gibibyte))
}

function writeSettings(target: number): void {
  writeFileSync(
    join(folder, 'rules.yaml'),
    hasten(readFileSync('deploy/prometheus/rules.yaml', 'utf8')),
  )
  const settings = parse(readFileSync('deploy/prometheus/compose.yaml', 'utf8'))
  settings.global = { scrape_interval: '1s', evaluation_interval: '1s' }
  settings.scrape_configs[0].static_configs[0].targets = [`127.0.0.1:${target}`]
  writeFileSync(join(folder, 'prometheus.yaml'), stringify(settings))
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' && address !== null ? address.port : 0
}

function startService(port: number, metrics: number, collector: string): ChildProcess {
  installPackages('tools/tracing')
  const tracing = `--import=${resolve('tools/tracing/register.ts')}`
  return spawn(process.execPath, [tracing, resolve('src/cli.ts'), 'serve'], {
    cwd: folder,
    stdio: 'ignore',
    env: {
      PATH: process.env.PATH,
      PORT: String(port),
      METRICS_PORT: String(metrics),
      DRAIN_SECONDS: '15',
      MAX_EVENT_LOOP_DELAY: '100',
      OTEL_EXPORTER_OTLP_ENDPOINT: collector,
      OTEL_BSP_MAX_QUEUE_SIZE: '100000',
    },
  })
}

function startPrometheus(port: number): ChildProcess {
  const settings = {
    'config.file': join(folder, 'prometheus.yaml'),
    'storage.tsdb.path': join(folder, 'series'),
    'web.listen-address': `127.0.0.1:${port}`,
    'log.level': 'error',
  }
  const options = Object.entries(settings).map(([name, value]) => `--${name}=${value}`)
  return spawn('prometheus', options, { stdio: ['ignore', 'ignore', 'inherit'] })
}

async function until<T>(what: string, ask: () => Promise<T | undefined>, seconds = 60): Promise<T> {
  const end = performance.now() + seconds * 1000
  for (;;) {
    const found = await ask().catch(() => undefined)
    if (found !== undefined) return found
    if (performance.now() > end) throw new Error(`It never came: ${what}`)
    await setTimeout(250)
  }
}

/** The API of Prometheus, and the service, by their ports. */
function callers(prometheus: number, service: number) {
  const ask = async (path: string) => {
    const response = await fetch(`http://127.0.0.1:${prometheus}/api/v1/${path}`)
    const { status, data, error } = (await response.json()) as Record<string, never>
    if (status !== 'success') throw new Error(`${path}: ${error}`)
    return data as unknown as { result: { value: [number, string] }[]; alerts: Alert[] }
  }
  const query = async (expression: string) =>
    (await ask(`query?query=${encodeURIComponent(expression)}`)).result
  const fires = async (name: string) =>
    (await ask('alerts')).alerts.some(
      ({ labels, state }) => labels.alertname === name && state === 'firing',
    )
  /** Gives the status. */
  const get = async (path: string, init: RequestInit = {}) => {
    const response = await fetch(`http://127.0.0.1:${service}${path}`, init)
    await response.arrayBuffer()
    return response.status
  }
  return { query, fires, get }
}

type Callers = ReturnType<typeof callers>

async function rehearse(): Promise<void> {
  makeProject(folder)
  const [port, metrics, own] = [await freePort(), await freePort(), await freePort()]
  writeSettings(metrics)
  const collector = await startCollector(folder, await freePort())
  const service = startService(port, metrics, collector.url)
  const prometheus = startPrometheus(own)
  try {
    const { query, fires, get } = callers(own, port)
    await until('the service', async () => (await get('/readyz')) === 200 || undefined)
    await until('the first scrape', async () => (await query('up == 1'))[0])
    await spansAreTrue(collector, await countsAreTrue(query, get))
    await dashboardHasData(query, get)
    await alertsFire(service, fires, get)
  } finally {
    service.kill('SIGKILL')
    prometheus.kill('SIGKILL')
    collector.close()
    await once(prometheus, 'exit')
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Sends requests, and asks Prometheus for as many with each method and status as were answered. Gives how many that were. */
async function countsAreTrue(
  query: Callers['query'],
  get: Callers['get'],
): Promise<ReadonlyMap<string, number>> {
  const answered = new Map<string, number>()
  const send = async (path: string, init: RequestInit = {}) => {
    const kind = `${init.method ?? 'GET'},${await get(path, init)}`
    answered.set(kind, (answered.get(kind) ?? 0) + 1)
  }
  for (let round = 0; round < 100; round++) {
    await send('/books/1')
    await send('/books/999999')
    await send('/tasks', task)
  }
  for (const [labels, sent] of answered) {
    const [method, status] = labels.split(',')
    const expression = `sum(http_request_duration_seconds_count{method="${method}",status="${status}",route=~"/(books/.id.|tasks)"})`
    await until(`${labels} ${sent}`, async () =>
      (await query(expression)).find(({ value }) => value[1] === String(sent)),
    )
    console.log(`counted: ${sent} of ${labels}`)
  }
  return answered
}

/** Each request has one span, and so has each row that was stored. */
async function spansAreTrue(
  { name, count }: Collector,
  answered: ReadonlyMap<string, number>,
): Promise<void> {
  const expected = {
    'GET /books/{id}': 200,
    'POST /tasks': 100,
    'INSERT tasks': answered.get('POST,201') ?? 0,
  }
  for (const [span, sent] of Object.entries(expected)) {
    await until(`${sent} spans ${span}`, async () => (count(span) === sent ? true : undefined))
    console.log(`${name}: ${sent} spans ${span}`)
  }
}

/** Prometheus is asked for each expression until it has data, while requests go on. */
async function dashboardHasData(query: Callers['query'], get: Callers['get']): Promise<void> {
  const { panels } = JSON.parse(readFileSync('deploy/grafana/restwell.json', 'utf8'))
  for (const { title, targets = [] } of panels)
    for (const { expr } of targets) {
      const expression = expr.replaceAll('$job', 'restwell').replaceAll('$__rate_interval', '10s')
      await until(`data for ${title}`, async () => {
        await get('/tasks', task)
        return (await query(expression)).find(({ value }) => value[1] !== 'NaN')
      })
      console.log(`dashboard: ${title}`)
    }
}

async function alertsFire(
  service: ChildProcess,
  fires: Callers['fires'],
  get: Callers['get'],
): Promise<void> {
  const { groups } = parse(readFileSync('deploy/prometheus/rules.yaml', 'utf8'))
  const alerts = groups.flatMap(({ rules }: { rules: Rule[] }) =>
    rules.flatMap(({ alert }) => alert ?? []),
  )
  const unmade = alerts.filter((name: string) => makers[name] === undefined)
  if (unmade.length > 0) throw new Error(`No fault is made for ${unmade.join(', ')}`)
  for (const [name, make] of Object.entries(makers)) {
    if (await fires(name)) throw new Error(`${name} fires before its fault`)
    await until(name, async () => {
      await make({ service, folder, get }).catch(() => {})
      return (await fires(name)) || undefined
    })
    console.log(`alert: ${name}`)
  }
}

execFileSync('prometheus', ['--version'])
await rehearse()
console.log('Prometheus counts, shows and alerts as it should, and the collector has all spans.')
