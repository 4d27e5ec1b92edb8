// The load of the benchmarks: it counts what was answered, and a wrong answer ends it.

import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import { measureAnswer, run } from '../../bench/load.ts'
import { summarize, summaryToText } from '../../bench/summary.ts'

async function listen(t: Test, listener: RequestListener): Promise<number> {
  const server = createServer(listener)
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => server.close())
  return (server.address() as AddressInfo).port
}

const requests = [
  { method: 'GET', path: '/one' },
  { method: 'POST', path: '/two', headers: { 'content-type': 'text/plain' }, body: 'zwölf' },
]
const limits = { connections: 3, seconds: 60, requests }

t.test('requests go out in turn, whole, as many as asked for', async t => {
  const seen: string[] = []
  const port = await listen(t, (request, response) => {
    let body = ''
    request.setEncoding('utf8').on('data', piece => {
      body += piece
    })
    request.on('end', () => {
      seen.push(`${request.method} ${request.url} ${body}`)
      response.end('x'.repeat(200_000))
    })
  })
  const { answers, median, p99 } = await run({ ...limits, port, answers: 10, status: 200 })
  t.equal(answers, 10)
  t.equal(seen.filter(line => line === 'GET /one ').length, 5)
  t.equal(seen.filter(line => line === 'POST /two zwölf').length, 5)
  t.ok(median > 0 && p99 >= median)
})

t.test(
  'an answer with another status, and a connection that ends before the answer, end the measurement',
  async t => {
    const refusing = await listen(t, (_request, response) => {
      response.statusCode = 503
      response.end('no')
    })
    await t.rejects(run({ ...limits, port: refusing, status: 200 }), {
      message: /^HTTP\/1\.1 503 /,
    })
    const silent = await listen(t, request => request.socket.destroy())
    await t.rejects(run({ ...limits, port: silent, status: 200 }))
  },
)

t.test('the length of an answer', async t => {
  const table: [text: string, expected: object | undefined][] = [
    ['HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok', { status: 200, length: 40 }],
    ['HTTP/1.1 200 OK\r\nContent-Length: 2\r\n', undefined],
    ['HTTP/1.1 204 No Content\r\n\r\n', { status: 204, length: 27 }],
    ['HTTP/1.1 304 Not Modified\r\ncontent-length: 10\r\n\r\n', { status: 304, length: 49 }],
  ]
  for (const [text, expected] of table)
    t.strictSame(measureAnswer(Buffer.from(text)), expected, text)
  t.throws(() =>
    measureAnswer(Buffer.from('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n')),
  )
})

t.test('figures are summed up by their median and ends', async t => {
  t.equal(summaryToText(summarize([3, 1, 2])), '2 (1–3)')
  t.equal(summaryToText(summarize([1000, 2000]), 1), '1,500.0 (1,000.0–2,000.0)')
})
