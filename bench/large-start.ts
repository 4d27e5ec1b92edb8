// `npm run bench:large`: the start of a service of many resources, and its document; and the start over a file of many rows.

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { loadavg } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { startSettings } from './process.ts'
import { circumstances, progress, writeSection } from './readme.ts'
import { filledFile, folder } from './rows.ts'
import { toTable } from './summary.ts'

const { values: options } = parseArgs({
  options: {
    resources: { type: 'string', default: '50,100,200' },
    rows: { type: 'string', default: '10000000' },
    write: { type: 'boolean', default: false },
  },
})

const root = resolve(import.meta.dirname, '..')
const settings = startSettings()
const ticksPerSecond = 100

interface Started {
  readonly child: ChildProcess
  readonly address: string
  /** In seconds, until it said that it serves. */
  readonly ready: number
}

async function start(cwd: string, environment: Record<string, string>): Promise<Started> {
  const begun = performance.now()
  const child = spawn(process.execPath, [...settings.flags, join(root, 'src/cli.ts'), 'serve'], {
    cwd,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      PATH: process.env.PATH,
      PORT: '0',
      LOG_LEVEL: 'error',
      ...settings.environment,
      ...environment,
    },
  })
  for await (const line of createInterface({ input: child.stdout })) {
    const address = /http:\/\/127\.0\.0\.1:\d+$/.exec(line)?.[0]
    if (address !== undefined) return { child, address, ready: (performance.now() - begun) / 1000 }
  }
  throw new Error('The service ended before it listened.')
}

/** In seconds; of the process, with its threads. */
function processorTime({ pid }: ChildProcess): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? []
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond
}

function residentMemory({ pid }: ChildProcess): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024
}

async function stop({ child }: Started, signal: NodeJS.Signals): Promise<void> {
  const ended = once(child, 'exit')
  child.kill(signal)
  await ended
}

/** Scalar fields of four kinds in turn. */
function definition(number: number): string {
  const kinds = [
    'Type.String({ maxLength: 80 })',
    'Type.Integer()',
    "Type.String({ format: 'date-time' })",
    'Type.Boolean()',
  ]
  const fields = Array.from({ length: 20 }, (_, n) => `field${n}: ${kinds[n % kinds.length]}`)
  const name = `things_${number}`
  return `import { resource, Type } from 'restwell'
export const r${number} = resource('${name}', Type.Object({ ${fields.join(', ')} }), { description: 'Things' })`
}

function makeProject(count: number): string {
  const project = mkdtempSync(join(folder, 'large-'))
  mkdirSync(join(project, 'schemas'))
  for (let number = 0; number < count; number++)
    writeFileSync(join(project, `schemas/things-${number}.mjs`), definition(number))
  for (const name of ['service.yaml', 'package.json', 'src', 'node_modules'])
    symlinkSync(join(root, name), join(project, name))
  return project
}

const format = (figure: number, digits = 2) => figure.toFixed(digits)

/** The second of two starts, so that neither tables nor code are new. */
async function ofResources(count: number): Promise<string[]> {
  const project = makeProject(count)
  try {
    await stop(await start(project, {}), 'SIGTERM')
    const started = await start(project, {})
    const { child, address } = started
    const starting = processorTime(child)
    const begun = performance.now()
    const document = await (await fetch(`${address}/openapi.json`)).text()
    const taken = (performance.now() - begun) / 1000
    const figures = [format(started.ready), format(starting), format(taken)]
    const made = format(processorTime(child) - starting)
    await setTimeout(1000)
    const memory = format(residentMemory(child), 0)
    await stop(started, 'SIGTERM')
    return [String(count), ...figures, made, format(document.length / 1e6, 1), memory]
  } finally {
    rmSync(project, { recursive: true })
  }
}

/** After a clean stop, and after the process was killed. */
async function ofRows(count: number): Promise<string[][]> {
  const file = await filledFile('large', count)
  const environment = { DATABASE_URL: `sqlite:${file}`, SAMPLE_DATA: 'false' }
  const place = join(root, 'bench')
  const rows: string[][] = []
  await stop(await start(place, environment), 'SIGTERM')
  for (const [what, signal] of [
    ['a clean stop', 'SIGKILL'],
    ['a kill', 'SIGTERM'],
  ] as const) {
    const started = await start(place, environment)
    const used = format(processorTime(started.child))
    const { status } = await fetch(`${started.address}/articles/1`)
    if (status !== 200) throw new Error(`The first answer was ${status}.`)
    const body = JSON.stringify({ title: 'x' })
    const headers = { 'content-type': 'application/merge-patch+json' }
    await fetch(`${started.address}/articles/1`, { method: 'PATCH', headers, body })
    await stop(started, signal)
    rows.push([`${count.toLocaleString('en')} rows, after ${what}`, format(started.ready), used])
  }
  rmSync(file)
  return rows
}

mkdirSync(folder, { recursive: true })
const load = () => loadavg().map(Math.round).join(', ')
const before = load()
const many: string[][] = []
for (const count of options.resources.split(',').map(Number)) {
  progress(`${count} resources`)
  many.push(await ofResources(count))
}
progress('')
const filled = Number(options.rows) > 0 ? await ofRows(Number(options.rows)) : []
const text = [
  `${circumstances()} Load average ${before} before, ${load()} after.`,
  '',
  toTable(
    [
      'resources',
      'ready after s',
      'processor s',
      'document s',
      'its processor s',
      'MB',
      'resident MiB',
    ],
    many,
  ),
  '',
  toTable(['file', 'ready after s', 'processor s'], filled),
].join('\n')
console.log(text)
if (options.write) writeSection('large', text)
