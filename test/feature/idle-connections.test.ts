// What a kept connection makes the service hold between two requests.

import { setImmediate } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { feature } from '../support/service.ts'
import { Conversation, listen } from '../support/wire.ts'

setFlagsFromString('--expose-gc')
const collect: () => void = runInNewContext('gc')

/** Whether all are collected within so many turns: some are held by a microtask or a timer of Node's for a while. */
async function areCollected(references: readonly WeakRef<object>[], turns = 100): Promise<boolean> {
  for (let turn = 0; turn < turns; turn++) {
    await setImmediate()
    collect()
    if (references.every(reference => reference.deref() === undefined)) return true
  }
  return false
}

const body = '{"model":"240SX","color":"Silver"}'
const post = `POST /cars HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`

feature('an idle connection holds nothing of its earlier responses', async (t, service) => {
  const { open } = await listen(t, service)
  const references: WeakRef<object>[] = []
  service.app.server.prependListener('request', (request, response) => {
    references.push(new WeakRef(request), new WeakRef(response))
  })
  const socket = open()
  const conversation = new Conversation(socket)
  socket.write(post + post)
  t.strictSame(
    (await conversation.answers(2)).map(({ status }) => status),
    [201, 201],
  )
  t.equal(references.length, 4)
  t.ok(await areCollected(references))
})
