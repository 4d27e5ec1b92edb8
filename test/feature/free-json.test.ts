// `Json()`: a field that holds any JSON value, bounded in bytes and depth, as it was sent.

import { Type } from '@sinclair/typebox'
import t from 'tap'
import { deriveModels } from '../../src/definitions/load.ts'
import { Json, Line, type Resource, resource } from '../../src/resource/resource.ts'
import { define } from '../support/definitions.ts'
import { feature, problemOf } from '../support/service.ts'

const forms = resource(
  'forms',
  Type.Object({
    name: Line({ maxLength: 20, examples: ['a'] }),
    answers: Json({ maxBytes: 60, maxDepth: 3 }),
    settings: Json({ default: { theme: 'light' } }),
    extra: Type.Optional(Json()),
    steps: Type.Optional(Type.Array(Json({ maxBytes: 20 }), { maxItems: 2 })),
  }),
  { description: 'What people fill in' },
)
const options = { resources: [forms] as readonly object[] as Resource[], sample: false }

const values: readonly unknown[] = [
  { b: 1, a: [true, null, 'é😀'], toString: 2 },
  [],
  {},
  'text',
  '',
  '\u0000',
  0,
  -1.5e300,
  false,
  null,
]

feature(
  'any JSON value is stored and returned as it was sent, its members in their order',
  async (t, { get, post, put }) => {
    for (const [index, answers] of values.entries()) {
      const { status, json } = await post('/forms', { name: 'a', answers })
      t.match([status, json], [201, { settings: { theme: 'light' }, extra: null }])
      const { text } = await get(`/forms/${index + 1}?fields=answers`)
      t.equal(text, JSON.stringify({ answers }))
    }
    const whole = (await get('/forms/1')).json
    t.match(await put('/forms/1', whole), { status: 200, json: whole })
    t.match(await put('/forms/1', { ...whole, settings: null }), { json: { settings: null } })
    t.match(await post('/forms', { name: 'a' }), { status: 422 }, 'it is required')
    t.strictSame(
      (await get('/forms?limit=3')).json.map(({ answers }: { answers: unknown }) => answers),
      values.slice(0, 3),
    )
  },
  options,
)

feature(
  'a merge patch changes what is in it, and a JSON Patch goes as deep as it likes',
  async (t, { get, post, patch, request }) => {
    await post('/forms', { name: 'a', answers: { one: { two: 3, four: 4 } } })
    await patch('/forms/1', { answers: { one: { two: null }, five: [] }, settings: { size: 2 } })
    t.match((await get('/forms/1')).json, {
      answers: { one: { four: 4 }, five: [] },
      settings: { theme: 'light', size: 2 },
    })
    const operations = [{ op: 'add', path: '/answers/five/-', value: 6 }]
    const headers = { 'content-type': 'application/json-patch+json' }
    await request('PATCH', '/forms/1', { headers, body: JSON.stringify(operations) })
    t.strictSame((await get('/forms/1')).json.answers, { one: { four: 4 }, five: [6] })
    await patch('/forms/1', { answers: null })
    t.equal((await get('/forms/1')).json.answers, null)
  },
  options,
)

feature(
  'a value that is too large, too deep or beyond numbers is refused with its place',
  async (t, { post, request }) => {
    const finding = async (member: object) =>
      problemOf(await post('/forms', { name: 'a', answers: 1, ...member })).errors
    const told = (pointer: string, detail: string) => [{ pointer, detail }]
    t.strictSame(
      await finding({ answers: 'é'.repeat(30) }),
      told('#/answers', 'must not have more than 60 bytes'),
    )
    t.strictSame(
      await finding({ answers: [[[[]]]] }),
      told('#/answers', 'must not be nested deeper than 3 levels'),
    )
    t.strictSame(
      await finding({ steps: [1, 'x'.repeat(20)] }),
      told('#/steps/1', 'must not have more than 20 bytes'),
    )
    const send = (answers: string) =>
      request('POST', '/forms', {
        headers: { 'content-type': 'application/json' },
        body: `{"name":"a","answers":${answers}}`,
      })
    t.match((await send('[1e999]')).json.errors, [{ detail: /number beyond/ }])
    const deep = await send('['.repeat(200_000) + ']'.repeat(200_000))
    t.match(deep, { status: 422 }, 'nor does it take the stack')
  },
  options,
)

feature(
  'it is neither a filter nor a sort, and the document says any value',
  async (t, { get, document }) => {
    t.equal((await get('/forms?answers=1')).status, 400)
    t.equal((await get('/forms?sort=answers')).status, 400)
    const { FormCreation } = document.components.schemas as Record<string, { properties: object }>
    t.match(FormCreation?.properties, {
      answers: { description: 'Any JSON value', 'x-max-bytes': 60, 'x-max-depth': 3 },
    })
  },
  options,
)

t.test('its bounds are checked, and what may be anything is told of it', async t => {
  const mistakes = (field: object) => {
    try {
      deriveModels([define('forms', { answers: field as never })])
      return []
    } catch (error) {
      return (error as { mistakes?: string[] }).mistakes
    }
  }
  t.match(mistakes(Json({ maxBytes: 0 })), [/answers has a maxBytes that is not an integer from 1/])
  t.match(mistakes(Json({ maxDepth: 101 })), [/answers has a maxDepth that is not .* 1 to 100/])
  t.match(mistakes(Json({ maxLength: 3 })), [/has maxLength, which only .*; this one is any JSON/])
  for (const anything of [Type.Any(), Type.Unknown()])
    t.match(mistakes(anything), [/answers must be .*; any JSON value is Json\(\)/])
})
