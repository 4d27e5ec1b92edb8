// Another representation is one description, and its place among the offers of an operation: here a list and a row as texts with tabs.

import t from 'tap'
import { buildApp } from '../../src/app.ts'
import { servedOf } from '../../src/definitions/served.ts'
import { openapiDocument } from '../../src/docs/openapi.ts'
import { createEngine } from '../../src/handlers/engine.ts'
import { json, type Representation } from '../../src/http/representation.ts'
import type { Operation } from '../../src/operations/operation.ts'
import { registerRoutes } from '../../src/server/routes.ts'
import { openStore } from '../../src/store/open.ts'
import { fixtureModels } from '../support/fixture-models.ts'
import { onEveryDatabase, prepareTables } from '../support/service.ts'

const tsv: Representation = {
  type: 'text/tab-separated-values',
  contentType: 'text/tab-separated-values; charset=utf-8',
  schema: () => ({ type: 'string' }),
  isText: true,
  write: toTsv,
}

function toTsv(value: unknown, members: readonly { readonly name: string }[]): string {
  const header = members.map(({ name }) => name)
  const rows = [value].flat().map(row => Object.values(row as object))
  return [header, ...rows].map(line => line.join('\t')).join('\r\n')
}

/** The list and the read of countries, at addresses of their own, as such texts too. */
function withTsv(operations: readonly Operation[]): readonly Operation[] {
  const chosen = operations.filter(({ id }) => id === 'listCountries' || id === 'readCountry')
  return chosen.map(operation => ({
    ...operation,
    path: `/tsv${operation.path}`,
    offers: [json, tsv],
  }))
}

onEveryDatabase(
  'a representation that an operation offers is negotiated, written and told apart',
  async (t, url) => {
    const models = await fixtureModels()
    const store = openStore(url, { exclusive: true })
    t.teardown(() => store.close())
    await prepareTables(store, models)
    const options = { models, store, version: '0.0.0', validateResponses: true }
    const app = await buildApp(options)
    t.teardown(() => app.close())
    const { operations } = servedOf(models, { policy: { required: false, publicRead: new Set() } })
    const imports = { limit: 0, wake() {} }
    registerRoutes(app, createEngine(options), {
      operations: withTsv(operations),
      checked: true,
      imports,
    })
    const payload = { name: 'France', capital: 'Paris', area: 551500 }
    t.equal((await app.inject({ method: 'POST', url: '/countries', payload })).statusCode, 201)

    for (const path of ['/tsv/countries', '/tsv/countries/1']) {
      const asJson = await app.inject({ url: path })
      t.equal(asJson.headers['content-type'], 'application/json; charset=utf-8')
      const rows = [asJson.json()].flat()
      const asTsv = await app.inject({
        url: path,
        headers: { accept: 'application/json;q=0.5, text/tab-separated-values' },
      })
      t.equal(asTsv.statusCode, 200)
      t.equal(asTsv.headers['content-type'], 'text/tab-separated-values; charset=utf-8')
      const members = Object.keys(rows[0]).map(name => ({ name }))
      t.equal(asTsv.body, toTsv(rows, members))

      const tag = String(asTsv.headers.etag)
      t.not(tag, asJson.headers.etag, 'another representation has another tag')
      const again = { accept: 'text/tab-separated-values', 'if-none-match': tag }
      t.equal((await app.inject({ url: path, headers: again })).statusCode, 304)
      t.equal((await app.inject({ url: path, headers: { 'if-none-match': tag } })).statusCode, 200)

      const refused = await app.inject({ url: path, headers: { accept: 'image/png' } })
      t.equal(refused.statusCode, 406)
      t.strictSame(refused.json().available, ['application/json', 'text/tab-separated-values'])
    }
    const tsvOf = async (url: string) =>
      (await app.inject({ url, headers: { accept: 'text/tab-separated-values' } })).body
    t.equal(await tsvOf('/tsv/countries?name=Atlantis&fields=name,area'), 'name\tarea')
    t.equal(await tsvOf('/tsv/countries/1?fields=name'), 'name\r\nFrance')
  },
)

t.test('the document shows every representation of a response', async t => {
  const policy = { required: false, publicRead: new Set<string>() }
  const served = servedOf(await fixtureModels(), { policy })
  const operations = withTsv(served.operations)
  const options = {
    ...served,
    operations,
    policy,
    about: { title: '', version: '0.0.0' },
    limited: false,
  }
  const document = openapiDocument(options)
  t.match(document.paths['/tsv/countries']?.get, {
    responses: {
      200: {
        content: {
          'application/json': { schema: { type: 'array' } },
          'text/tab-separated-values': { schema: { type: 'string' } },
        },
      },
    },
  })
})
