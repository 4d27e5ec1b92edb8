import t from 'tap'
import { type Counted, countedAs } from '../../src/access/caller.ts'

t.test(
  'known callers are counted by their name wherever they are, unknown ones by their address',
  async t => {
    const caller = (id: string, kind: Counted['kind']): Counted => ({ id, kind, plan: undefined })
    t.equal(countedAs(caller('key:7', 'key'), { ip: '192.0.2.1' }), 'key:7')
    t.equal(
      countedAs(caller('token:https://id.example#ada', 'token'), { ip: '192.0.2.1' }),
      'token:https://id.example#ada',
    )
    t.equal(countedAs(caller('anonymous', 'anonymous'), { ip: '192.0.2.1' }), 'address:192.0.2.1')
    t.equal(countedAs(caller('open', 'open'), { ip: '2001:db8::1' }), 'address:2001:db8:0:0::/64')
    t.equal(
      countedAs(caller('open', 'open'), { ip: undefined }),
      'address:unknown',
      'the connection has gone',
    )
  },
)
