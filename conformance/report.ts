// The fuzzer's own report (NDJSON, one event a line) read as exchanges.

import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import type { Exchange } from './breadth.ts'

interface Case {
  readonly method: string
  readonly path: string
  readonly media_type?: string
  readonly path_parameters?: object
  readonly query?: object
  readonly headers?: object
}

interface Event {
  readonly ScenarioFinished?: {
    readonly recorder: {
      readonly cases: Readonly<Record<string, { readonly value: Case }>>
      readonly interactions?: Readonly<
        Record<string, { readonly response: { readonly status_code: number } | null }>
      >
    }
  }
}

/** Every exchange of a run. The file may have hundreds of megabytes. */
export async function readExchanges(file: string): Promise<Exchange[]> {
  const exchanges: Exchange[] = []
  for await (const line of createInterface(createReadStream(file))) {
    if (!line.startsWith('{"ScenarioFinished"')) continue
    const { recorder } = (JSON.parse(line) as Required<Event>).ScenarioFinished
    for (const [id, { response }] of Object.entries(recorder.interactions ?? {})) {
      const value = recorder.cases[id]?.value
      if (value !== undefined) exchanges.push(toExchange(value, response?.status_code))
    }
  }
  return exchanges
}

function toExchange(
  { method, path, media_type, ...sent }: Case,
  status: number | undefined,
): Exchange {
  const parameters = [
    ...named('path', sent.path_parameters),
    ...named('query', sent.query),
    ...named('header', sent.headers),
  ]
  return { operation: `${method} ${path}`, parameters, mediaType: media_type, status }
}

function named(place: string, values: object = {}): string[] {
  return Object.keys(values).map(name => `${place}:${name}`)
}
