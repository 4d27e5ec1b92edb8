import t from 'tap'
import { parseTrustedProxies } from '../../src/access/trusted-proxies.ts'

t.test('a proxy is believed in whatever way the next one writes its address', async t => {
  const table: [places: string, trusted: string[], others: string[]][] = [
    ['2', ['192.0.2.1', 'unknown'], []],
    [
      '10.0.0.0/8',
      ['10.1.2.3', '10.1.2.3:4000', '::ffff:10.1.2.3', '"[::FFFF:a01:203]:80"'],
      ['11.0.0.1', 'unknown', ''],
    ],
    ['192.0.2.1', ['192.0.2.1', '192.0.2.1:80'], ['192.0.2.2']],
    ['::ffff:10.0.0.0/104', ['10.1.2.3', '::ffff:10.1.2.3'], ['11.0.0.1']],
    [
      '2001:db8::/32, ::1',
      ['2001:DB8::7', '[2001:db8::7]:443', '::1', '0:0:0:0:0:0:0:1'],
      ['2001:db9::1', '::2'],
    ],
    [
      'loopback,linklocal,uniquelocal',
      [
        '127.0.0.2',
        '::1',
        '169.254.1.1',
        'fe80::1%eth0',
        '10.0.0.1',
        '172.31.0.1',
        '192.168.1.1',
        'fd00::1',
      ],
      ['172.32.0.1', '8.8.8.8', '2001:db8::1'],
    ],
  ]
  for (const [places, trusted, others] of table) {
    const trust = parseTrustedProxies(places)
    for (const address of trusted) t.ok(trust(address, 1), `${places}: ${address}`)
    for (const address of others) t.notOk(trust(address, 0), `${places}: ${address}`)
  }
  t.notOk(parseTrustedProxies('2')('192.0.2.1', 2), 'the third of two')
})

t.test('an entry that is no address is named', async t => {
  for (const place of [
    'true',
    '0',
    '10',
    '*',
    'proxy.example.com',
    '10.0.0.0/33',
    '10.0.0.0/',
    '10.0.0.0/-1',
    '::1/129',
    '::ffff:10.0.0.0/8',
    '[::1]',
    '10.0.0.1:80',
  ])
    t.throws(() => parseTrustedProxies(`127.0.0.1,${place}`), {
      message: `TRUST_PROXY names '${place}'; it must be addresses, networks such as 10.0.0.0/8, or a count up to 9`,
    })
})
