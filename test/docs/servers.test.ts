// The address that the document names: the one that is set, or else the one that the caller used.

import type { FastifyRequest } from 'fastify'
import t from 'tap'
import { anyOrigin, atOrigin, originFinder, serversAt } from '../../src/docs/servers.ts'

const asked = (host: string, headers: Record<string, string> = {}) =>
  ({ protocol: 'http', host, headers }) as unknown as FastifyRequest
const proxied = { forwarded: 'for=192.0.2.1' }

const table: [what: string, trusts: boolean, request: FastifyRequest, origin: string][] = [
  ['a caller', false, asked('api.example.com'), 'http://api.example.com'],
  ['a port', false, asked('[::1]:3000'), 'http://[::1]:3000'],
  ['a proxy that is not trusted', false, asked('10.0.0.1', proxied), ''],
  ['a proxy that is trusted', true, asked('10.0.0.1', proxied), 'http://10.0.0.1'],
  ['a host that is none', false, asked('a"b'), ''],
  ['a host that is none, behind a proxy', true, asked('a b', proxied), ''],
]

t.test('the address is the one that the caller used, where the service knows it', async t => {
  for (const [what, trusts, request, origin] of table)
    t.equal(
      originFinder({ publicUrl: undefined, trusts, prefixOf: () => '' })(request),
      origin,
      what,
    )
})

t.test('the address ends with the prefix of the service, even where it is relative', async t => {
  for (const [what, trusts, request, origin] of table)
    t.equal(
      originFinder({ publicUrl: undefined, trusts, prefixOf: () => '/shop' })(request),
      `${origin}/shop`,
      what,
    )
})

t.test('an address that is set is used, whoever asks', async t => {
  const find = originFinder({
    publicUrl: 'https://example.com/api',
    trusts: false,
    prefixOf: () => '/shop',
  })
  for (const [what, , request] of table) t.equal(find(request), 'https://example.com/api', what)
})

t.test(
  'a document for any address is made one for the address that it is asked for by',
  async t => {
    const text = JSON.stringify(serversAt(anyOrigin))
    for (const origin of ['', 'https://api.example.com'])
      t.strictSame(JSON.parse(atOrigin(text, origin)), serversAt(origin), origin)
    t.strictSame(
      serversAt('').map(({ url }) => url),
      ['/', '/v1'],
    )
  },
)
