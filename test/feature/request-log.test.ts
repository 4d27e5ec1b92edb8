// The lines about requests: all, some or the remarkable ones, with where their time went, under the id that callers see.

import { setTimeout } from 'node:timers/promises'
import { parseTrustedProxies } from '../../src/access/trusted-proxies.ts'
import { resource, Type } from '../../src/restwell.ts'
import { holder, required } from '../support/access.ts'
import { type Entry, LogLines } from '../support/lines.ts'
import { feature } from '../support/service.ts'
import { listen } from '../support/wire.ts'

const lines = new LogLines()
const uuid = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/
const { logger } = lines

/** The lines about requests, once there are so many. */
async function requestLines(count: number): Promise<Entry[]> {
  const found: Entry[] = []
  for (;;) {
    found.push(...lines.take().filter(({ msg }) => msg.endsWith('request')))
    if (found.length >= count) return found
    await setTimeout(10)
  }
}

feature(
  'every response has an id, by which its problem and its lines in the log are found',
  async (t, service) => {
    const { get, request } = service
    const wire = await listen(t, service)
    const answers = [
      await get('/countries/1'),
      await get('/countries/99999'),
      await get('/countries/%zz'),
      await get('/nothing'),
      await request('OPTIONS', '/countries'),
      await request('DELETE', '/countries'),
    ]
    for (const { headers } of answers) t.match(headers['request-id'], uuid)
    const ids = new Set(answers.map(({ headers }) => headers['request-id']))
    t.equal(ids.size, answers.length, 'each has its own')
    for (const { json, headers } of answers.filter(({ status }) => status >= 400))
      t.equal(json.instance, `urn:uuid:${headers['request-id']}`)
    const entries = await requestLines(answers.length)
    t.strictSame(new Set(entries.map(({ reqId }) => reqId)), ids)

    lines.take()
    const [refused] = await wire.send('FOO / HTTP/1.1\r\nHost: x\r\n\r\n')
    const id = refused?.headers['request-id']
    t.match(refused?.text, `"instance":"urn:uuid:${id}"`)
    t.match(lines.take(), [{ event: 'input_validation_fail', reqId: id, status: 501 }])
  },
  { logger, logRequests: 1 },
)

const given = '0123456789abcdef0123456789ABCDEF'

for (const [name, trusted, taken] of [
  ['a proxy that is trusted', '127.0.0.1', true],
  ['anybody else', '10.0.0.1', false],
] as const)
  feature(
    `the id that ${name} gives is ${taken ? 'taken over' : 'ignored'}`,
    async (t, { get }) => {
      const answer = await get('/countries/99999', { 'x-request-id': given })
      t.equal(answer.headers['request-id'] === given, taken)
      t.equal(answer.json.instance === `urn:uuid:${given}`, taken)
      const forged = await get('/countries/1', { 'x-request-id': 'x"}' })
      t.match(forged.headers['request-id'], uuid)
    },
    { web: { trustProxy: parseTrustedProxies(trusted) } },
  )

feature(
  'a line says who asked for what, how it ended, and where the time went',
  async (t, { request, store }) => {
    const { headers, id } = await holder(store, ['*'])
    lines.take()
    const url = '/countries/1?fields=name&key=rw%5Flive_abc'
    const answer = await request('GET', url, { headers, from: '10.1.2.3' })
    const [asked] = await requestLines(1)
    t.notOk('receiving' in (asked ?? {}), 'there was no body')
    t.match(asked, {
      level: 30,
      msg: 'request',
      reqId: answer.headers['request-id'],
      method: 'GET',
      route: '/countries/{id}',
      url: '/countries/1?fields=name&key=…',
      status: 400,
      address: '10.1.2.3',
      caller: `key:${id}`,
      milliseconds: Number,
      instance: answer.json.instance,
    })
    const json = { name: 'Peru', capital: 'Lima', area: 1285216 }
    await request('POST', '/countries', { headers, json })
    const [line] = await requestLines(1)
    t.match(line, { route: '/countries', status: 201, receiving: Number, database: Number })
    t.match(line, { waiting: Number })
    t.notOk('instance' in (line ?? {}))
  },
  { logger, logRequests: 1, access: required },
)

const notes = resource('notes', Type.Object({ text: Type.String() }), {
  description: 'Notes',
  hooks: {
    beforeWrite({ after }) {
      if (after?.text === 'break') throw new Error('broken')
      if (after?.text === 'loop')
        for (const end = performance.now() + 1010; performance.now() < end; );
    },
  },
})

feature(
  'without a share only what fails is told, a fault in the line that has its error',
  async (t, { get, post, store }) => {
    lines.take()
    await get('/notes')
    await get('/notes/9')
    t.strictSame(lines.take(), [])
    const { json } = await post('/notes', { text: 'break' })
    const fault = { method: 'POST', route: '/notes', status: 500, caller: 'open', url: '/notes' }
    t.match(lines.take(), [{ level: 50, ...fault, address: '127.0.0.1', instance: json.instance }])
    await store.close()
    for (let n = 0; n < 12; n++) await get('/health')
    const told = lines.take()
    t.equal(told.length, 12, 'a store that is closed is a fault each time')
  },
  { resources: [notes], logger },
)

feature(
  'of failures without a fault ten are told, and then how many there were',
  async (t, { app, get }) => {
    lines.take()
    app.stopping = true
    for (let n = 0; n < 12; n++) await get('/readyz')
    const told = lines.take()
    t.equal(told.length, 10)
    t.match(told[0], { level: 40, event: 'request_failed', route: '/readyz', status: 503 })
    app.stopping = false
  },
  { logger },
)

feature(
  'a slow request is told, with its time in the database',
  async (t, { post }) => {
    lines.take()
    await post('/notes', { text: 'loop' })
    const [line] = await requestLines(1)
    t.match(line, { level: 40, event: 'request_slow', route: '/notes', status: 201 })
    for (const time of ['milliseconds', 'database']) t.ok(Number(line?.[time]) > 1000, time)
    for (const time of ['receiving', 'waiting']) t.ok(Number(line?.[time]) < 1000, time)
  },
  { resources: [notes], logger },
)

feature(
  'half of the requests can be told',
  async (t, { get }) => {
    for (let n = 0; n < 200; n++) await get('/countries/1')
    const told = lines.take().length
    t.ok(told > 40 && told < 160, `${told} of 200`)
  },
  { logger, logRequests: 0.5 },
)

const head = 'Host: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n'

feature(
  'aborted requests are told and counted, and are no answers',
  async (t, service) => {
    const { metrics } = service
    const socket = (await listen(t, service)).open()
    socket.write(`POST /countries HTTP/1.1\r\n${head}{"name":`, () => socket.destroy())
    const [line] = await requestLines(1)
    t.match(line, { event: 'request_aborted', method: 'POST', route: '/countries', aborted: true })
    t.notOk('status' in (line ?? {}), 'nothing was sent')
    const text = await metrics?.text()
    t.match(text, 'restwell_aborted_requests_total{method="POST",route="/countries"} 1')
    t.notMatch(text, 'http_request_duration_seconds_count{')
  },
  { logger, measured: true },
)
