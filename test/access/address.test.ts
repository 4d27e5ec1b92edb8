import fc from 'fast-check'
import t from 'tap'
import { addressGroup, canonicalAddress } from '../../src/access/address.ts'

t.test(
  'an IPv4 address is counted as it is, an IPv6 one by its first 64 bits, in whatever way it is written',
  async t => {
    const table: [source: string, ip: string, counted: string, logged: string][] = [
      ['IPv4', '192.0.2.1', '192.0.2.1', '192.0.2.1'],
      ['RFC 7239 §6: with a port', '192.0.2.1:47011', '192.0.2.1', '192.0.2.1'],
      ['RFC 7239 §6: with an obfuscated port', '192.0.2.1:_proxy', '192.0.2.1', '192.0.2.1'],
      ['RFC 7239 §4: quoted', '"192.0.2.1:47011"', '192.0.2.1', '192.0.2.1'],
      ['with blanks around it', ' 192.0.2.1\t', '192.0.2.1', '192.0.2.1'],
      ['RFC 4291 §2.5.5.2: IPv4-mapped', '::ffff:192.0.2.1', '192.0.2.1', '192.0.2.1'],
      ['RFC 4291 §2.5.5.2: in any case', '::FFFF:192.0.2.1', '192.0.2.1', '192.0.2.1'],
      ['RFC 4291 §2.5.5.2: in groups', '::ffff:c000:201', '192.0.2.1', '192.0.2.1'],
      ['RFC 4291 §2.5.5.2: in letters', '::ffff:c0a8:1aff', '192.168.26.255', '192.168.26.255'],
      ['RFC 4291 §2.5.5.2: in full', '0:0:0:0:0:FFFF:192.0.2.1', '192.0.2.1', '192.0.2.1'],
      ['RFC 4291 §2.5.5.2: with a port', '[::ffff:192.0.2.1]:47011', '192.0.2.1', '192.0.2.1'],
      ['RFC 4291 §2.2 1', '2001:db8:0:1:2:3:4:5', '2001:db8:0:1::/64', '2001:db8:0:1:2:3:4:5'],
      [
        'RFC 4291 §2.2 1: leading zeros',
        '2001:0db8:0000:0001:0:0:0:1',
        '2001:db8:0:1::/64',
        '2001:db8:0:1::1',
      ],
      [
        'RFC 4291 §2.2 2: zeros at the end',
        '2001:db8:0:1::',
        '2001:db8:0:1::/64',
        '2001:db8:0:1::',
      ],
      ['RFC 4291 §2.2 2: zeros within', '2001:db8::1', '2001:db8:0:0::/64', '2001:db8::1'],
      ['RFC 4291 §2.2 2: zeros at the start', '::1', '0:0:0:0::/64', '::1'],
      ['RFC 4291 §2.2 2: all zeros', '::', '0:0:0:0::/64', '::'],
      [
        'RFC 4291 §2.2 2: zeros within the first half',
        '2001::a:b:c:d:e',
        '2001:0:0:a::/64',
        '2001::a:b:c:d:e',
      ],
      ['RFC 4291 §2.2 3', '64:ff9b::192.0.2.1', '64:ff9b:0:0::/64', '64:ff9b::c000:201'],
      [
        'RFC 4291 §2.2 3: all groups',
        '1:2:3:4:5:6:192.0.2.1',
        '1:2:3:4::/64',
        '1:2:3:4:5:6:c000:201',
      ],
      ['RFC 5952 §4.3: in any case', '2001:DB8::A', '2001:db8:0:0::/64', '2001:db8::a'],
      ['RFC 4007 §11: a zone', 'fe80::1%eth0', 'fe80:0:0:0::/64', 'fe80::1'],
      ['RFC 7239 §6: brackets', '[2001:db8::1]', '2001:db8:0:0::/64', '2001:db8::1'],
      [
        'RFC 7239 §6: brackets and a port',
        '[2001:db8::1]:4711',
        '2001:db8:0:0::/64',
        '2001:db8::1',
      ],
      [
        'RFC 7239 §6: as it stands in Forwarded',
        '"[2001:DB8::1%eth0]:_x"',
        '2001:db8:0:0::/64',
        '2001:db8::1',
      ],
    ]
    for (const [source, ip, counted, logged] of table)
      t.strictSame([addressGroup(ip), canonicalAddress(ip)], [counted, logged], source)
  },
)

t.test('texts that are no address all count as one caller', async t => {
  const table = [
    '',
    'unknown',
    '_hidden',
    '_SEVKISEK',
    '192.0.2',
    '192.0.2.256',
    '192.0.2.1:999999',
    '192.0.02.1',
  ]
  const more = [
    '[192.0.2.1',
    '::1]:80',
    '1:2:3',
    '[]',
    '[]:80',
    '"',
    '""',
    'a:b',
    'localhost',
    '192.0.2.1, 192.0.2.2',
    'é',
    'a\nb',
  ]
  for (const text of [...table, ...more, undefined])
    t.strictSame([addressGroup(text), canonicalAddress(text)], ['unknown', 'unknown'], String(text))
  fc.assert(
    fc.property(fc.string({ maxLength: 40 }), text => {
      const address = canonicalAddress(text)
      return canonicalAddress(address) === address && addressGroup(address) === addressGroup(text)
    }),
  )
})

t.test('every way of writing an address gives the same one', async t => {
  const groups = fc.array(fc.integer({ min: 0, max: 0xffff }), { minLength: 8, maxLength: 8 })
  fc.assert(
    fc.property(groups, numbers => {
      const written = (form: (group: string) => string) =>
        numbers.map(number => form(number.toString(16))).join(':')
      const ways = [
        written(group => group),
        written(group => group.padStart(4, '0')),
        written(group => group.toUpperCase()),
        `[${written(group => group)}]:443`,
        `${written(group => group)}%0`,
        canonicalAddress(written(group => group)),
      ]
      return (
        new Set(ways.map(addressGroup)).size === 1 && new Set(ways.map(canonicalAddress)).size === 1
      )
    }),
  )
  t.pass()
})
