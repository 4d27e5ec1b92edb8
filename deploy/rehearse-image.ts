// The steps of the Dockerfile, done in empty folders without a container engine: it builds, starts, is found healthy,
// writes nowhere but under /data, and ends when it is told to. What it cannot do it refuses to skip.

import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { basename, join, sep } from 'node:path'
import { setTimeout } from 'node:timers/promises'

interface Stage {
  readonly root: string
  folder: string
  readonly environment: Record<string, string>
  command: readonly string[]
  healthcheck: readonly string[]
}

const everything = mkdtempSync(join(tmpdir(), 'restwell-image-'))
const stages = new Map<string, Stage>()
const sent = readFileSync('.dockerignore', 'utf8')
  .split('\n')
  .flatMap(line => (line.startsWith('!') ? [line.slice(1)] : []))

const steps: Record<string, (stage: Stage, text: string) => void> = {
  WORKDIR: (stage, folder) => {
    stage.folder = join(stage.root, folder)
    mkdirSync(stage.folder, { recursive: true })
  },
  ENV: (stage, text) => {
    for (const [, name = '', value = ''] of text.matchAll(/(\w+)=(\S+)/g))
      stage.environment[name] = value
  },
  COPY: copy,
  RUN: run,
  CMD: (stage, text) => {
    stage.command = JSON.parse(text)
  },
  HEALTHCHECK: (stage, text) => {
    stage.healthcheck = JSON.parse(text.slice(text.indexOf('CMD ') + 4))
  },
  USER: () => {},
  VOLUME: () => {},
  EXPOSE: () => {},
  STOPSIGNAL: () => {},
}

function build(): Stage {
  let stage: Stage | undefined
  const text = readFileSync('Dockerfile', 'utf8')
    .replaceAll(/^#.*\n/gm, '')
    .replaceAll(/\\\n/g, ' ')
  for (const line of text.split('\n').filter(Boolean)) {
    const [, name = '', rest = ''] = /^(\w+)\s+(.*)$/.exec(line) ?? []
    const step = steps[name]
    if (name === 'FROM') stage = from(rest)
    else if (step === undefined || stage === undefined)
      throw new Error(`Dockerfile: this cannot be rehearsed: ${line}`)
    else step(stage, rest.trim())
  }
  if (stage === undefined) throw new Error('Dockerfile: there is no stage')
  return stage
}

function from(text: string): Stage {
  const [image = '', , name = 'last'] = text.split(/\s+/)
  if (!image.startsWith(`node:${process.versions.node}-`))
    throw new Error(`This is Node.js ${process.version}, not ${image}.`)
  const root = join(everything, name)
  mkdirSync(root)
  const stage = { root, folder: root, environment: {}, command: [], healthcheck: [] }
  stages.set(name, stage)
  return stage
}

function copy(stage: Stage, text: string): void {
  const words = text.split(/\s+/)
  const other = words[0]?.startsWith('--from=')
    ? stages.get(String(words.shift()).slice(7))
    : undefined
  const target = words.pop() ?? ''
  for (const source of words) {
    if (other === undefined && !sent.includes(source))
      throw new Error(`.dockerignore leaves out ${source}.`)
    const into = join(
      stage.folder,
      target,
      words.length > 1 || target.endsWith('/') ? basename(source) : '',
    )
    cpSync(other === undefined ? source : join(other.root, source), into, { recursive: true })
  }
}

function run(stage: Stage, text: string): void {
  const [program = '', ...operands] = text.split(/\s+/)
  if (program === 'install') return void mkdirSync(join(stage.root, String(operands.at(-1))))
  if (program !== 'npm') throw new Error(`Dockerfile: this cannot be rehearsed: RUN ${text}`)
  execFileSync(program, operands, { cwd: stage.folder, stdio: 'inherit' })
}

/** Every file outside of /data with when it was last changed. */
function filesOf({ root }: Stage): string {
  const all = readdirSync(root, { recursive: true, encoding: 'utf8' }).sort()
  const files = all.filter(file => file !== 'data' && !file.startsWith(`data${sep}`))
  return files.map(file => `${file} ${statSync(join(root, file)).mtimeMs}`).join('\n')
}

function start({ root, folder, environment, command }: Stage, port: number) {
  const [program = '', ...operands] = command
  const inside = Object.entries(environment).map(([name, value]) => [
    name,
    value.replace(':/data', `:${root}/data`),
  ])
  const env = {
    PATH: process.env.PATH,
    ...Object.fromEntries(inside),
    AUTH: 'required',
    PORT: String(port),
  }
  return {
    child: spawn(program, operands, { cwd: folder, env, stdio: ['ignore', 'inherit', 'inherit'] }),
    env,
  }
}

async function waitUntilHealthy(
  { folder, healthcheck }: Stage,
  child: ChildProcess,
  env: NodeJS.ProcessEnv,
): Promise<void> {
  const [program = '', ...operands] = healthcheck
  for (let tries = 0; tries < 60 && child.exitCode === null; tries++) {
    const [code] = await once(
      spawn(program, operands, { cwd: folder, env, stdio: 'inherit' }),
      'exit',
    )
    if (code === 0) return
    await setTimeout(500)
  }
  throw new Error('It does not become healthy.')
}

function freePort(): Promise<number> {
  const probe = createServer()
  return new Promise(resolve => {
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number }
      probe.close(() => resolve(port))
    })
  })
}

try {
  const stage = build()
  const before = filesOf(stage)
  const { child, env } = start(stage, await freePort())
  await waitUntilHealthy(stage, child, env)
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  const [code] = await ended
  if (code !== 0) throw new Error(`Told to stop, it ended with ${code}.`)
  if (filesOf(stage) !== before) throw new Error('It wrote outside of /data.')
  console.log('The image as rehearsed: built, healthy, stopped; nothing written outside of /data.')
} finally {
  rmSync(everything, { recursive: true, force: true })
}
