// What is asked of callers, from the settings and what there is: nobody serves openly to others by mistake.

import t, { type Test } from 'tap'
import { readConfig } from '../src/config.ts'
import { decideAccess, decideHosts, readWebOptions } from '../src/protection.ts'
import { openStore } from '../src/store/open.ts'
import { holder, revoke } from './support/access.ts'
import { fixtureModels } from './support/fixture-models.ts'
import { prepareTables } from './support/service.ts'

const models = await fixtureModels()

async function scene(t: Test) {
  const store = openStore('sqlite::memory:', { exclusive: false })
  t.teardown(() => store.close())
  await prepareTables(store, models)
  const decide = (settings: Record<string, string>) =>
    decideAccess(readConfig(settings, false), models.models, store)
  return { store, decide }
}

const loopback = ['127.0.0.1', '127.0.0.2', 'localhost', '::1']
const elsewhere = ['0.0.0.0', '::', '192.168.1.2', 'example.com', '127.0.0.1.example.com']

t.test('without credentials loopback is open, and no other address but in plain words', async t => {
  const { decide } = await scene(t)
  for (const HOST of loopback) t.equal((await decide({ HOST })).required, false, HOST)
  for (const HOST of elsewhere) {
    await t.rejects(decide({ HOST }), { message: /key create.*AUTH=none/ }, HOST)
    t.equal((await decide({ HOST, AUTH: 'none' })).required, false, HOST)
    t.equal((await decide({ HOST, AUTH: 'required' })).required, true, HOST)
  }
})

t.test(
  'an open service on loopback is addressed by names of this machine, and by those that are allowed',
  async t => {
    const open = { required: false, publicRead: new Set<string>() }
    const hosts = (settings: Record<string, string>, policy = open) =>
      decideHosts(readConfig(settings, false), policy)
    for (const HOST of loopback) {
      const allows = hosts({ HOST, ALLOWED_HOSTS: 'Dev.example, other.example:3000' })
      for (const name of [
        'localhost',
        'a.localhost',
        '127.0.0.1',
        '[::1]',
        '',
        'dev.example',
        'other.example',
      ])
        t.equal(allows?.(name), true, `${name} at ${HOST}`)
      for (const name of ['evil.example', 'localhost.evil.example', '192.168.1.2', 'example'])
        t.equal(allows?.(name), false, `${name} at ${HOST}`)
      t.equal(hosts({ HOST, ALLOWED_HOSTS: '*' }), undefined)
      t.equal(
        hosts({ HOST }, { ...open, required: true }),
        undefined,
        'with credentials a page can do nothing',
      )
    }
    for (const HOST of elsewhere)
      t.equal(hosts({ HOST }), undefined, `others may reach it at ${HOST}`)
  },
)

t.test(
  'as soon as there is a key, credentials are required everywhere, also when it is revoked',
  async t => {
    const { store, decide } = await scene(t)
    const { id } = await holder(store, ['books:read'])
    for (const HOST of [...loopback, ...elsewhere])
      t.equal((await decide({ HOST })).required, true, HOST)
    t.equal((await decide({ AUTH: 'none' })).required, false)
    await revoke(store, id)
    t.equal((await decide({})).required, true)
  },
)

t.test('what can be read by everyone', async t => {
  const { decide } = await scene(t)
  const publicRead = async (PUBLIC_READ: string) => [
    ...(await decide({ AUTH: 'required', PUBLIC_READ })).publicRead,
  ]
  t.strictSame(await publicRead(''), [])
  t.strictSame(await publicRead('books'), ['books'])
  t.strictSame(await publicRead(' books , cars,'), ['books', 'cars'])
  t.strictSame((await publicRead('all')).sort(), models.models.map(({ name }) => name).sort())
  await t.rejects(publicRead('boks'), {
    message: /^PUBLIC_READ names 'boks'; it must be all, or some of .*books/,
  })
})

const provider = {
  JWT_ISSUER: 'https://id.example.com/',
  JWT_AUDIENCE: 'https://api.example.com, other',
  JWT_JWKS_URL: 'https://id.example.com/keys',
}

t.test('with an identity provider credentials are required everywhere', async t => {
  const { decide } = await scene(t)
  for (const HOST of [...loopback, ...elsewhere])
    t.strictSame((await decide({ HOST, ...provider })).tokens, {
      issuer: 'https://id.example.com/',
      audience: ['https://api.example.com', 'other'],
      keysUrl: 'https://id.example.com/keys',
      algorithms: ['ES256', 'RS256', 'PS256', 'EdDSA'],
    })
  t.equal((await decide({ ...provider, AUTH: 'none' })).required, false)
})

t.test('settings of a provider that cannot be stop the start', async t => {
  const { decide } = await scene(t)
  const table: [settings: Record<string, string>, message: RegExp][] = [
    [{ JWT_ISSUER: provider.JWT_ISSUER }, /belong together/],
    [{ JWT_JWKS_URL: provider.JWT_JWKS_URL }, /belong together/],
    [{ ...provider, JWT_JWKS_URL: 'http://id.example.com/keys' }, /must be https/],
    [
      { ...provider, JWT_JWKS_URL: 'http://ada:hunter2@id.example.com/keys' },
      /^(?!.*hunter2).*without a password in it/,
    ],
    [
      { ...provider, JWT_JWKS_URL: 'https://hunter2@id.example.com/keys' },
      /^(?!.*hunter2).*without a password in it/,
    ],
    [
      { ...provider, JWT_JWKS_URL: 'https://ada:hun/ter2@id.example.com/keys' },
      /^(?!.*hun)(?!.*ter2).*must be an address/,
    ],
    [{ ...provider, JWT_JWKS_URL: 'http://localhost.example.com/keys' }, /must be https/],
    [{ ...provider, JWT_ALGORITHMS: 'HS256' }, /names 'HS256'; it must be some of ES256/],
    [{ ...provider, JWT_ALGORITHMS: 'RS256,none' }, /names 'none'/],
  ]
  for (const [settings, message] of table)
    await t.rejects(decide(settings), { message }, JSON.stringify(settings))
  for (const host of ['127.0.0.1:8080', 'localhost', '[::1]:8080'])
    t.ok(await decide({ ...provider, JWT_JWKS_URL: `http://${host}/keys` }), host)
})

t.test('a public address is one without a query, and needs no slash at its end', async t => {
  const read = (PUBLIC_URL: string) =>
    readWebOptions(readConfig({ PUBLIC_URL }, false), []).publicUrl
  t.equal(read('https://api.example.com/'), 'https://api.example.com')
  t.equal(read('http://Example.com:8080/a b/'), 'http://example.com:8080/a%20b')
  for (const text of [
    'api.example.com',
    'ftp://example.com',
    'https://',
    'https://a.example/?x',
    'https://me:it@a.example',
  ])
    t.throws(() => read(text), {
      message: `PUBLIC_URL is '${text}'; it must be like https://api.example.com, and may have a path`,
    })
})

t.test('the base path is that of the setting or of the public address', async t => {
  const { models } = await fixtureModels()
  const read = (settings: Record<string, string>) =>
    readWebOptions(readConfig(settings, false), models).prefix
  const table: [settings: Record<string, string>, prefix: string][] = [
    [{}, ''],
    [{ BASE_PATH: '/' }, ''],
    [{ BASE_PATH: '/api' }, '/api'],
    [{ BASE_PATH: '/shop/api/' }, '/shop/api'],
    [{ PUBLIC_URL: 'https://example.com' }, ''],
    [{ PUBLIC_URL: 'https://example.com/api/' }, '/api'],
    [{ PUBLIC_URL: 'https://example.com/api', BASE_PATH: '/api/' }, '/api'],
  ]
  for (const [settings, prefix] of table) t.equal(read(settings), prefix, JSON.stringify(settings))
  for (const text of ['api', '//example.com', '/a b', '/api/..', '/api?x', 'https://example.com'])
    t.throws(() => read({ BASE_PATH: text }), {
      message: `BASE_PATH is '${text}'; it must be a path such as /api or /shop/api`,
    })
  t.throws(() => read({ BASE_PATH: '/a', PUBLIC_URL: 'https://example.com/b' }), {
    message: 'BASE_PATH is /a, and PUBLIC_URL has the path /b: make them equal',
  })
  for (const first of [
    'books',
    'keys',
    'console',
    'v1',
    'docs',
    'openapi.json',
    'readyz',
    '.well-known',
  ])
    t.throws(
      () => read({ BASE_PATH: `/${first}/x` }),
      {
        message: new RegExp(`^BASE_PATH is /${first}/x, .* let the proxy send X-Forwarded-Prefix`),
      },
      'whether a proxy took it away could not be told',
    )
})

t.test('origins and proxies that cannot be stop the start', async t => {
  const read = (settings: Record<string, string>) => readWebOptions(readConfig(settings, false), [])
  const origins = 'https://app.example.com, http://localhost:5173'
  t.strictSame(read({ CORS_ORIGINS: origins, DOCS: 'false', CONSOLE: 'off' }), {
    origins: new Set(['https://app.example.com', 'http://localhost:5173']),
    docs: false,
    console: false,
    prefix: '',
  })
  const { trustProxy } = read({ TRUST_PROXY: '10.0.0.0/8,::1' })
  t.strictSame(
    [trustProxy?.('10.1.1.1', 0), trustProxy?.('::1', 1), trustProxy?.('::2', 0)],
    [true, true, false],
  )
  for (const CORS_ORIGINS of [
    'app.example.com',
    'https://app.example.com/',
    'https://*.example.com',
    'null',
    'ftp://a.b',
  ])
    t.throws(() => read({ CORS_ORIGINS }), { message: /CORS_ORIGINS names/ }, CORS_ORIGINS)
  for (const TRUST_PROXY of ['true', '0', '99', '10.0.0.0/33', 'proxy.example.com', '*'])
    t.throws(() => read({ TRUST_PROXY }), { message: /TRUST_PROXY names/ }, TRUST_PROXY)
})
