// Who is counted together once there are credentials, which plan holds for whom, and what wrong credentials come to.

import type { Test } from 'tap'
import { parseTrustedProxies } from '../../src/access/trusted-proxies.ts'
import { holder, required, revoke } from '../support/access.ts'
import { limitsOf, type PlansText, TestClock } from '../support/limits.ts'
import { checkProblem } from '../support/problem.ts'
import { sign, startProvider } from '../support/provider.ts'
import { feature, onEveryDatabase, type Service, startService } from '../support/service.ts'

const plans: PlansText = {
  anonymous: { requests_per_minute: 1 },
  free: { requests_per_minute: 2 },
  gold: { requests_per_minute: 3, largest_page: 20 },
  failed_logins: { requests_per_minute: 3 },
}

type Run = (t: Test, service: Service, clock: TestClock) => Promise<void>

function limited(name: string, run: Run, access = required) {
  const clock = new TestClock()
  feature(name, (t, service) => run(t, service, clock), {
    limits: () => limitsOf(plans, clock),
    access,
  })
}

/** How many requests are answered before there are no more. */
async function quotaOf(
  { request }: Service,
  headers: Record<string, string>,
  from = '192.0.2.1',
): Promise<number> {
  for (let answered = 0; answered < 10; answered++)
    if ((await request('GET', '/books/1', { headers, from })).status === 429) return answered
  return Number.POSITIVE_INFINITY
}

limited('each key has the quota of its plan, wherever it is used', async (t, service) => {
  const { store, get } = service
  const scopes = ['books:read']
  const plain = await holder(store, scopes)
  const gold = await holder(store, scopes, { plan: 'gold' })
  t.equal(await quotaOf(service, plain.headers), 2, 'the default plan')
  t.equal(
    await quotaOf(service, plain.headers, '192.0.2.2'),
    0,
    'not once more from another address',
  )
  t.equal(
    await quotaOf(service, gold.headers),
    3,
    'its own plan, and its own quota at the same address',
  )
  t.equal(
    await quotaOf(service, (await holder(store, scopes, { plan: 'gone' })).headers),
    2,
    'a plan that is no more',
  )
  const other = await holder(store, scopes, { plan: 'gold' })
  const answer = await get('/books', other.headers)
  t.strictSame(
    [answer.headers['ratelimit-policy'], answer.headers.ratelimit],
    ['"minute";q=3;w=60', '"minute";r=2;t=60'],
  )
  t.equal(
    (await get('/books?limit=21', other.headers)).json.errors[0].parameter,
    'limit',
    'and its largest page',
  )
})

limited('a key is made for a plan that there is, or for none', async (t, { post, store }) => {
  const { headers } = await holder(store, ['*'], { plan: 'gold' })
  const make = (plan: unknown) =>
    post('/keys', { name: 'A', scopes: ['books:read'], plan }, headers)
  const refused = await make('golden')
  checkProblem(t, 'golden', refused, 422)
  t.strictSame(refused.json.errors, [
    { pointer: '#/plan', detail: 'must be one of: anonymous, free, gold, null' },
  ])
  t.strictSame([(await make('gold')).status, (await make(null)).status], [201, 201])
})

limited('both secrets of a rotated key use up one quota', async (t, service) => {
  const { headers } = await holder(service.store, ['keys:admin'])
  const { id, headers: first } = await holder(service.store, ['books:read'])
  const strong = await holder(service.store, ['*'])
  t.equal((await service.request('POST', `/keys/${id}/rotate`, { headers })).status, 403)
  const { json } = await service.request('POST', `/keys/${id}/rotate`, { headers: strong.headers })
  t.equal(await quotaOf(service, first), 2)
  t.equal(await quotaOf(service, { authorization: `Bearer ${json.secret}` }), 0)
})

onEveryDatabase('tokens are counted by their subject, and may name a plan', async (t, url) => {
  const provider = await startProvider(t)
  const now = new Date('2026-06-01T12:00:00Z')
  const access = { ...required, tokens: provider.settings }
  const limits = () => limitsOf(plans, new TestClock())
  const service = await startService(t, url, { access, limits, clock: () => now })
  const token = async (claims: object) => ({
    authorization: `Bearer ${await sign(provider, now, { claims: { scope: 'books:read', ...claims } })}`,
  })
  t.equal(await quotaOf(service, await token({ sub: 'ada' })), 2)
  t.equal(
    await quotaOf(service, await token({ sub: 'ada', jti: 'another' })),
    0,
    'another token of hers',
  )
  t.equal(await quotaOf(service, await token({ sub: 'bob', plan: 'gold' })), 3)
  t.equal(await quotaOf(service, await token({ sub: 'eve', plan: 'made-up' })), 2)
})

limited(
  'who sends no credentials is counted by address, where that is enough to read',
  async (t, service) => {
    t.equal(await quotaOf(service, {}), 1)
    t.equal(await quotaOf(service, {}, '192.0.2.2'), 1)
    const { headers } = await holder(service.store, ['books:read'])
    t.equal(await quotaOf(service, headers), 2, 'with a key, there is more')
  },
  { required: true, publicRead: new Set(['books']) },
)

limited('what is refused for want of credentials is not counted', async (t, service) => {
  const { request, store } = service
  const { headers } = await holder(store, ['books:read'])
  for (let asked = 0; asked < 5; asked++) {
    const [missing, lacking] = [
      await request('GET', '/books'),
      await request('GET', '/cars', { headers }),
    ]
    t.strictSame([missing.status, missing.headers.ratelimit], [401, undefined])
    t.strictSame([lacking.status, lacking.headers.ratelimit], [403, undefined])
  }
  t.equal(await quotaOf(service, headers), 2)
})

limited(
  'an address that sends wrong credentials too often is told to wait',
  async (t, service, clock) => {
    const { request, store } = service
    const old = await holder(store, ['*'])
    await revoke(store, old.id)
    const from = '192.0.2.7'
    const ask = (headers: Record<string, string>, url = '/books') =>
      request('GET', url, { headers, from })
    for (let asked = 0; asked < 5; asked++)
      t.equal((await ask({})).status, 401, 'who sends nothing guesses nothing')
    const guesses = [
      [{ authorization: 'Bearer x' }, '/unicorns'],
      [old.headers],
      [{ authorization: 'Bearer é' }],
    ] as const
    for (const [headers, url] of guesses) t.equal((await ask(headers, url)).status, 401)
    for (const [headers] of guesses) {
      const refused = await ask(headers)
      const { 'violated-policies': policies } = checkProblem(t, 'a wrong one', refused, 429)
      t.strictSame([policies, refused.headers['retry-after']], [['failed-logins-per-minute'], '60'])
    }
    t.equal((await ask({})).status, 401, 'who sends nothing is told what is missing')
    t.equal((await ask(old.headers, '/health')).status, 200)
    t.equal(
      (await request('GET', '/books', { headers: old.headers, from: '192.0.2.8' })).status,
      401,
      'others are not',
    )
    clock.advance(60)
    t.equal((await ask(old.headers)).status, 401)
  },
)

limited(
  'good keys are taken from an address that sends wrong ones, be they in use or new',
  async (t, service, clock) => {
    const { request, store, app } = service
    const from = '192.0.2.7'
    const ask = (headers: Record<string, string>, url = '/books/1') =>
      request('GET', url, { headers, from })
    const used = await holder(store, ['books:read'])
    const administrator = await holder(store, ['*'])
    t.equal((await ask(used.headers)).status, 200)
    for (let hour = 0; hour < 24; hour++) {
      clock.advance(3600)
      for (let failures = 0; failures < 20; failures++) await ask({ authorization: 'Bearer wrong' })
      t.equal((await ask({ authorization: 'Bearer wrong' })).status, 429)
      t.equal((await ask(used.headers)).status, 200, 'one that is known')
      t.equal((await ask(administrator.headers)).status, 200, 'another')
    }
    const fresh = await holder(store, ['books:read'])
    t.equal((await ask(fresh.headers)).status, 200, 'one that nobody has used yet')
    await revoke(store, used.id)
    const made = await app.inject({
      method: 'DELETE',
      url: `/keys/${fresh.id}`,
      headers: administrator.headers,
    })
    t.equal(made.statusCode, 204)
    t.equal((await ask(fresh.headers)).status, 429, 'not one that is revoked')
  },
)

onEveryDatabase('good tokens are taken from an address that sends wrong ones', async (t, url) => {
  const provider = await startProvider(t)
  const now = new Date('2026-06-01T12:00:00Z')
  const access = { ...required, tokens: provider.settings }
  const limits = () => limitsOf({ failed_logins: { requests_per_minute: 3 } }, new TestClock())
  const { request } = await startService(t, url, { access, limits, clock: () => now })
  const from = '192.0.2.7'
  const ask = async (claims: object) => {
    const authorization = `Bearer ${await sign(provider, now, { claims: { scope: 'books:read', ...claims } })}`
    return (await request('GET', '/books/1', { headers: { authorization }, from })).status
  }
  const failures = [
    await ask({ aud: 'other' }),
    await ask({ aud: 'other' }),
    await ask({ aud: 'other' }),
  ]
  t.strictSame(failures, [401, 401, 401])
  t.strictSame([await ask({ aud: 'other' }), await ask({})], [429, 200])
})

const openReading = { required: true, publicRead: new Set(['books']) }

/** How many of these forwarded addresses get an answer, asked for from one address. */
async function forwarded(
  { request }: Service,
  from: string,
  addresses: readonly string[],
): Promise<number> {
  let answered = 0
  for (const address of addresses) {
    const { status } = await request('GET', '/books', {
      from,
      headers: { 'x-forwarded-for': address },
    })
    if (status === 200) answered++
  }
  return answered
}

const three = ['198.51.100.1', '198.51.100.2', '198.51.100.3']

limited(
  'nobody chooses the address that it is known by',
  async (t, service) => {
    t.equal(await forwarded(service, '192.0.2.1', three), 1)
  },
  openReading,
)

feature(
  'a proxy that is trusted tells the address, and others do not',
  async (t, service) => {
    t.equal(await forwarded(service, '192.0.2.1', three), 3)
    t.equal(await forwarded(service, '203.0.113.1', three), 1, 'not a proxy of ours')
    t.equal(
      await forwarded(service, '192.0.2.1', [
        '203.0.113.2, 198.51.100.4',
        '203.0.113.3, 198.51.100.4',
      ]),
      1,
    )
    const ports = [
      '198.51.100.5:5001',
      '198.51.100.5:5002',
      '::FFFF:198.51.100.5',
      '"[::ffff:198.51.100.5]:80"',
    ]
    t.equal(
      await forwarded(service, '192.0.2.1', ports),
      1,
      'one address, however its proxy writes it',
    )
    const version6 = [
      '[2001:db8::1]:5001',
      '[2001:DB8::2]:5002',
      '2001:db8::3%eth0',
      '"[2001:db8::4]"',
    ]
    t.equal(
      await forwarded(service, '192.0.2.1', version6),
      1,
      'one network, however its proxy writes it',
    )
    t.equal(
      await forwarded(service, '192.0.2.1', ['unknown', '_hidden', 'x1', '999.1.1.1']),
      1,
      'whatever is no address',
    )
    const behind = ['198.51.100.6, 192.0.2.9:80', '198.51.100.7, [::ffff:192.0.2.9]:81']
    t.equal(
      await forwarded(service, '192.0.2.1', behind),
      2,
      'a second proxy of ours, with its port',
    )
  },
  {
    access: openReading,
    limits: () => limitsOf(plans, new TestClock()),
    web: { trustProxy: parseTrustedProxies('192.0.2.0/24') },
  },
)
