// What the log has of a request: its id, which its caller sees in a problem, and the trace that its caller is part of.

import { pino } from 'pino'
import { feature } from '../support/service.ts'

const lines: string[] = []
const logger = pino({ level: 'debug' }, { write: line => lines.push(line) })
const traceId = '0af7651916cd43dd8448eb211c80319c'
const parentId = 'b7ad6b7169203331'

feature(
  'every line of a request has its id, and the ids of its trace where they are valid',
  async (t, { get, store }) => {
    const entriesOf = async (url: string, headers: Record<string, string>) => {
      lines.length = 0
      const received = await get(url, headers)
      return { received, entries: lines.map(line => JSON.parse(line)) }
    }
    const traced = await entriesOf('/countries/1', { traceparent: `00-${traceId}-${parentId}-01` })
    t.match(traced.entries, [
      {
        msg: 'request',
        method: 'GET',
        url: '/countries/1',
        status: 200,
        reqId: /^[\da-f-]{36}$/,
        traceId,
        parentId,
      },
    ])
    t.notMatch(traced.received.headers, { traceparent: String })

    for (const traceparent of [
      `00-${'0'.repeat(32)}-${parentId}-01`,
      '00-x"}\\n-1',
      `00-${traceId}`,
    ]) {
      const { received, entries } = await entriesOf('/countries/1', { traceparent })
      t.equal(received.status, 200, 'it is never a reason to refuse')
      t.notOk(
        entries.some(entry => 'traceId' in entry || 'parentId' in entry),
        traceparent,
      )
    }

    await store.close()
    const failed = await entriesOf('/countries/1', { traceparent: `00-${traceId}-${parentId}-00` })
    const [fault] = failed.entries
    t.match(fault, { level: 50, traceId, parentId })
    t.equal(`urn:uuid:${fault.reqId}`, failed.received.json.instance)
  },
  { logger },
)
