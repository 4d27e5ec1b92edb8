// Tokens of an identity provider on a whole service, beside keys.

import { Writable } from 'node:stream'
import { Type } from '@sinclair/typebox'
import { pino } from 'pino'
import type { Test } from 'tap'
import { action, Refusal, type Resource, resource } from '../../src/resource/resource.ts'
import { holder } from '../support/access.ts'
import { type Provider, sign, startProvider } from '../support/provider.ts'
import { onEveryDatabase, type Service, startService } from '../support/service.ts'

const clock = () => new Date('2026-06-01T12:00:00Z')

async function scene(
  t: Test,
  url: string,
): Promise<{ provider: Provider; service: Service; lines: string[] }> {
  const provider = await startProvider(t)
  const lines: string[] = []
  const log = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk))
      done()
    },
  })
  const access = { required: true, publicRead: new Set<string>(), tokens: provider.settings }
  const service = await startService(t, url, {
    access,
    clock,
    logger: pino({ level: 'trace' }, log),
  })
  return { provider, service, lines }
}

const bearer = async (provider: Provider, scope: string, claims: object = {}) => ({
  authorization: `Bearer ${await sign(provider, clock(), { claims: { scope, ...claims } })}`,
})

onEveryDatabase('a token lets in to what its scopes say', async (t, url) => {
  const { provider, service } = await scene(t, url)
  const headers = await bearer(provider, 'books:read')
  t.equal((await service.get('/books', headers)).status, 200)
  const refused = await service.post('/books', { title: 'A', authors: [{ name: 'B' }] }, headers)
  t.equal(refused.status, 403)
  t.match(refused.headers['www-authenticate'], /scope="books:write"/)
  const { headers: key } = await holder(service.store, ['books:write'])
  t.equal(
    (await service.post('/books', { title: 'A', authors: [{ name: 'B' }] }, key)).status,
    201,
    'keys beside it',
  )
})

onEveryDatabase('a bad token is refused without a reason', async (t, url) => {
  const { provider, service } = await scene(t, url)
  const late = await bearer(provider, 'books:read', { exp: clock().getTime() / 1000 - 3600 })
  const other = await bearer(provider, 'books:read', { aud: 'other' })
  const [one, two] = [await service.get('/books', late), await service.get('/books', other)]
  for (const { status, headers } of [one, two])
    t.strictSame(
      [status, headers['www-authenticate']],
      [401, 'Bearer realm="api", error="invalid_token"'],
    )
  t.equal(one.json.detail, two.json.detail)
})

onEveryDatabase('with the provider away its tokens are 503, and keys work', async (t, url) => {
  const { provider, service, lines } = await scene(t, url)
  provider.answer(500)
  const headers = await bearer(provider, 'books:read')
  const answer = await service.get('/books', headers)
  t.strictSame([answer.status, answer.headers['retry-after']], [503, '5'])
  t.match(lines.join(''), 'check JWT_JWKS_URL')
  t.notOk(lines.join('').includes(headers.authorization.slice(20)), 'no token is in the log')
  t.equal(
    (await service.get('/books', (await holder(service.store, ['books:read'])).headers)).status,
    200,
  )
})

onEveryDatabase('hooks and actions know the claims of a token', async (t, url) => {
  const provider = await startProvider(t)
  const orders = resource('orders', Type.Object({ customer_id: Type.Integer() }), {
    description: 'Orders',
    hooks: {
      beforeWrite: ({ after, caller }) => {
        if (after !== undefined && after.customer_id !== caller.claims.customer_id)
          throw new Refusal(422, 'It is for another customer.', 'customer_id')
      },
    },
    actions: {
      whose: action({
        summary: 'Tell whose it is',
        response: Type.Object({ mine: Type.Boolean() }),
        run: ({ row, caller }) => ({ mine: row.customer_id === caller.claims.customer_id }),
      }),
    },
  })
  const access = { required: true, publicRead: new Set<string>(), tokens: provider.settings }
  const resources = [orders] as unknown as readonly Resource[]
  const service = await startService(t, url, { access, clock, resources })
  const [third, fourth] = [
    await bearer(provider, 'orders:write', { customer_id: 3 }),
    await bearer(provider, 'orders:write', { customer_id: 4 }),
  ]
  t.equal((await service.post('/orders', { customer_id: 3 }, third)).status, 201)
  t.equal((await service.post('/orders', { customer_id: 3 }, fourth)).status, 422)
  for (const [headers, mine] of [
    [third, true],
    [fourth, false],
  ] as const) {
    const { json } = await service.request('POST', '/orders/1/whose', { headers })
    t.strictSame(json, { mine })
  }
  const { headers: key } = await holder(service.store, ['*'])
  t.equal((await service.post('/orders', { customer_id: 3 }, key)).status, 422, 'a key has none')
})
