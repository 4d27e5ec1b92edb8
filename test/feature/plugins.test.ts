// Plugins of the project: Fastify's own way to add routes, with what every address of the service has.

import { Type } from '@sinclair/typebox'
import { pino } from 'pino'
import t from 'tap'
import { plugin } from '../../src/plugin.ts'
import { Refusal, resource } from '../../src/restwell.ts'
import type { OwnPlugin, Register } from '../../src/server/own-plugin.ts'
import { holder, required } from '../support/access.ts'
import { limitsOf, TestClock } from '../support/limits.ts'
import { feature, problemOf, type Service, startService } from '../support/service.ts'

const changes: string[] = []

const rates = resource(
  'rates',
  Type.Object({
    currency: Type.String({ pattern: '^[A-Z]{3}$', maxLength: 3, examples: ['NOK'] }),
    value: Type.Number({ exclusiveMinimum: 0, examples: [11.7] }),
  }),
  {
    description: 'Rates of exchange',
    unique: ['currency'],
    hooks: { afterCommit: ({ operation }) => void changes.push(operation) },
  },
)

const closed = { additionalProperties: false }
const Converted = Type.Object({ amount: Type.Number(), currency: Type.String() })

const figures = plugin(
  async (app, { callerOf, read, write }) => {
    app.get(
      '/convert/:currency',
      {
        config: { scope: 'rates:read' },
        schema: {
          summary: 'Convert an amount',
          params: Type.Object({
            currency: Type.String({ maxLength: 3, description: 'Into which' }),
          }),
          querystring: Type.Object({
            amount: Type.Number({ minimum: 0 }),
            digits: Type.Integer({ minimum: 0, maximum: 4, default: 2 }),
          }),
          response: { 200: Converted },
        },
      },
      async request => {
        const { currency } = request.params
        const { amount, digits } = request.query
        return read(request, function* ({ db }) {
          const [rate] = yield* db.list(rates, { currency })
          if (rate === undefined) throw new Refusal(409, `There is no rate of ${currency}.`)
          return { amount: Number((amount * rate.value).toFixed(digits)), currency }
        })
      },
    )
    app.post(
      '/rates-of-today',
      {
        config: { scope: 'figures:write' },
        schema: {
          operationId: 'setRatesOfToday',
          summary: 'Set the rates of today',
          body: Type.Object(
            { values: Type.Record(Type.String({ pattern: '^[A-Z]{3}$' }), Type.Number(), closed) },
            closed,
          ),
          response: { 200: Type.Object({ stored: Type.Integer(), by: Type.String() }) },
        },
      },
      async request => {
        const values = Object.entries(request.body.values)
        const stored = await write(request, function* ({ db }) {
          for (const [currency, value] of values) {
            if (value <= 0) throw new Refusal(422, 'A rate is above zero.', 'values')
            const [known] = yield* db.list(rates, { currency })
            if (known === undefined) yield* db.create(rates, { currency, value })
            else yield* db.change(rates, known.id, { value })
          }
          return values.length
        })
        return { stored, by: callerOf(request).id }
      },
    )
    app.get('/open', { config: { anyone: true }, schema: { hide: true } }, async () => ({
      open: 1,
    }))
    app.get('/known', { schema: { hide: true } }, async () => ({ known: 1 }))
    app.get('/files/:folder/*', async () => 'a file')
    app.get('/broken', { schema: { hide: true } }, async () => {
      throw new TypeError('no such member')
    })
    app.get('/false', { schema: { hide: true, response: { 200: Converted } } }, async () => ({
      amount: 'much' as never,
      currency: 'NOK',
    }))
    app.get('/later', { schema: { hide: true } }, (_request, reply) => {
      setImmediate(() => reply.send({ later: 1 }))
    })
    app.get('/teapot', { schema: { hide: true } }, async () => {
      throw Object.assign(new Error('Not with these.'), { statusCode: 403 })
    })
  },
  { description: 'What is made of rates', scopes: ['figures:write'] },
)

const named = (name: string, made: Partial<OwnPlugin>): OwnPlugin => ({
  register: () => {},
  ...made,
  name,
  file: `plugins/${name}.ts`,
})

const plugins = [named('figures', figures)]
const options = { resources: [rates], plugins, sample: false }

const store = (service: Service) => service.post('/rates', { currency: 'NOK', value: 11.7 })

feature(
  'its routes are checked, answered and refused like all others',
  async (t, service) => {
    await store(service)
    const { status, headers, json } = await service.get('/convert/NOK?amount=10')
    t.equal(status, 200)
    t.strictSame(json, { amount: 117, currency: 'NOK' })
    t.ok(headers['request-id'])
    t.strictSame((await service.get('/v1/convert/NOK?amount=1&digits=0')).json.amount, 12)
    t.match(problemOf(await service.get('/convert/NOK?amount=much&digits=5')), {
      status: 400,
      errors: [
        { parameter: 'amount', in: 'query', detail: 'must be number' },
        { parameter: 'digits', in: 'query', detail: 'must be <= 4' },
      ],
    })
    t.match(problemOf(await service.get('/convert/SEK?amount=1')), {
      status: 409,
      detail: 'There is no rate of SEK.',
    })
    t.equal((await service.delete('/convert/NOK')).status, 405)
    const { headers: allowed } = await service.request('OPTIONS', '/convert/NOK')
    t.equal(allowed.allow, 'GET, HEAD, OPTIONS')
    t.equal((await service.request('HEAD', '/convert/NOK?amount=1')).status, 200)
  },
  options,
)

feature(
  'what it writes is one transaction, with the rules of the resource',
  async (t, service) => {
    await store(service)
    changes.length = 0
    const set = (values: unknown) => service.post('/rates-of-today', { values })
    const { json } = await set({ NOK: 12, SEK: 11 })
    t.strictSame(json, { stored: 2, by: 'open' })
    t.strictSame(changes, ['update', 'create'])
    t.match(problemOf(await set({ NOK: 1, SEK: -1 })), {
      status: 422,
      errors: [{ pointer: '#/values', detail: 'A rate is above zero.' }],
    })
    t.equal((await service.get('/rates?currency=NOK')).json[0].value, 12, 'nothing was stored')
    t.match(problemOf(await set({ nok: 1 })), {
      status: 422,
      errors: [{ pointer: '#/values/nok' }],
    })
    const untyped = await service.request('POST', '/rates-of-today', { body: 'NOK=1' })
    t.equal(untyped.status, 415)
    const cut = { headers: { 'content-type': 'application/json' }, body: '{"values"' }
    t.equal((await service.request('POST', '/rates-of-today', cut)).status, 400)
  },
  options,
)

feature(
  'it asks for credentials and their scope',
  async (t, service) => {
    const reader = await holder(service.store, ['rates:read'])
    const writer = await holder(service.store, ['figures:write'])
    const get = async (url: string, headers = {}) => (await service.get(url, headers)).status
    t.equal(await get('/open'), 200)
    t.equal(await get('/files/1/a/b.txt', reader.headers), 200)
    t.equal(await get('/known'), 401)
    t.equal(await get('/known', reader.headers), 200)
    t.equal(await get('/convert/NOK?amount=1'), 401)
    t.equal(await get('/convert/NOK?amount=1', writer.headers), 403)
    t.equal(await get('/convert/NOK?amount=1', reader.headers), 409)
    const set = (headers: Record<string, string>) =>
      service.post('/rates-of-today', { values: {} }, headers)
    t.equal((await set(reader.headers)).status, 403)
    t.strictSame((await set(writer.headers)).json, { stored: 0, by: `key:${writer.id}` })
    const admin = await holder(service.store, ['*'])
    const key = { name: 'Accounts', scopes: ['figures:write'] }
    t.equal((await service.post('/keys', key, admin.headers)).status, 201)
  },
  { ...options, access: required },
)

feature(
  'its requests are counted',
  async (t, service) => {
    t.match((await service.get('/convert/SEK?amount=1')).headers.ratelimit, 'r=1')
    await service.get('/open')
    t.equal((await service.get('/open')).status, 429)
  },
  {
    ...options,
    limits: () => limitsOf({ anonymous: { requests_per_minute: 2 } }, new TestClock()),
  },
)

feature(
  'a fault of its code is told as its own',
  async (t, service) => {
    lines.length = 0
    t.equal((await service.get('/broken')).status, 500)
    t.match(lines.at(-1), {
      msg: /in the route GET \/broken of .*plugins\.test\.ts:\d+:\d+: no such member/,
    })
    t.equal((await service.get('/false')).status, 500)
    t.strictSame((await service.get('/later')).json, { later: 1 })
    t.match(problemOf(await service.get('/teapot')), { status: 403, detail: 'Not with these.' })
  },
  {
    ...options,
    logger: pino({ level: 'error' }, { write: line => void lines.push(JSON.parse(line)) }),
  },
)

const lines: { msg: string }[] = []

t.test('the document has its routes', async t => {
  const { document } = await startService(t, `sqlite:${t.testdir()}/test.db`, {
    ...options,
    access: required,
  })
  const paths = document.paths as unknown as Record<string, Record<string, object>>
  t.match(paths['/convert/{currency}']?.get, {
    operationId: 'getConvertCurrency',
    summary: 'Convert an amount',
    description: 'Convert an amount Scope: `rates:read`.',
    tags: ['figures'],
    'x-required-scopes': ['rates:read'],
    parameters: [
      { name: 'currency', in: 'path', required: true, description: 'Into which' },
      { name: 'amount', in: 'query', required: true, schema: { type: 'number', minimum: 0 } },
      { name: 'digits', in: 'query', schema: { default: 2 } },
    ],
    responses: { 200: { content: { 'application/json': { schema: { type: 'object' } } } } },
  })
  t.match(paths['/rates-of-today']?.post, { operationId: 'setRatesOfToday', requestBody: {} })
  t.notOk(paths['/open'])
  t.match(
    (document as unknown as { tags: object[] }).tags.find(tag => Object(tag).name === 'figures'),
    { description: 'What is made of rates' },
  )
})

const startWith = (t: Parameters<typeof startService>[0], register: Register) =>
  startService(t, `sqlite:${t.testdir()}/test.db`, {
    ...options,
    plugins: [named('mine', { register })],
  })

t.test('a mistake ends the start, and names the file', async t => {
  const mistakes: [register: Register, message: RegExp][] = [
    [
      app => void app.get('/x', { config: { scope: 'rates:wirte' } }, async () => 1),
      /plugins\/mine\.ts: GET \/x needs the scope rates:wirte, which no key can have; name it/,
    ],
    [
      app => void app.get('/rates', async () => 1),
      /plugins\/mine\.ts cannot be registered: .*\/rates/,
    ],
    [
      app => void app.get('/x', { schema: { querystring: { type: 'objct' } } }, async () => 1),
      /plugins\/mine\.ts cannot be registered: /,
    ],
  ]
  for (const [register, message] of mistakes) await t.rejects(startWith(t, register), { message })
})

t.test('what one adds to the app, another does not have', async t => {
  const has: boolean[] = []
  const shared = Object.assign((app: Parameters<Register>[0]) => void app.decorate('mine', 1), {
    [Symbol.for('skip-override')]: true,
  })
  const register = async (app: Parameters<Register>[0]) => {
    await app.register(shared as never)
    has.push(app.hasDecorator('mine'))
  }
  const late = (app: Parameters<Register>[0]) => void has.push(app.hasDecorator('mine'))
  const { app } = await startService(t, `sqlite:${t.testdir()}/test.db`, {
    ...options,
    plugins: [named('a', { register }), named('b', { register: late })],
  })
  t.strictSame([...has, app.hasDecorator('mine')], [true, false, false])
})
