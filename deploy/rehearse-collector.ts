// The collector of the rehearsal: `otelcol`, if it is installed, or else a receiver that counts what it is sent.

import { spawn, spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { json } from 'node:stream/consumers'
import { stringify } from 'yaml'

export interface Collector {
  readonly name: string
  readonly url: string
  /** How many spans of this name have come. */
  count(name: string): number
  close(): void
}

export async function startCollector(folder: string, port: number): Promise<Collector> {
  const isThere = spawnSync('otelcol', ['--version']).status === 0
  const url = `http://127.0.0.1:${port}`
  const counts = new Map<string, number>()
  const add = (name: string) => counts.set(name, (counts.get(name) ?? 0) + 1)
  const close = isThere ? runCollector(folder, port, add) : receive(port, add)
  const name = isThere ? 'otelcol' : 'a receiver'
  return { name, url, count: name => counts.get(name) ?? 0, close }
}

/** It writes a line for each span: its name, and the ids of its trace and of itself. */
function runCollector(folder: string, port: number, add: (name: string) => void): () => void {
  const file = join(folder, 'collector.yaml')
  const endpoint = `127.0.0.1:${port}`
  writeFileSync(
    file,
    stringify({
      receivers: { otlp: { protocols: { http: { endpoint } } } },
      exporters: { debug: { verbosity: 'normal' } },
      service: {
        telemetry: { metrics: { level: 'none' }, logs: { sampling: { enabled: false } } },
        pipelines: { traces: { receivers: ['otlp'], exporters: ['debug'] } },
      },
    }),
  )
  const collector = spawn('otelcol', ['--config', `file:${file}`], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  createInterface({ input: collector.stderr }).on('line', line => {
    const [, name] = /^(.+?) [0-9a-f]{32} [0-9a-f]{16}\b/.exec(line) ?? []
    if (name !== undefined) add(name)
  })
  return () => collector.kill('SIGKILL')
}

interface Sent {
  readonly resourceSpans: readonly {
    readonly scopeSpans: readonly { readonly spans: readonly { readonly name: string }[] }[]
  }[]
}

function receive(port: number, add: (name: string) => void): () => void {
  const server = createServer(async (request, response) => {
    const { resourceSpans } = (await json(request)) as Sent
    for (const { scopeSpans } of resourceSpans)
      for (const { spans } of scopeSpans) for (const { name } of spans) add(name)
    response.end('{}')
  }).listen(port, '127.0.0.1')
  return () => server.close().closeAllConnections()
}
