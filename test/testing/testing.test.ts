// `restwell/test`: what the tests of a project get.

import t from 'tap'
import { CreatedAt, CreatedBy, resource, Type } from '../../src/restwell.ts'
import { openStore } from '../../src/store/open.ts'
import { plain } from '../../src/store/store.ts'
import { testService } from '../../src/testing/testing.ts'
import { fixture } from '../support/fixture.ts'
import { serverUrl } from '../support/postgres.ts'
import { databases } from '../support/service.ts'

const notes = resource(
  'notes',
  Type.Object({
    text: Type.String({ minLength: 1, maxLength: 100 }),
    created_at: CreatedAt(),
    created_by: CreatedBy(),
  }),
  { description: 'Notes', sample: [{ text: 'A sample' }] },
)

for (const { name } of databases)
  t.test(`a service of its own (${name})`, async t => {
    const database = name === 'postgres' ? { database: serverUrl() } : {}
    const service = await testService({
      resources: [notes],
      now: '2030-01-01T00:00:00Z',
      ...database,
    })
    t.teardown(() => service.close())
    const other = await testService({ resources: [notes], sample: false, ...database })
    t.teardown(() => other.close())

    await t.test(
      'its rows are its own, and the sample is there unless it is not wanted',
      async t => {
        t.equal((await service.get('/notes')).json.length, 1)
        t.same((await other.get('/notes')).json, [])
      },
    )

    await t.test('time stands still until it is moved', async t => {
      const first = await service.post('/notes', { text: 'First' })
      t.equal(first.json.created_at, '2030-01-01T00:00:00.000Z')
      service.clock.advance(90_000)
      const second = await service.post('/notes', { text: 'Second' })
      t.equal(second.json.created_at, '2030-01-01T00:01:30.000Z')
      t.throws(() => service.clock.set('soon'), { message: "'soon' is no date." })
    })

    await t.test('callers have the scopes and the name that the test says', async t => {
      const writer = service.as({ id: 'ann', scopes: ['notes:read', 'notes:write'] })
      const reader = service.as({ scopes: ['notes:read'] })
      const { status, json } = await writer.post('/notes', { text: 'Mine' })
      t.equal(status, 201)
      t.equal(json.created_by, 'ann')
      t.equal((await reader.get('/notes')).status, 200)
      t.equal((await reader.post('/notes', { text: 'Mine' })).status, 403)
      t.equal((await service.anonymous.get('/notes')).status, 401)
    })

    await t.test('every method has a short form', async t => {
      const address = '/notes/1'
      t.equal((await service.put(address, { text: 'Whole' })).json.text, 'Whole')
      t.equal((await service.patch(address, { text: 'Part' })).json.text, 'Part')
      t.equal((await service.delete(address)).status, 204)
      t.equal((await service.request('HEAD', address)).status, 404)
    })

    await t.test('a response that the document does not have fails the test', async t => {
      t.equal((await service.get('/notes')).status, 200)
      Reflect.deleteProperty(service.document.paths['/notes']?.get?.responses ?? {}, '200')
      await t.rejects(service.get('/notes'), {
        message: 'GET /notes → 200: the document has no such response',
      })
    })
  })

t.test('on a server nothing is left', async t => {
  const store = openStore(serverUrl(), { exclusive: false })
  t.teardown(() => store.close())
  // Other tests make schemas on this server, too, but none with this table.
  const own = resource('leftovers', Type.Object({ text: Type.String() }), {
    description: 'Leftovers',
  })
  const schemas = async () => {
    const rows = await store.query(
      plain(`select table_schema from information_schema.tables where table_name = 'leftovers'`),
    )
    return rows.map(([schema]) => String(schema))
  }
  const service = await testService({ resources: [own], database: serverUrl() })
  const made = await schemas()
  t.strictSame([made.length, /^test_[0-9a-f]{32}$/.test(String(made[0]))], [1, true])
  await service[Symbol.asyncDispose]()
  t.strictSame(await schemas(), [])
})

t.test(
  'without a database and definitions of its own it has those of the working folder',
  async t => {
    const home = process.cwd()
    t.teardown(() => process.chdir(home))
    process.chdir(fixture)
    await using service = await testService()
    t.equal((await service.get('/countries/1')).json.name, 'Thailand')
  },
)

t.test('a mistake in a definition is told, and nothing stays open', async t => {
  const wrong = resource(
    'notes',
    Type.Object({ text: Type.String({ format: 'date', examples: ['x'] }) }),
    {
      description: 'Wrong',
    },
  )
  await t.rejects(testService({ resources: [wrong] }), {
    message: /has an example that is not valid/,
  })
})
