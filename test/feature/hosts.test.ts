// The names by which a service may be addressed: an open one on this machine is not for pages of others (DNS rebinding).

import { isLoopbackName } from '../../src/http/message.ts'
import { checkProblem } from '../support/problem.ts'
import { feature } from '../support/service.ts'
import { listen } from '../support/wire.ts'

const car = '{"model":"240SX","color":"Silver"}'
const store = (target: string, host: string) =>
  `POST ${target} HTTP/1.1\r\nHost: ${host}\r\nOrigin: http://${host}\r\nContent-Type: application/json\r\n` +
  `Connection: close\r\nContent-Length: ${car.length}\r\n\r\n${car}`

feature(
  'an open service on this machine is not reached by a name that somebody else has made to point here',
  async (t, service) => {
    const { send } = await listen(t, service)
    for (const [target, host] of [
      ['/cars', 'evil.example'],
      ['/cars', 'evil.example:3000'],
      ['/cars', 'localhost.evil.example'],
      ['/cars', '192.0.2.1'],
      ['http://evil.example/cars', 'localhost'],
    ] as const) {
      const [answer] = await send(store(target, host))
      if (answer !== undefined) checkProblem(t, `${target} at ${host}`, answer, 421)
    }
    t.equal((await service.get('/cars?limit=100')).json.length, 3, 'nothing was stored')
    for (const [target, host] of [
      ['/cars', 'localhost:3000'],
      ['/cars', '127.0.0.1'],
      ['/cars', '[::1]:3000'],
      ['http://localhost/cars', 'evil.example'],
    ] as const) {
      const [answer] = await send(store(target, host))
      t.equal(answer?.status, 201, `${target} at ${host}`)
    }
  },
  { web: { hosts: isLoopbackName } },
)
