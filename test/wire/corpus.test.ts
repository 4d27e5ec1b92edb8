// Raw bytes over real sockets: for each row of the corpus the exact answers, whether the connection can be used
// afterwards, that errors are problems, and that nothing was stored but what was answered with 201.

import type { Test } from 'tap'
import { checkProblem } from '../support/problem.ts'
import { feature, type Service } from '../support/service.ts'
import { Conversation, listen, openTo, type WireAnswer } from '../support/wire.ts'
import { fields } from './fields.ts'
import { framing } from './framing.ts'
import { expectations, pipelines, upgrades } from './order.ts'
import { requestLines } from './request-line.ts'
import { get, type Row } from './row.ts'

const groups: Readonly<Record<string, readonly Row[]>> = {
  'request lines': requestLines,
  'header fields': fields,
  'where a body ends': framing,
  'several requests on one connection': pipelines,
  'clients that wait before they send a body': expectations,
  'offers to change the protocol': upgrades,
}

/** A last request, which is answered only where the connection can be used. */
const last = get('/livez', 'Connection: close\r\n')

/** Gives the answers to a row; with the answer to a last request where the connection is to be open. */
async function converse(
  port: number,
  { sent, statuses, open, heads = [] }: Row,
): Promise<WireAnswer[]> {
  const socket = openTo(port)
  const conversation = new Conversation(socket, new Set(heads))
  const pieces = typeof sent === 'string' ? [{ text: sent, answers: statuses.length }] : sent
  for (const { text, answers } of pieces) {
    socket.write(text, 'latin1')
    await conversation.answers(answers)
  }
  if (open) socket.write(last)
  return conversation.toTheEnd()
}

async function countCars({ get }: Service): Promise<number> {
  return (await get('/cars?limit=1000')).json.length
}

async function check(t: Test, port: number, row: Row, service: Service): Promise<void> {
  const before = await countCars(service)
  const answers = await converse(port, row)
  const at = `${row.what} (${row.source})`
  const statuses = row.open ? [...row.statuses, 200] : row.statuses
  t.strictSame(
    answers.map(answer => answer.status),
    statuses,
    at,
  )
  t.equal((await countCars(service)) - before, row.stored ?? 0, `${at}: what was stored`)
  for (const [index, answer] of answers.entries())
    if (answer.status >= 400 && !row.heads?.includes(index))
      checkProblem(t, `${at}: the problem`, answer, answer.status)
  const closing = answers
    .filter(({ status }) => status >= 200)
    .map(({ headers }) => headers.connection?.toLowerCase() === 'close')
  t.strictSame(
    closing,
    closing.map((_, index) => index === closing.length - 1 && row.unannounced !== true),
    `${at}: the last answer alone says close`,
  )
}

for (const [group, rows] of Object.entries(groups))
  feature(`raw input: ${group}`, async (t, service) => {
    const { port } = await listen(t, service)
    for (const row of rows) await check(t, port, row, service)
    t.equal((await service.get('/cars/1')).status, 200, 'no car was deleted')
  })
