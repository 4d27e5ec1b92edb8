// Operations that a resource leaves out, and resources that are served below their parents alone.

import { Type } from '@sinclair/typebox'
import t from 'tap'
import { deriveModels } from '../../src/definitions/load.ts'
import { Ref, type Resource, resource } from '../../src/resource/resource.ts'
import { define } from '../support/definitions.ts'
import { feature } from '../support/service.ts'

const text = Type.String({ minLength: 1, maxLength: 20, examples: ['one'] })

const orders = resource('orders', Type.Object({ note: text }), {
  description: 'Which can be neither replaced nor deleted',
  without: ['replace', 'delete'],
})
const lines = resource('lines', Type.Object({ order_id: Ref('orders'), article: text }), {
  description: 'Which exist below an order alone',
  parent: 'order_id',
  nestedOnly: true,
})
const entries = resource('entries', Type.Object({ text }), {
  description: 'Which are only added to',
  without: ['list', 'read', 'replace', 'update', 'delete'],
})
const resources = [orders, lines, entries] as readonly object[] as readonly Resource[]
const options = { resources, sample: false }

feature(
  'an operation that is left out is 405 with the others in Allow, and these work',
  async (t, { get, post, patch, put, delete: remove, request }) => {
    await post('/orders', { note: 'one' })
    for (const refused of [await put('/orders/1', { note: 'two' }), await remove('/orders/1')]) {
      t.equal(refused.status, 405)
      t.equal(refused.headers.allow, 'GET, HEAD, PATCH, OPTIONS')
    }
    t.equal((await request('OPTIONS', '/orders/1')).headers.allow, 'GET, HEAD, PATCH, OPTIONS')
    t.match(await patch('/orders/1', { note: 'two' }), { status: 200, json: { note: 'two' } })
    t.equal((await get('/orders')).json.length, 1)
    t.equal((await post('/entries', { text: 'x' })).status, 201)
    t.equal((await get('/entries')).headers.allow, 'POST, OPTIONS')
    t.equal((await get('/entries/1')).status, 404, 'there is no such address')
  },
  options,
)

feature(
  'a resource that is nested only has no address of its own',
  async (t, { get, post, delete: remove }) => {
    await post('/orders', { note: 'one' })
    const created = await post('/orders/1/lines', { article: 'a' })
    t.match(created, { status: 201, headers: { location: '/orders/1/lines/1' } })
    t.match((await get('/orders/1/lines')).json, [{ id: 1, order_id: 1, article: 'a' }])
    t.equal((await get('/lines')).status, 404)
    t.equal((await get('/lines/1')).status, 404)
    t.strictSame((await get('/')).json.resources, ['/orders'])
    t.equal((await remove('/orders/1/lines/1')).status, 204)
  },
  options,
)

feature(
  'the document has what there is',
  async (t, { document }) => {
    const paths = document.paths as Record<string, object>
    const methods = Object.fromEntries(
      Object.entries(paths).map(([path, item]) => [
        path,
        Object.keys(item).filter(name => name !== 'parameters'),
      ]),
    )
    t.match(methods, {
      '/orders': ['get', 'post'],
      '/orders/{id}': ['get', 'patch'],
      '/orders/{order_id}/lines': ['get', 'post'],
      '/orders/{order_id}/lines/{id}': ['get', 'put', 'patch', 'delete'],
      '/entries': ['post'],
    })
    for (const path of ['/lines', '/lines/{id}', '/entries/{id}']) t.notOk(paths[path], path)
    t.notMatch(JSON.stringify(document), 'OrderReplacement')
  },
  options,
)

const mistakes: [options: object, mistake: string][] = [
  [
    { without: ['deleet'] },
    "without names 'deleet', which is no operation; did you mean 'delete'?",
  ],
  [{ without: ['PUT'] }, "without names 'PUT', which is no operation; did you mean 'replace'?"],
  [
    { without: ['archive'] },
    "without names 'archive', which is no operation; there are list, create, read, replace, update, delete",
  ],
  [{ without: 'delete' }, "without must be a list of operations, such as ['delete']"],
  [{ nestedOnly: true }, 'has nestedOnly, so it needs a parent'],
]

t.test('a mistake is told with what to write', async t => {
  for (const [given, mistake] of mistakes)
    t.throws(() => deriveModels([define('pages', { text }, given)]), {
      message: `The resources have a mistake:\n  schemas/pages.ts: ${mistake}`,
    })
})
