import fc from 'fast-check'
import t from 'tap'
import { linkHeader } from '../../src/http/link.ts'

t.test('RFC 8288 §3', async t => {
  const table: [section: string, links: Parameters<typeof linkHeader>[0], expected: string][] = [
    ['none', [], ''],
    ['§3.3', [{ href: '/countries?limit=2', rel: 'first' }], '</countries?limit=2>; rel="first"'],
    ['§3.3: several relations', [{ href: '/', rel: 'first prev' }], '</>; rel="first prev"'],
    [
      '§3.5: several links',
      [
        { href: '/countries?limit=2', rel: 'first' },
        { href: '/countries?limit=2&cursor=abc', rel: 'next' },
      ],
      '</countries?limit=2>; rel="first", </countries?limit=2&cursor=abc>; rel="next"',
    ],
    [
      '§3.4.1: type',
      [
        {
          href: 'https://api.example/openapi.json',
          rel: 'service-desc',
          type: 'application/vnd.oai.openapi+json;version=3.1',
        },
      ],
      '<https://api.example/openapi.json>; rel="service-desc"; type="application/vnd.oai.openapi+json;version=3.1"',
    ],
    ['RFC 9110 §5.6.4: quotes', [{ href: '/', rel: 'a"b\\c' }], '</>; rel="a\\"b\\\\c"'],
    [
      'RFC 3986 §2: what is encoded stays',
      [{ href: '/?q=a%20b+c', rel: 'self' }],
      '</?q=a%20b+c>; rel="self"',
    ],
    [
      'RFC 3986 §2: what may stand stays',
      [{ href: "/:/?#[]@!$&'()*+,;=-._~", rel: 'self' }],
      `</:/?#[]@!$&'()*+,;=-._~>; rel="self"`,
    ],
    [
      'RFC 3986 §2.1',
      [{ href: '/a b>"é\\^`{|}<', rel: 'self' }],
      '</a%20b%3E%22%C3%A9%5C%5E%60%7B%7C%7D%3C>; rel="self"',
    ],
    [
      'no line ends',
      [{ href: '/\r\nSet-Cookie: a=b', rel: 'self' }],
      '</%0D%0ASet-Cookie:%20a=b>; rel="self"',
    ],
    ['no half characters', [{ href: '/\ud83d', rel: 'self' }], '</%EF%BF%BD>; rel="self"'],
  ]
  for (const [section, links, expected] of table) t.equal(linkHeader(links), expected, section)
})

t.test('any href stays inside its brackets and means the same', async t => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), text => {
      const header = linkHeader([{ href: `/?q=${text}`, rel: 'self' }])
      const [, href = ''] = /^<([!-;=?-~]*)>; rel="self"$/.exec(header) ?? []
      t.ok(href, header)
      const encodeAll = encodeURIComponent(text.toWellFormed())
      t.equal(
        linkHeader([{ href: `/?q=${encodeAll}`, rel: 'self' }]),
        `</?q=${encodeAll}>; rel="self"`,
      )
    }),
  )
})
