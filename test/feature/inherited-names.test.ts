// Fields that are called like what every JavaScript object inherits: `constructor`, `toString` and the like.

import { type TProperties, Type } from '@sinclair/typebox'
import fc from 'fast-check'
import type { Test } from 'tap'
import { brokenMembers } from '../../src/resource/keywords.ts'
import { define } from '../support/definitions.ts'
import { feature, type Received, type Service } from '../support/service.ts'

/** Those that a definition may have. JSON parsers that take `__proto__` for a name like any other are rare, so none may be called so. */
const inherited = Object.getOwnPropertyNames(Object.prototype).filter(
  name => name !== '__proto__' && !brokenMembers.includes(name),
)
/** The names of fields have a letter first. */
const names = inherited.filter(name => !name.startsWith('_'))

const members = (chosen: readonly string[], schema: () => TProperties[string]) =>
  Object.fromEntries(chosen.map(name => [name, Type.Optional(schema())]))

const races = define(
  'races',
  {
    title: Type.String({ examples: ['Rain'] }),
    ...members(names, () => Type.String({ maxLength: 100, examples: ['a'] })),
  },
  { unique: ['constructor'], sample: [{ title: 'Sun' }] },
)

const settings = define('settings', {
  ...Object.fromEntries(names.map(name => [name, Type.Boolean({ default: true })])),
  nested: Type.Object(
    members(inherited, () => Type.Integer({ examples: [1] })),
    { default: {} },
  ),
})

const given = { resources: [races.resource, settings.resource] }

feature(
  'a member called like an inherited one is absent unless it is sent',
  async (t, { get, post, put, patch }) => {
    const nothing = Object.fromEntries(names.map(name => [name, null]))
    t.strictSame((await post('/races', { title: 'Rain' })).json, {
      id: 2,
      title: 'Rain',
      ...nothing,
    })
    t.strictSame((await put('/races/2', { title: 'Fog' })).json, {
      id: 2,
      title: 'Fog',
      ...nothing,
    })
    t.strictSame((await patch('/races/2', { title: 'Ice' })).json, {
      id: 2,
      title: 'Ice',
      ...nothing,
    })
    t.strictSame((await get('/races')).json, [
      { id: 1, title: 'Sun', ...nothing },
      { id: 2, title: 'Ice', ...nothing },
    ])
  },
  given,
)

feature(
  'defaults of such members are filled in, also on PUT',
  async (t, { post, put }) => {
    const all = { ...Object.fromEntries(names.map(name => [name, true])), nested: {} }
    t.strictSame((await post('/settings', {})).json, { id: 1, ...all })
    t.strictSame((await put('/settings/1', { constructor: false })).json, {
      id: 1,
      ...all,
      constructor: false,
    })
  },
  given,
)

feature(
  'such members are filtered, sorted, chosen and kept unique like others',
  async (t, { get, post }) => {
    for (const [index, name] of names.entries()) {
      const title = `race ${index}`
      t.equal((await post('/races', { title, [name]: name })).status, 201, name)
      t.strictSame(titles(await get(`/races?${name}=${name}`)), [title], `filter by ${name}`)
      t.equal(titles(await get(`/races?sort=-${name}`))[0], title, `sort by ${name}`)
      t.strictSame(
        (await get(`/races/${index + 2}?fields=${name}`)).json,
        { [name]: name },
        `choose ${name}`,
      )
    }
    const taken = await post('/races', { title: 'again', constructor: 'constructor' })
    t.equal(taken.status, 409)
    t.strictSame(taken.json.errors, [{ pointer: '#/constructor', detail: 'is taken' }])
  },
  given,
)

feature(
  'whatever of such members is sent comes back, and nothing else, each way',
  async (t, service) => {
    const flat = fc.dictionary(
      fc.constantFrom(...names),
      fc.string({ maxLength: 20, unit: 'grapheme-ascii' }),
    )
    const deep = fc.dictionary(fc.constantFrom(...inherited), fc.integer())
    const { json: race } = await service.post('/races', { title: 'x' })
    const { json: setting } = await service.post('/settings', {})
    await fc.assert(
      fc.asyncProperty(flat, deep, async (sent, nested) => {
        await checkRace(t, service, race.id, { ...sent })
        await checkNested(t, service, setting.id, { ...nested })
      }),
      { numRuns: 25 },
    )
  },
  given,
)

async function checkRace(
  t: Test,
  { put, patch, get }: Service,
  id: number,
  sent: Record<string, string>,
) {
  const url = `/races/${id}`
  const expected = {
    id,
    title: 'x',
    ...Object.fromEntries(names.map(name => [name, null])),
    ...sent,
  }
  t.strictSame((await put(url, { title: 'x', ...sent })).json, expected, 'put')
  t.strictSame((await patch(url, {})).json, expected, 'an empty patch')
  t.strictSame((await get(url)).json, expected, 'get')
  await put(url, { title: 'x' })
  const operations = Object.entries(sent).map(([name, value]) => ({
    op: 'replace',
    path: `/${name}`,
    value,
  }))
  const patched = await patch(url, operations, { 'content-type': 'application/json-patch+json' })
  t.strictSame(patched.json, expected, 'JSON Patch')
}

async function checkNested(
  t: Test,
  { put, patch, get }: Service,
  id: number,
  nested: Record<string, number>,
) {
  const url = `/settings/${id}`
  t.strictSame((await put(url, { nested })).json.nested, nested, 'put')
  await put(url, {})
  t.strictSame((await patch(url, { nested })).json.nested, nested, 'merge patch')
  t.strictSame((await get(url)).json.nested, nested, 'get')
}

function titles({ json }: Received): string[] {
  return json.map(({ title }: { title: string }) => title)
}
