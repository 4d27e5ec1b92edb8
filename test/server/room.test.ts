// The books of what callers make the process hold.

import { EventEmitter } from 'node:events'
import type { Socket } from 'node:net'
import t from 'tap'
import { largeBytes, Room, smallBytes } from '../../src/server/room.ts'

const connection = () => new EventEmitter() as Socket
const total = 1024 * 1024

t.test(
  'so much is held for all connections together, and large things leave a quarter to small ones',
  async t => {
    const room = new Room({ total })
    const [one, other] = [room.begin(connection()), room.begin(connection())]
    room.hold(one, total / 2)
    t.ok(room.admits(total / 4))
    t.notOk(room.admits(total / 4 + 1))
    room.hold(other, total / 4)
    t.notOk(room.admits(largeBytes + 1))
    t.ok(room.admits(largeBytes))
    room.hold(other, total / 4)
    t.notOk(room.admits(largeBytes))
    t.ok(room.admits(smallBytes), 'what is small always may')
    t.equal(room.held, total)
  },
)

t.test('nothing is held for a finished request or a closed connection', async t => {
  const room = new Room({ total })
  const socket = connection()
  const account = room.begin(socket)
  room.hold(account, 10)
  room.answer(account, 20, 0)
  t.equal(room.held, 30)
  room.end(account, 30, 0)
  t.equal(room.held, 0)
  room.answer(account, 40, 0)
  socket.emit('close')
  t.equal(room.held, 0)
  room.hold(account, 50)
  room.answer(account, 50, 0)
  room.end(account, 100, 0)
  t.equal(room.held, 0, 'nor is what comes after that')
  t.strictSame(room.slowReaders(1e9), [])
})

t.test('an answer must be read at a rate, and within some time beside it', async t => {
  const room = new Room({ total, rate: 1000, gracePeriod: 50 })
  const account = room.begin(connection())
  room.answer(account, 500, 0)
  t.strictSame(room.slowReaders(550), [])
  t.strictSame(room.slowReaders(551), [account])
  room.end(account, 500, 551)
  t.strictSame(room.slowReaders(1e9), [], 'when it was read, nobody waits for it')
})

t.test(
  'asking for more does not lengthen the time for what is there, and reading does',
  async t => {
    const room = new Room({ total, rate: 1000, gracePeriod: 50 })
    const socket = connection()
    const account = room.begin(socket)
    room.answer(account, 500, 0)
    room.begin(socket)
    room.answer(account, 100, 500)
    t.strictSame(room.slowReaders(651), [account])
    room.end(account, 500, 640)
    t.strictSame(room.slowReaders(640 + 50 + 100), [])
    t.strictSame(room.slowReaders(640 + 50 + 101), [account])
  },
)

t.test('the requests of a connection are counted until each is over', async t => {
  const room = new Room({ total })
  const [socket, other] = [connection(), connection()]
  const account = room.begin(socket)
  t.equal(room.begin(socket), account)
  t.equal(room.begin(other).unanswered, 1)
  t.equal(account.unanswered, 2)
  room.end(account, 0, 0)
  t.equal(account.unanswered, 1)
})

t.test('a request without a response yet is not a slow reader', async t => {
  const room = new Room({ total, rate: 1000, gracePeriod: 50 })
  const account = room.begin(connection())
  room.hold(account, 1000)
  t.strictSame(room.slowReaders(1e9), [])
})
