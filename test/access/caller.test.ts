import t from 'tap'
import { type Caller, countedAs, network } from '../../src/access/caller.ts'

t.test('an IPv4 address is counted as it is, an IPv6 one by its first 64 bits', async t => {
  const table: [source: string, ip: string, expected: string][] = [
    ['IPv4', '192.0.2.1', '192.0.2.1'],
    ['RFC 4291 §2.5.5.2: IPv4-mapped', '::ffff:192.0.2.1', '192.0.2.1'],
    ['RFC 4291 §2.5.5.2: in any case', '::FFFF:192.0.2.1', '192.0.2.1'],
    ['RFC 4291 §2.2 1', '2001:db8:0:1:2:3:4:5', '2001:db8:0:1::/64'],
    ['RFC 4291 §2.2 1: leading zeros', '2001:0db8:0000:0001:0:0:0:1', '2001:db8:0:1::/64'],
    ['RFC 4291 §2.2 2: zeros at the end', '2001:db8:0:1::', '2001:db8:0:1::/64'],
    ['RFC 4291 §2.2 2: zeros within', '2001:db8::1', '2001:db8:0:0::/64'],
    ['RFC 4291 §2.2 2: zeros at the start', '::1', '0:0:0:0::/64'],
    ['RFC 4291 §2.2 2: all zeros', '::', '0:0:0:0::/64'],
    ['RFC 4291 §2.2 2: zeros within the first half', '2001::a:b:c:d:e', '2001:0:0:a::/64'],
    ['RFC 4291 §2.2 3', '64:ff9b::192.0.2.1', '64:ff9b:0:0::/64'],
    ['RFC 4291 §2.2 3: all groups', '1:2:3:4:5:6:192.0.2.1', '1:2:3:4::/64'],
    ['RFC 5952 §4.3: in any case', '2001:DB8::A', '2001:db8:0:0::/64'],
    ['RFC 4007 §11: a zone', 'fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['no address at all, as a proxy may say', 'unknown', 'unknown'],
  ]
  for (const [source, ip, expected] of table) t.equal(network(ip), expected, source)
})

t.test('who is known is counted by its name wherever it is, who is not by its address', async t => {
  const caller = (id: string, kind: Caller['kind']): Caller => ({ id, kind, plan: undefined })
  t.equal(countedAs(caller('key:7', 'key'), { ip: '192.0.2.1' }), 'key:7')
  t.equal(
    countedAs(caller('token:https://id.example#ada', 'token'), { ip: '192.0.2.1' }),
    'token:https://id.example#ada',
  )
  t.equal(countedAs(caller('anonymous', 'anonymous'), { ip: '192.0.2.1' }), 'address:192.0.2.1')
  t.equal(countedAs(caller('open', 'open'), { ip: '2001:db8::1' }), 'address:2001:db8:0:0::/64')
})
