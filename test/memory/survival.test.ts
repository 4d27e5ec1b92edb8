// A process with 512 MiB survives whatever a hundred requests ask of it, at once and without reading what they asked for.
// `npm run test:memory` does so ten times, over PostgreSQL too.

import { connect, type Socket } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { emptyPostgres } from '../support/postgres.ts'
import { type Process, skip, start } from './process.ts'

const rounds = Number(process.env.MEMORY_ROUNDS ?? 1)
const most = 512
const head = (method: string, target: string, fields = '') =>
  `${method} ${target} HTTP/1.1\r\nHost: localhost\r\n${fields}\r\n`
const withBody = (method: string, target: string, body: string, type = 'application/json') =>
  head(method, target, `Content-Type: ${type}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n`) +
  body

const mebibyte = 1_048_576
const fill = (piece: string, first = '[', last = ']') =>
  first +
  `${piece},`.repeat(
    Math.floor((mebibyte - first.length - last.length - piece.length) / (piece.length + 1)),
  ) +
  piece +
  last
const texts = Object.fromEntries([...'abcdefgh'].map(name => [name, name.repeat(65_536)]))
const ids = Array.from({ length: 100 }, (_, index) => `id=${1e15 + index}`).join('&')

const attacks: readonly [what: string, request: string][] = [
  ['the largest page', head('GET', '/blobs?limit=1000')],
  [
    'the largest page, counted, sorted and filtered as far as an address goes',
    head(
      'GET',
      `/blobs?limit=1000&sort=-h,a&${ids}&a_contains=${'a'.repeat(900)}`,
      'Prefer: count=exact\r\n',
    ),
  ],
  ['pages on one connection after another', head('GET', '/blobs?limit=1000').repeat(100)],
  ['the document', head('GET', '/openapi.json') + head('GET', '/openapi.yaml')],
  [
    'a body nested as deeply as it may be',
    withBody('POST', '/blobs', '['.repeat(mebibyte / 2) + ']'.repeat(mebibyte / 2)),
  ],
  ['a body of objects without members', withBody('POST', '/blobs', fill('{}'))],
  [
    'a body of members that are not known',
    withBody('POST', '/blobs', `{${Array.from({ length: 90_000 }, (_, at) => `"k${at}":0`)}}`),
  ],
  [
    'a list of objects that lack every member',
    withBody('POST', '/blobs', fill('{}', '{"parts":[', ']}')),
  ],
  [
    'a patch of operations that are none',
    withBody('PATCH', '/blobs/1', fill('{}'), 'application/json-patch+json'),
  ],
  [
    'a patch that copies as much as it may',
    withBody(
      'PATCH',
      '/blobs/1',
      fill('{"op":"copy","from":"/a","path":"/b"}'),
      'application/json-patch+json',
    ),
  ],
  ['a row as large as it may be', withBody('POST', '/blobs', JSON.stringify(texts))],
  ['a change of a large row that changes nothing', withBody('PATCH', '/blobs/1', '{}').repeat(10)],
]

/** A hundred connections that ask and never read on. */
async function attack({ port }: Process, request: string): Promise<readonly Socket[]> {
  const sockets = Array.from({ length: 100 }, () => connect({ port, host: '127.0.0.1' }))
  for (const socket of sockets) {
    socket.on('error', () => {})
    socket.once('connect', () => socket.write(request))
  }
  return sockets
}

/** Until the first of an answer has come, or the connection is gone; some are told nothing while others are served. */
async function heard(socket: Socket): Promise<void> {
  const [first, end] = (['readable', 'close'] as const).map(
    name => new Promise(resolve => socket.once(name, resolve)),
  )
  await Promise.race([first, end, setTimeout(5_000, undefined, { ref: false })])
}

/** Waits for an answer, whatever it is: the service may be too busy to say 200, or to be reached at once. */
async function answered({ port, alive }: Process): Promise<number> {
  while (alive()) {
    const answer = await fetch(`http://127.0.0.1:${port}/livez`).catch(() => undefined)
    if (answer !== undefined) return answer.status
    await setTimeout(50)
  }
  return 0
}

async function survives(t: Test, url: string): Promise<void> {
  const service = await start(t, url, rounds === 1 ? 20 : 300)
  for (let round = 0; round < rounds; round++)
    for (const [what, request] of attacks) {
      const sockets = await attack(service, request)
      await Promise.all(sockets.map(heard))
      t.equal(await answered(service), 200, `${what}: the service lives`)
      const peak = service.peak()
      t.ok(peak < most, `${what}: ${peak.toFixed(0)} MiB at most`)
      for (const socket of sockets) socket.destroy()
    }
}

t.test('a process with 512 MiB survives what a hundred connections ask at once', skip, async t =>
  survives(t, `sqlite:${t.testdir()}/blobs.db`),
)

if (rounds > 1)
  t.test('the same over PostgreSQL', skip, async t => survives(t, await emptyPostgres(t)))
