// A body that is sent part by part is broken off when it takes too long, and lets go of what it reads.

import type { FastifyRequest } from 'fastify'
import t from 'tap'
import { longBody } from '../../src/server/long-body.ts'
import { longestBody, Room } from '../../src/server/room.ts'

t.test('a part that comes too late is not sent', async t => {
  const { now } = performance
  t.teardown(() => {
    performance.now = now
  })
  const logged: string[] = []
  const request = {
    server: { stopping: false },
    raw: {},
    routeOptions: {},
    ip: '127.0.0.1',
    method: 'GET',
    url: '/books',
    log: { error: ({ err }: { err: Error }) => logged.push(err.message) },
  } as unknown as FastifyRequest
  const bytes = (text: string) => new TextEncoder().encode(text)
  let isOpen = true
  const parts = (async function* () {
    try {
      yield bytes('one')
      performance.now = () => now.call(performance) + longestBody
      yield bytes('two')
      yield bytes('three')
    } finally {
      isOpen = false
    }
  })()
  let text = ''
  const read = async () => {
    const body = longBody({ parts, request, room: new Room(), account: undefined })
    for await (const part of body) text += part
  }
  await t.rejects(read(), { message: /took too long/ })
  t.equal(text, 'onetwo')
  t.equal(logged.length, 1)
  t.notOk(isOpen)
})
