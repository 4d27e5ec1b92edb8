// What callers set and nobody reads: in no response, filter, sort or patch; and passwords, of which only a hash is stored.

import { Type } from '@sinclair/typebox'
import t from 'tap'
import { deriveModels } from '../../src/definitions/load.ts'
import {
  Password,
  resource,
  verifyPassword,
  verifyPasswordSync,
  view,
} from '../../src/resource/resource.ts'
import { define } from '../support/definitions.ts'
import { feature, type Received, type Service } from '../support/service.ts'

const hooks = resource(
  'webhooks',
  Type.Object({
    url: Type.String({ format: 'uri', fixed: true }),
    secret: Type.String({ writeOnly: true, minLength: 4, maxLength: 50 }),
    pin: Type.Optional(Type.Integer({ writeOnly: true })),
    note: Type.Optional(Type.String({ maxLength: 50 })),
  }),
  { description: 'All webhooks' },
)

const url = 'https://example.com/a'
const body = { url, secret: 'swordfish', pin: 1234 }
const shown = { id: 1, url, note: null }

const stored = async ({ store }: Service) =>
  (await store.query({ text: 'select secret, pin from webhooks order by id', values: [] })).map(
    row => [...row],
  )

feature(
  'no response has it, whatever is asked',
  async (t, service) => {
    const { get, post, put, patch, document } = service
    const answers: Received[] = [
      await post('/webhooks', body),
      await get('/webhooks/1'),
      await get('/webhooks'),
      await patch('/webhooks/1', { pin: 4321 }),
      await put('/webhooks/1', { ...shown, secret: 'barracuda' }),
    ]
    for (const { status, json } of answers) {
      t.ok(status < 300)
      t.strictSame([json].flat(), [shown])
    }
    t.strictSame(await stored(service), [['barracuda', 4321]])
    for (const query of [
      'fields=secret',
      'secret=swordfish',
      'sort=pin',
      'pin_gt=1',
      'pin_is_null=true',
    ])
      t.equal((await get(`/webhooks?${query}`)).status, 400, query)
    const { Webhook, WebhookView, WebhookCreation, WebhookPatch } = document.components.schemas
    for (const schema of [Webhook, WebhookView])
      t.notMatch(JSON.stringify(schema), /secret|pin/, 'not read')
    for (const schema of [WebhookCreation, WebhookPatch])
      t.match(schema?.properties, { secret: { writeOnly: true }, pin: { writeOnly: true } })
  },
  { resources: [hooks] },
)

feature(
  'a change that leaves it out keeps it; null removes an optional one',
  async (t, service) => {
    const { post, put, patch } = service
    await post('/webhooks', body)
    t.equal((await put('/webhooks/1', { url, note: 'x' })).status, 200)
    t.equal((await patch('/webhooks/1', { note: 'y' })).status, 200)
    t.strictSame(await stored(service), [['swordfish', 1234]])
    t.equal((await patch('/webhooks/1', { secret: 'no' })).status, 422, 'it is still checked')
    t.equal((await patch('/webhooks/1', { pin: null })).status, 200)
    t.strictSame(await stored(service), [['swordfish', null]])
    t.equal((await post('/webhooks', { url })).status, 422, 'a new row needs it')
  },
  { resources: [hooks] },
)

feature(
  'a JSON Patch can set it, but neither test nor copy it',
  async (t, service) => {
    const { request, post } = service
    await post('/webhooks', body)
    const patch = (...operations: object[]) =>
      request('PATCH', '/webhooks/1', {
        headers: { 'content-type': 'application/json-patch+json' },
        body: JSON.stringify(operations),
      })
    t.equal((await patch({ op: 'test', path: '/secret', value: 'swordfish' })).status, 409)
    t.equal((await patch({ op: 'copy', from: '/secret', path: '/note' })).status, 409)
    t.equal((await patch({ op: 'add', path: '/secret', value: 'no' })).status, 422)
    const set = await patch(
      { op: 'add', path: '/secret', value: 'barracuda' },
      { op: 'add', path: '/note', value: 'new' },
    )
    t.strictSame(set.json, { ...shown, note: 'new' })
    t.strictSame(await stored(service), [['barracuda', 1234]])
  },
  { resources: [hooks] },
)

const people = resource(
  'people',
  Type.Object({
    login: Type.String({ minLength: 1, maxLength: 20 }),
    password: Password(),
    reset: Type.Optional(Password({ minLength: 4 })),
    name: Type.Optional(Type.String({ maxLength: 40 })),
  }),
  {
    description: 'All people',
    key: 'login',
    sample: [{ login: 'ada', password: 'analytical engine' }],
    views: {
      check: view({
        summary: 'Check the password of the sample',
        response: Type.Object({ right: Type.Boolean(), wrong: Type.Boolean() }),
        run: ({ row }) => ({
          right: verifyPasswordSync('analytical engine', row.password),
          wrong: verifyPasswordSync('difference engine', row.password),
        }),
      }),
    },
  },
)

const hashes = async ({ store }: Service, login: string): Promise<(string | null)[]> => {
  const found = await store.query({ text: 'select login, password, reset from people', values: [] })
  const [, ...values] = found.find(([key]) => key === login) ?? []
  return values as (string | null)[]
}

feature(
  'of a password only a hash is stored, another one for each, and it is checked by a function',
  async (t, service) => {
    const { get, post, put, patch } = service
    t.strictSame((await get('/people/ada/check')).json, { right: true, wrong: false })
    const created = await post('/people', {
      login: 'bob',
      password: 'analytical engine',
      reset: 'four',
    })
    t.strictSame(created.json, { login: 'bob', name: null })
    const [first = '', reset = ''] = await hashes(service, 'bob')
    t.match(first, /^\$scrypt\$ln=14,r=8,p=5\$[\w+/]{22}\$[\w+/]{43}$/)
    t.not(first, (await hashes(service, 'ada'))[0])
    t.ok(await verifyPassword('four', reset))
    t.strictSame((await patch('/people/bob', { name: 'Bob' })).json, { login: 'bob', name: 'Bob' })
    t.equal((await put('/people/bob', { name: 'Rob' })).status, 200)
    t.strictSame(await hashes(service, 'bob'), [first, reset], 'other changes leave it alone')
    t.equal((await patch('/people/bob', { password: 'a new password', reset: null })).status, 200)
    const [second = '', none] = await hashes(service, 'bob')
    t.ok(await verifyPassword('a new password', second))
    t.equal(none, null)
    t.equal((await post('/people', { login: 'eve', password: 'short' })).status, 422)
    t.equal((await put('/people/eve', { name: 'Eve' })).status, 422, 'a new person needs one')
    t.equal((await put('/people/eve', { password: 'long enough' })).status, 201)
    t.ok(await verifyPassword('long enough', (await hashes(service, 'eve'))[0] ?? null))
  },
  { resources: [people] },
)

feature(
  'a request that is repeated with an Idempotency-Key stores one password',
  async (t, service) => {
    const send = () =>
      service.post(
        '/people',
        { login: 'cy', password: 'once and for all' },
        { 'idempotency-key': 'k' },
      )
    const answers = [await send(), await send()]
    t.strictSame(
      answers.map(({ status }) => status),
      [201, 201],
    )
    t.equal(answers[1]?.headers['idempotent-replayed'], 'true')
    t.ok(await verifyPassword('once and for all', (await hashes(service, 'cy'))[0] ?? null))
  },
  { resources: [people] },
)

t.test('no password is right where there is none, or no hash', async t => {
  for (const stored of [null, '', 'analytical engine', '$scrypt$ln=30,r=8,p=1$'])
    t.notOk(await verifyPassword('analytical engine', stored))
})

t.test('a hash that takes 64 MiB to check is not checked', async t => {
  const hash = (ln: number) => `$scrypt$ln=${ln},r=8,p=1$${'A'.repeat(22)}$${'A'.repeat(43)}`
  t.notOk(await verifyPassword('analytical engine', hash(15)), '32 MiB')
  await t.rejects(verifyPassword('analytical engine', hash(16)), {
    code: 'ERR_CRYPTO_INVALID_SCRYPT_PARAMS',
  })
})

t.test('forms of Unicode are one password', async t => {
  const { hashPassword } = await import('../../src/resource/password.ts')
  t.ok(verifyPasswordSync('caf\u00e9 au lait', await hashPassword('cafe\u0301 au lait')))
})

t.test('a definition that would tell of it is a mistake', async t => {
  const field = Type.Integer({ writeOnly: true })
  for (const option of ['unique', 'index', 'listed', 'filterable', 'sortable'])
    t.throws(
      () => deriveModels([define('things', { pin: field }, { [option]: ['pin'] })]),
      new RegExp(`pin cannot be in ${option}: it is writeOnly, so nobody may learn its values`),
    )
  t.throws(
    () =>
      deriveModels([
        define('things', { pin: Type.Optional(Type.Integer({ writeOnly: true, readOnly: true })) }),
      ]),
    /pin is readOnly and writeOnly, so nobody could set or read it: leave out one of them/,
  )
})
