// Definitions as a whole: what would only show later, in the document or at a request, is told at the start.

import { type TProperties, Type } from '@sinclair/typebox'
import t from 'tap'
import { deriveModels, loadModels } from '../../src/definitions/load.ts'
import type { DefinedResource } from '../../src/resource/model.ts'
import { Enum, Ref, view } from '../../src/resource/resource.ts'
import { define } from '../support/definitions.ts'
import { fixtureModels } from '../support/fixture-models.ts'

const text = Type.String()
const number = Type.Integer()
const books = define('books', { title: text })

function messageOf(...defined: readonly DefinedResource[]): string {
  try {
    deriveModels(defined)
    return 'no mistake'
  } catch (error) {
    return (error as Error).message
  }
}

const code = Type.String({ pattern: '^[A-Z]{3}$' })

const values: [field: TProperties[string], mistake: string][] = [
  [
    Type.Integer({ minimum: 5, examples: [5, 4] }),
    'has an example that is not valid, 4: must be >= 5',
  ],
  [
    Type.String({ format: 'date', examples: ['today'] }),
    'has an example that is not valid, "today": must be a valid date, such as 2026-05-04',
  ],
  [
    Enum(['s', 'm'], { examples: ['l'] }),
    'has an example that is not valid, "l": must be one of: s, m',
  ],
  [
    Type.Array(number, { examples: [[1, '2']] }),
    'has an example that is not valid, [1,"2"]: 1 must be integer',
  ],
  [
    Type.Object({ a: text, b: Type.Optional(text) }, { examples: [{ b: 'x' }] }),
    'has an example that is not valid, {"b":"x"}: a is required',
  ],
  [Type.Integer({ minimum: 5, default: 1 }), 'has a default that is not valid, 1: must be >= 5'],
  [
    Enum(['s', 'm'], { default: 'l' }),
    'has a default that is not valid, "l": must be one of: s, m',
  ],
  [Type.Boolean({ default: 'no' }), 'has a default that is not valid, "no": must be boolean'],
  [
    code,
    'needs examples, because it would get one that is not valid, "text": must match the pattern ^[A-Z]{3}$',
  ],
  [
    Type.Object({ iso: code }),
    'needs examples, because it would get one that is not valid, {"iso":"text"}: iso must match the pattern ^[A-Z]{3}$',
  ],
  [
    Type.Number({ maximum: 0.5 }),
    'needs examples, because it would get one that is not valid, 1: must be <= 0.5',
  ],
  [
    Type.Number({ multipleOf: 0.01, examples: [19.99, 19.995] }),
    'has an example that is not valid, 19.995: must be multiple of 0.01',
  ],
  [Type.Object({ ['__proto__']: text }), 'has the member __proto__, which no body may have'],
  [
    Type.String({ maxLength: -1 }),
    'is no JSON Schema: schema is invalid: data/maxLength must be >= 0',
  ],
  [
    Type.Number({ minimum: Number.NaN }),
    'is no JSON Schema: schema is invalid: data/minimum must be number',
  ],
  [Enum([]), 'is an Enum without a word to choose'],
  [Type.Optional(Enum([])), 'is an Enum without a word to choose'],
]

t.test('examples, defaults and schemas are sound', async t => {
  for (const [field, mistake] of values)
    t.equal(
      messageOf(define('pages', { size: field })),
      `The resources have a mistake:\n  schemas/pages.ts: size ${mistake}`,
    )
})

t.test('what a view returns has no name at which generators of clients fail', async t => {
  const response = Type.Array(Type.Object({ valueOf: Type.Object({ isPrototypeOf: text }) }))
  const summary = 'All of them'
  const views = { all: view({ on: 'collection', summary, response, run: (() => []) as never }) }
  const at = "\n  schemas/pages.ts: the response of 'all' has"
  const why = 'which is a name at which generators of clients fail; choose another'
  t.equal(
    messageOf(define('pages', { size: number }, { views })),
    `The resources have 2 mistakes:${at} valueOf, ${why}${at} isPrototypeOf, ${why}`,
  )
})

t.test('what a view returns is a schema, of which the document can make an example', async t => {
  const told: [response: TProperties, mistake: string][] = [
    [
      { name: Type.String({ maxLength: -1 }) },
      'is no JSON Schema: schema is invalid: data/properties/name/maxLength must be >= 0',
    ],
    [
      { code },
      'needs examples, because the document would make up one that is not valid: code must match the pattern ^[A-Z]{3}$',
    ],
  ]
  for (const [members, mistake] of told) {
    const response = Type.Object(members)
    const views = {
      all: view({ on: 'collection', summary: 'All', response, run: (() => {}) as never }),
    }
    t.equal(
      messageOf(define('pages', { size: number }, { views })),
      `The resources have a mistake:\n  schemas/pages.ts: the response of 'all' ${mistake}`,
    )
  }
})

t.test('a field that is optional, or whose example can be made up, needs no example', async t => {
  const fields = {
    code: Type.Optional(code),
    on: Type.String({ format: 'date' }),
    at: Type.String({ format: 'date-time' }),
    by: Type.String({ format: 'email' }),
    link: Type.String({ format: 'uri' }),
    tag: Type.String({ format: 'uuid' }),
    text: Type.String({ minLength: 30 }),
    size: Type.Integer({ minimum: 7 }),
    many: Type.Array(Type.Object({ on: Type.String({ format: 'date' }), ok: Type.Boolean() }), {
      minItems: 2,
    }),
  }
  t.equal(messageOf(define('pages', fields)), 'no mistake')
})

const size = { summary: 'Size', response: Type.Object({}), run: () => ({}) }

const clashes: [mistake: string, defined: DefinedResource[]][] = [
  [
    "schemas/problems.ts: the component 'Problem' of the document is the service's already; choose another word with the option singular",
    [define('problems', { text })],
  ],
  [
    "schemas/book-creations.ts: the component 'BookCreation' of the document is schemas/books.ts's already; choose another word with the option singular",
    [books, define('book-creations', { text })],
  ],
  [
    "schemas/book-views.ts: the component 'BookView' of the document is schemas/books.ts's already; choose another word with the option singular",
    [books, define('book-views', { text })],
  ],
  [
    "schemas/keys.ts: the name 'keys' is the service's own, for its API keys; choose another, such as 'team_keys'",
    [define('keys', { text })],
  ],
  [
    "schemas/codes.ts: the singular 'key' is the service's own, for its API keys; choose another, such as 'team_codes'",
    [define('codes', { text }, { singular: 'key' })],
  ],
  ["schemas/docs.ts: the address /docs is the service's own", [define('docs', { text })]],
  ["schemas/v1.ts: the address /v1 is the service's own", [define('v1', { text })]],
  [
    "schemas/health.ts: the address /health is the service's own",
    [define('health', { text }, { singular: 'doctor' })],
  ],
  [
    "schemas/pages.ts: GET /books/{}/pages is schemas/books.ts's already",
    [
      define('pages', { book: Ref('books') }, { parent: 'book' }),
      define('books', { text }, { views: { pages: size } }),
    ],
  ],
  [
    "schemas/pages.ts: operationId 'readPage' is there twice; choose another name for one of them",
    [define('pages', { text }, { views: { read: size } })],
  ],
  [
    'schemas/pages.ts: /books/{book}/pages/{book} names two things alike',
    [books, define('pages', { book: Ref('books'), text }, { key: 'book', parent: 'book' })],
  ],
  // parameters of a list
  [
    'schemas/pages.ts: limit collides with a parameter of its list; rename the field',
    [define('pages', { limit: number })],
  ],
  [
    'schemas/pages.ts: cursor collides with a parameter of its list; rename the field',
    [define('pages', { cursor: text })],
  ],
  [
    'schemas/pages.ts: sort collides with a parameter of its list; rename the field',
    [define('pages', { sort: text })],
  ],
  [
    'schemas/pages.ts: fields collides with a parameter of its list; rename the field',
    [define('pages', { fields: text })],
  ],
  [
    'schemas/pages.ts: q collides with a parameter of its list; rename the field',
    [define('pages', { q: text })],
  ],
  [
    'schemas/pages.ts: size_gte collides with a parameter of its list; rename the field',
    [define('pages', { size: number, size_gte: number })],
  ],
  [
    'schemas/pages.ts: size_is_null collides with a parameter of its list; rename the field',
    [define('pages', { size_is_null: Type.Boolean(), size: Type.Optional(number) })],
  ],
  // options
  [
    'schemas/pages.ts: deprecated.since must be a date, such as 2026-11-01',
    [define('pages', { text }, { deprecated: { since: 'soon' } })],
  ],
  [
    'schemas/pages.ts: deprecated.sunset must be a date, such as 2026-11-01',
    [define('pages', { text }, { deprecated: { since: '2026-11-01', sunset: 'later' } })],
  ],
  [
    'schemas/pages.ts: beforeWrite runs inside the transaction, so it must not be async; what waits belongs in afterCommit',
    [define('pages', { text }, { hooks: { beforeWrite: async () => {} } })],
  ],
]

t.test('names, addresses and options are what they can be', async t => {
  for (const [mistake, defined] of clashes)
    t.equal(messageOf(...defined), `The resources have a mistake:\n  ${mistake}`)
})

t.test('a name that is no parameter of this list is free', async t => {
  t.equal(
    messageOf(define('pages', { size: text, size_gte: text, count: number, prefer: text })),
    'no mistake',
  )
  t.equal(messageOf(define('pages', { limit: Type.Array(number) })), 'no mistake')
})

t.test('a folder without a definition is told', async t => {
  const empty = t.testdir({ 'empty.ts': 'export const nothing = 1' })
  await t.rejects(loadModels(empty), {
    message: /told: no file exports a resource; write export const books = resource\(…\)/,
  })
})

t.test('the shipped definitions and the fixtures have no mistake', async t => {
  t.equal((await fixtureModels()).models.length, 11)
  t.equal((await loadModels('test/fixtures/schemas')).models.length, 2)
})
