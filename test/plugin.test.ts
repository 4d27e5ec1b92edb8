// `restwell/fastify`: resources inside an application that has routes of its own.

import fastify, { type FastifyInstance } from 'fastify'
import type { Test } from 'tap'
import { type RestwellOptions, restwell } from '../src/plugin.ts'
import { fixtureSchemas } from './support/fixture.ts'
import { onEveryDatabase } from './support/service.ts'

async function host(t: Test, options: RestwellOptions): Promise<FastifyInstance> {
  const app = fastify()
  t.teardown(() => app.close())
  app.get('/hello', async () => 'hello')
  await app.register(restwell, { schemas: fixtureSchemas, ...options })
  return app
}

/** The parsed body. A test knows what it expects, so it is not typed. */
// biome-ignore lint/suspicious/noExplicitAny: see above
const json = async (url: string): Promise<any> => (await fetch(url)).json()

const country = { name: 'Chad', capital: "N'Djamena", area: 1_284_000 }

onEveryDatabase('resources are below the prefix, and so are their links', async (t, database) => {
  const app = await host(t, { prefix: '/api', database, auth: 'none' })
  const base = await app.listen()
  const create = (path: string) =>
    fetch(`${base}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(country),
    })

  t.equal(await (await fetch(`${base}/hello`)).text(), 'hello')
  const created = await create('/api/countries')
  t.equal(created.status, 201)
  t.equal(created.headers.get('location'), '/api/countries/1')
  t.equal((await create('/api/v1/countries')).headers.get('location'), '/api/v1/countries/2')
  const page = await fetch(`${base}/api/countries?limit=1`)
  t.match(page.headers.get('link'), /<\/api\/countries\?limit=1&cursor=[^>]+>; rel="next"/)
  for (const path of ['/api', '/api/', '/api/v1'])
    t.ok((await json(base + path)).resources.includes(`${path.replace(/\/$/, '')}/countries`), path)
  t.match(
    await (await fetch(`${base}/api/countries`, { method: 'OPTIONS' })).headers.get('allow'),
    /POST/,
  )

  const missing = await fetch(`${base}/api/nothing`)
  t.equal(missing.headers.get('content-type'), 'application/problem+json; charset=utf-8')
  const own = await fetch(`${base}/nothing`)
  t.equal(
    own.headers.get('content-type'),
    'application/json; charset=utf-8',
    "the application's own",
  )
})

onEveryDatabase('the document and its page have the prefix', async (t, database) => {
  const app = await host(t, { prefix: '/api', database, auth: 'none' })
  const base = await app.listen()
  const { servers } = await json(`${base}/api/openapi.json`)
  t.strictSame(
    servers.map(({ url }: { url: string }) => url),
    [`${base}/api`, `${base}/api/v1`],
  )
  const page = await fetch(`${base}/api/docs`)
  t.match(page.url, `${base}/api/docs`)
  const html = await page.text()
  const [, script = ''] = /src="([^"]+swagger-ui-bundle\.js)"/.exec(html) ?? []
  const bundle = await fetch(new URL(script, page.url))
  t.equal(bundle.status, 200, script)
  // A body that nobody reads keeps its connection, and the application waits for it.
  await bundle.arrayBuffer()
  const shown = await json(`${base}/api/docs/json`)
  t.equal(shown.servers[0].url, '/api')
  t.match(shown.info.description, '(/api/openapi.yaml)')
})

onEveryDatabase(
  'callers need credentials, or are those of the application',
  async (t, database) => {
    const strict = await host(t, { prefix: '/api', database })
    const refused = await strict.inject('/api/countries')
    t.equal(refused.statusCode, 401)
    await strict.close()

    const app = await host(t, {
      prefix: '/api',
      database,
      caller: ({ headers }) =>
        headers['x-user'] === undefined
          ? undefined
          : { id: String(headers['x-user']), scopes: ['countries:read'] },
    })
    const as = (user: Record<string, string>, method: 'GET' | 'POST') =>
      app.inject({
        method,
        url: '/api/countries',
        headers: user,
        ...(method === 'POST' && { payload: country }),
      })
    t.equal((await as({}, 'GET')).statusCode, 401)
    t.equal((await as({ 'x-user': 'ann' }, 'GET')).statusCode, 200)
    t.equal((await as({ 'x-user': 'ann' }, 'POST')).statusCode, 403)
  },
)
