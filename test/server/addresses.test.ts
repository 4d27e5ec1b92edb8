// Addresses that are found whatever the method, and those that need routes of their own for the methods that they do not have.

import t from 'tap'
import { Addresses } from '../../src/server/addresses.ts'

function addressesOf(...urls: readonly string[]): Addresses {
  const addresses = new Addresses()
  for (const url of urls) addresses.add(url, ['GET'], {})
  return addresses
}

t.test('an address is found as the router of the app finds one', async t => {
  const addresses = addressesOf('/books', '/books/:id', '/books/summary', '/files/*')
  for (const [target, url] of [
    ['/books', '/books'],
    ['/books/', '/books'],
    ['/b%6Foks?q=a/b', '/books'],
    ['/books/7', '/books/:id'],
    ['/books/a%2Fb/', '/books/:id'],
    ['/books/summary', '/books/summary'],
    ['/files/a/b', '/files/*'],
    ['/Books', undefined],
    ['/books/7/8', undefined],
    ['/books/%zz', undefined],
  ] as const)
    t.equal(addresses.find(target)?.url, url, target)
  t.equal(addresses.find(`/books/${'1'.repeat(1001)}`), null, 'one that cannot be read')
})

t.test('the methods of an address are those of all its routes', async t => {
  const addresses = new Addresses()
  addresses.add('/books', ['GET', 'HEAD'], {})
  addresses.add('/books', ['POST'], { 'accept-post': 'text/csv' })
  t.strictSame(addresses.find('/books'), {
    url: '/books',
    methods: new Set(['GET', 'HEAD', 'POST']),
    accepts: { 'accept-post': 'text/csv' },
  })
})

t.test('an address hides others that the router would find by other methods', async t => {
  for (const [urls, hiding] of [
    [['/', '/books', '/books/:id', '/books/:id/restore', '/cars', '/cars/:id'], []],
    [['/books/:id', '/books/summary'], ['/books/summary']],
    [['/books/:id/sales', '/books/summary/:page'], ['/books/summary/:page']],
    [
      ['/books/:id', '/books/:key'],
      ['/books/:id', '/books/:key'],
    ],
    [
      ['/books', '/books/'],
      ['/books', '/books/'],
    ],
    [['/:any', '/books', '/books/:id'], ['/books']],
    [['/:any/:id', '/books', '/books/:id'], ['/books/:id']],
    [
      ['/docs', '/docs/*', '/docs/a/b', '/books'],
      ['/docs', '/docs/*', '/docs/a/b'],
    ],
    [
      ['*', '/books'],
      ['*', '/books'],
    ],
    [
      ['/re/:id(^\\d+$)', '/re/:name', '/re/:name/x'],
      ['/re/:id(^\\d+$)', '/re/:name', '/re/:name/x'],
    ],
    [
      ['/opt/:a?', '/opt', '/op'],
      ['/opt/:a?', '/opt'],
    ],
  ] as const)
    t.strictSame(
      addressesOf(...urls)
        .hiding()
        .map(({ url }) => url),
      hiding,
      urls.join(' '),
    )
})
