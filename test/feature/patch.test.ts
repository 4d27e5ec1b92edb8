// PATCH of a member: merge patch (RFC 7396) and JSON Patch (RFC 6902), applied to the current row; the result is validated.

import type { Test } from 'tap'
import { jsonPatchShape } from '../../src/http/json-patch.ts'
import { feature, problemOf, type Received, type Service } from '../support/service.ts'

const mergePatch = { 'content-type': 'application/merge-patch+json' }
const jsonPatch = { 'content-type': 'application/json-patch+json' }
const options = { schemas: 'test/fixtures/schemas' }

type Members = Record<string, unknown>

/** What a specimen is given before each patch of a table. */
const first = {
  shelf: 'North 1',
  place: 2,
  code: 'AB-0001',
  name: 'Fern',
  notes: 'old',
  found_on: '2024-02-29',
  finder: 'ada@example.com',
  weight: 2,
  genuine: true,
  colors: ['red', 'green'],
  layers: [{ name: 'bark', thickness: 1 }, { name: 'amber' }],
  origin: { country: 'Peru', spot: { north: 1, east: 2, hint: 'by the river' } },
}

interface Row {
  readonly patch: unknown
  /** The members that are another afterwards; or the findings with which it is refused. */
  readonly gives: Members | readonly [status: number, ...pointers: string[]]
}

function rows(...table: [patch: unknown, gives: Row['gives']][]): Row[] {
  return table.map(([patch, gives]) => ({ patch, gives }))
}

const mergePatches = rows(
  [{}, {}],
  [{ name: 'Moss' }, { name: 'Moss' }],
  // RFC 7396 §1: null removes; what is removed of an optional member is its value.
  [
    { notes: null, genuine: null, layers: null },
    { notes: null, genuine: null, layers: null },
  ],
  [{ depth: null }, {}],
  [{ name: null }, [422, '#/name']],
  [{ grade: null }, [422, '#/grade', '#/grade']],
  [{ colors: null }, [422, '#/colors']],
  [{ origin: null }, [422, '#/origin']],
  // §2: an object is merged, a list is replaced.
  [{ origin: { country: 'Chile' } }, { origin: { ...first.origin, country: 'Chile' } }],
  [
    { origin: { spot: { hint: null } } },
    { origin: { country: 'Peru', spot: { north: 1, east: 2 } } },
  ],
  [{ origin: { spot: null } }, { origin: { country: 'Peru' } }],
  [{ origin: { spot: { north: null } } }, [422, '#/origin/spot/north']],
  [{ origin: { country: null } }, [422, '#/origin/country']],
  [{ colors: ['blue'] }, { colors: ['blue'] }],
  [{ layers: [{ name: 'resin' }] }, { layers: [{ name: 'resin' }] }],
  [{ layers: [{ thickness: 1 }] }, [422, '#/layers/0/name']],
  // Stored in one form, compared in it.
  [{ seen_at: '2024-05-01T02:00:00+02:00' }, { seen_at: '2024-05-01T00:00:00.000Z' }],
  [{ weight: 1000 }, [422, '#/weight']],
  [{ weight: '3', place: 100, name: '' }, [422, '#/place', '#/name', '#/weight']],
  [{ unknown: 1 }, [422, '#/unknown']],
  [{ origin: { unknown: 1 } }, [422, '#/origin/unknown']],
  [{ id: 2, checked_at: null }, {}],
  [{ id: 7 }, [422, '#/id']],
  [{ created_at: '2001-01-01T00:00:00Z' }, [422, '#/created_at']],
  [{ checked_at: '2001-01-01T00:00:00Z' }, [422, '#/checked_at']],
  [[], [422, '#']],
  ['text', [422, '#']],
  [null, [422, '#']],
)

const jsonPatches = rows(
  [[], {}],
  // RFC 6902 §4.1 to §4.6
  [[{ op: 'add', path: '/notes', value: 'new' }], { notes: 'new' }],
  [[{ op: 'add', path: '/colors/-', value: 'blue' }], { colors: ['red', 'green', 'blue'] }],
  [[{ op: 'add', path: '/colors/0', value: 'blue' }], { colors: ['blue', 'red', 'green'] }],
  [[{ op: 'remove', path: '/notes' }], { notes: null }],
  [[{ op: 'remove', path: '/colors/1' }], { colors: ['red'] }],
  [
    [{ op: 'remove', path: '/origin/spot/hint' }],
    { origin: { country: 'Peru', spot: { north: 1, east: 2 } } },
  ],
  [
    [{ op: 'replace', path: '/layers/0/name', value: 'sap' }],
    { layers: [{ name: 'sap', thickness: 1 }, { name: 'amber' }] },
  ],
  [
    [{ op: 'move', from: '/layers/0', path: '/layers/1' }],
    { layers: [{ name: 'amber' }, { name: 'bark', thickness: 1 }] },
  ],
  [[{ op: 'move', from: '/notes', path: '/name' }], { notes: null, name: 'old' }],
  [[{ op: 'copy', from: '/name', path: '/notes' }], { notes: 'Fern' }],
  [
    [
      { op: 'test', path: '/name', value: 'Fern' },
      { op: 'replace', path: '/name', value: 'Moss' },
    ],
    { name: 'Moss' },
  ],
  [[{ op: 'test', path: '/checked_at', value: null }], {}],
  // §5: all or nothing; what the patch says of the row does not hold (RFC 5789 §2.2).
  [
    [
      { op: 'replace', path: '/name', value: 'Moss' },
      { op: 'test', path: '/place', value: 9 },
    ],
    [409, '#/1/value'],
  ],
  [[{ op: 'remove', path: '/colors/2' }], [409, '#/0/path']],
  [[{ op: 'replace', path: '/unknown', value: 1 }], [409, '#/0/path']],
  [[{ op: 'move', from: '/unknown', path: '/name' }], [409, '#/0/from']],
  // The result is no specimen.
  [[{ op: 'replace', path: '/weight', value: '3' }], [422, '#/weight']],
  [[{ op: 'remove', path: '/name' }], [422, '#/name']],
  [[{ op: 'remove', path: '/grade' }], [422, '#/grade']],
  [[{ op: 'add', path: '/unknown', value: 1 }], [422, '#/unknown']],
  [[{ op: 'add', path: '/origin/unknown', value: 1 }], [422, '#/origin/unknown']],
  [[{ op: 'replace', path: '/id', value: 7 }], [422, '#/id']],
  [[{ op: 'remove', path: '/id' }], [422, '#/id']],
  [[{ op: 'replace', path: '/created_at', value: '2001-01-01T00:00:00Z' }], [422, '#/created_at']],
  [[{ op: 'replace', path: '', value: {} }], [422, '#/id', '#/shelf', '#/place', '#/code']],
  [[{ op: 'replace', path: '', value: ['no', 'object'] }], [422, '#']],
  // It is no JSON Patch.
  [[null], [422, '#/0', '#/0']],
  [['remove'], [422, '#/0', '#/0']],
  [[[{ op: 'remove', path: '/notes' }]], [422, '#/0', '#/0']],
  [{ op: 'remove', path: '/notes' }, [422, '#']],
)

async function checkPatches(
  t: Test,
  service: Service,
  table: readonly Row[],
  headers: Record<string, string>,
) {
  for (const { patch, gives } of table) {
    const name = JSON.stringify(patch)
    const { json: before } = await service.post('/specimens', { id: 2, ...first })
    const answer = await service.patch('/specimens/2', patch, headers)
    const { json: after } = await service.get('/specimens/2')
    if (Array.isArray(gives)) {
      t.strictSame([answer.status, ...pointersOf(answer).slice(0, 4)], gives, name)
      t.strictSame(after, before, `${name} changes nothing`)
    } else {
      t.equal(answer.status, 200, name)
      t.strictSame(answer.json, { ...before, ...gives }, name)
      t.strictSame(after, answer.json, name)
    }
    await service.delete('/specimens/2')
  }
}

function pointersOf({ json }: Received): string[] {
  return json.errors.map(({ pointer }: { pointer: string }) => pointer)
}

feature(
  'a merge patch',
  async (t, service) => checkPatches(t, service, mergePatches, mergePatch),
  options,
)

feature(
  'JSON alone is a merge patch',
  async (t, service) => checkPatches(t, service, mergePatches, {}),
  options,
)

feature(
  'a JSON Patch',
  async (t, service) => checkPatches(t, service, jsonPatches, jsonPatch),
  options,
)

feature('other media types are named (RFC 5789 §3.1)', async (t, { request }) => {
  const refused = await request('PATCH', '/todos/1', {
    body: '<x/>',
    headers: { 'content-type': 'application/xml' },
  })
  t.equal(refused.status, 415)
  t.equal(
    refused.headers['accept-patch'],
    'application/merge-patch+json, application/json, application/json-patch+json',
  )
})

feature('a missing row cannot be patched', async (t, { patch }) => {
  for (const url of [
    '/todos/999',
    '/users/nobody',
    '/customers/2/sales/1',
    '/customers/99/sales/1',
  ])
    for (const headers of [mergePatch, jsonPatch]) {
      const answer = await patch(url, headers === jsonPatch ? [] : {}, headers)
      t.match(problemOf(answer), { status: 404 }, url)
    }
})

feature('below a parent, a member stays there', async (t, { get, patch }) => {
  const before = (await get('/sales/1')).json
  for (const [body, headers] of [
    [{ customer_id: 2 }, mergePatch],
    [[{ op: 'replace', path: '/customer_id', value: 2 }], jsonPatch],
  ] as const) {
    const moved = await patch('/customers/1/sales/1', body, headers)
    t.equal(moved.status, 409)
    t.strictSame(moved.json.errors, [
      { pointer: '#/customer_id', detail: 'must equal 1, as in the address' },
    ])
  }
  t.strictSame((await get('/sales/1')).json, before)
  t.equal((await patch('/customers/1/sales/1', { customer_id: 1, amount: 1 })).json.amount, 1)
  t.equal((await patch('/sales/1', { customer_id: 2 })).json.customer_id, 2, 'flat, it may move')
})

const user = { name: 'Ada W.' }

feature('the response to a patch has the new state and its tag', async (t, { get, patch }) => {
  const before = await get('/users/ada')
  const { status, json, headers } = await patch('/users/ada', user, mergePatch)
  t.equal(status, 200)
  t.strictSame(json, { ...before.json, ...user })
  t.not(headers.etag, before.headers.etag)
  t.equal(headers.etag, (await get('/users/ada')).headers.etag)
})

feature(
  'members that an operation of a JSON Patch does not define are ignored, whatever they are (RFC 6902 §4)',
  async (t, service) => {
    const body =
      '[{"op":"replace","path":"/name","value":"Siam","__proto__":{"value":"Laos"},"note":1}]'
    const { status, json } = await service.request('PATCH', '/countries/1', {
      body,
      headers: jsonPatch,
    })
    t.strictSame([status, (json as Members).name], [200, 'Siam'])
  },
)

feature(
  'a mistake in the last of the most operations possible is refused too',
  async (t, service) => {
    const hidden = '{"op":"test","path":"/name","value":{"__proto__":{}}}'
    const patchOf = (count: number) =>
      `[${'{"op":"test","path":"/id","value":1},'.repeat(count - 1)}${hidden}]`
    for (const [count, status] of [
      [jsonPatchShape.maxItems, 400],
      [jsonPatchShape.maxItems + 1, 422],
    ] as const) {
      const answer = await service.request('PATCH', '/countries/1', {
        body: patchOf(count),
        headers: jsonPatch,
      })
      t.equal(answer.status, status, `${count} operations`)
    }
  },
)
