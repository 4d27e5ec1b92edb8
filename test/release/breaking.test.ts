// What the gate takes for a break, by a table of changes to a part of the document.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { breakingChanges, isBuilt } from '../../release/oasdiff.ts'
import { fixtureDocument } from '../support/fixture-models.ts'

// A document is a tree without a type here: what is changed in it is known to be there.
// biome-ignore lint/suspicious/noExplicitAny: see above
type Document = any
type Change = (document: Document) => void

const whole = await fixtureDocument<Document>()
const paths = ['/books', '/books/{id}', '/countries', '/customers', '/users/{username}']

/** A part of the document, in which each shape has the words of a status to itself. */
function part(): Document {
  const document: Document = structuredClone({
    ...whole,
    paths: Object.fromEntries(paths.map(path => [path, whole.paths[path]])),
  })
  for (const { properties } of Object.values<Document>(document.components.schemas))
    if (properties?.status !== undefined) properties.status = inline(document, properties.status)
  return document
}

function inline(
  { components }: Document,
  { $ref, allOf: [first] = [{ $ref }], ...own }: Document,
): Document {
  const name = String(first.$ref).split('/').at(-1) ?? ''
  return { ...structuredClone(components.schemas[name]), ...own }
}

const schema = (name: string) => (document: Document) => document.components.schemas[name]
const parameter = (name: string) => (document: Document) => document.components.parameters[name]
const operation = (method: string, path: string) => (document: Document) =>
  document.paths[path][method]

/** One that only the list of books has. */
const bookParameter = (name: string) => (document: Document) =>
  listBooks(document).parameters.find((parameter: Document) => parameter.name === name)

const book = schema('Book')
const newBook = schema('BookCreation')
const newCountry = schema('CountryCreation')
const newCustomer = schema('CustomerCreation')
const listBooks = operation('get', '/books')
const createBook = operation('post', '/books')
const readBook = operation('get', '/books/{id}')

/** The change, and the checks that find it. */
const breaks: Readonly<Record<string, readonly [Change, ...checks: string[]]>> = {
  'an operation is gone': [
    document => delete document.paths['/books'].post,
    'api-removed-without-deprecation',
  ],
  'an address is gone': [
    document => delete document.paths['/countries'],
    'api-path-removed-without-deprecation',
  ],
  'a deprecated operation is gone': [
    document => delete document.paths['/books/{id}'].put,
    'api-removed-with-deprecation',
  ],
  'an operation has another name': [
    document => (listBooks(document).operationId = 'getBooks'),
    'api-operation-id-removed',
  ],
  'a component has another name': [
    document => rename(document, 'BookPatch', 'BookChange'),
    'api-schema-removed',
  ],
  'credentials are asked for': [
    document => {
      createBook(document).security = [{ bearerAuth: [] }]
    },
    'api-security-added',
  ],
  'a new member is required of a request': [
    document => {
      newBook(document).properties.shelf = { type: 'string' }
      newBook(document).required.push('shelf')
    },
    'new-required-request-property',
  ],
  'a member of a request is required now': [
    document => newBook(document).required.push('genre'),
    'request-property-became-required',
  ],
  'a member of a request is gone': [
    document => delete newBook(document).properties.genre,
    'request-property-removed',
  ],
  'a member of a request may not be null': [
    document => (newBook(document).properties.genre.type = 'string'),
    'request-property-became-not-nullable',
  ],
  'a member of a request has another type': [
    document => (newCountry(document).properties.area.type = 'boolean'),
    'request-property-type-changed',
  ],
  'a text of a request is shorter': [
    document => (newCountry(document).properties.name.maxLength = 50),
    'request-property-max-length-decreased',
  ],
  'a number of a request starts higher': [
    document => (newCountry(document).properties.area.minimum = 10),
    'request-property-min-increased',
  ],
  'a text of a request has another pattern': [
    document => (newBook(document).properties.isbn13.pattern = '^[0-9]{13}$'),
    'request-property-pattern-changed',
  ],
  'a word of a request is no longer known': [
    document => newCustomer(document).properties.status.enum.pop(),
    'request-property-enum-value-removed',
  ],
  'what is left out means something else': [
    document => (newCustomer(document).properties.status.default = 'customer'),
    'request-property-default-value-changed',
  ],
  'a media type of a request is gone': [
    document =>
      delete operation('patch', '/books/{id}')(document).requestBody.content[
        'application/json-patch+json'
      ],
    'request-body-media-type-removed',
  ],
  'a parameter is gone': [document => without(document, 'genre'), 'request-parameter-removed'],
  'a parameter is required now': [
    document => (parameter('IfMatch')(document).required = true),
    'request-parameter-became-required',
  ],
  'a parameter is narrower': [
    document => (parameter('Limit')(document).schema.maximum = 100),
    'request-parameter-max-decreased',
  ],
  'a parameter has another default': [
    document => (parameter('OnDuplicate')(document).schema.default = 'skip'),
    'request-parameter-default-value-changed',
  ],
  'an order is no longer known': [
    document => bookParameter('sort')(document).schema.items.enum.pop(),
    'request-parameter-property-enum-value-removed',
  ],
  'a member of an answer is gone': [
    document => {
      delete book(document).properties.genre
      book(document).required = book(document).required.filter((name: string) => name !== 'genre')
    },
    'response-required-property-removed',
  ],
  'a member of a problem is gone': [
    document => delete schema('Problem')(document).properties.errors,
    'response-optional-property-removed',
  ],
  'a member of an answer may be missing': [
    document => book(document).required.pop(),
    'response-property-became-optional',
  ],
  'a member of an answer may be null': [
    document => (book(document).properties.title.type = ['string', 'null']),
    'response-property-became-nullable',
  ],
  'a member of an answer has another type': [
    document => (schema('Country')(document).properties.area.type = 'string'),
    'response-property-type-changed',
  ],
  'a text of an answer is longer': [
    document => (schema('Country')(document).properties.name.maxLength = 500),
    'response-property-max-length-increased',
  ],
  'an answer has a new word': [
    document => schema('Customer')(document).properties.status.enum.push('friend'),
    'response-property-enum-value-added',
  ],
  'an answer is another thing': [
    document =>
      (createBook(document).responses[201].content['application/json'].schema = {
        type: 'array',
        items: {},
      }),
    'response-body-type-changed',
    'response-required-property-removed',
  ],
  'an answer with a choice is another thing': [
    document =>
      (readBook(document).responses[200].content['application/json'].schema = {
        type: 'array',
        items: {},
      }),
    'response-body-min-properties-unset',
    'response-body-type-changed',
    'response-optional-property-removed',
  ],
  'a success has another status': [
    document => {
      const { 201: created, ...others } = createBook(document).responses
      createBook(document).responses = { ...others, 200: created }
    },
    'response-success-status-removed',
  ],
  'a media type of an answer is gone': [
    document => {
      const { content } = listBooks(document).responses[200]
      listBooks(document).responses[200].content = { 'text/csv': content['application/json'] }
    },
    'response-media-type-removed',
  ],
  'a field of an answer is gone': [
    document => delete readBook(document).responses[200].headers.ETag,
    'required-response-header-removed',
  ],
}

const additions: Readonly<Record<string, Change>> = {
  nothing: () => {},
  'a new operation': document => {
    document.paths['/shelves'] = { get: { ...listBooks(document), operationId: 'listShelves' } }
  },
  'a new member that a request may have': document => {
    newBook(document).properties.shelf = { type: ['string', 'null'] }
  },
  'a new member of an answer': document => {
    book(document).properties.shelf = { type: ['string', 'null'] }
    book(document).required.push('shelf')
  },
  'a new word of a request': document =>
    newCustomer(document).properties.status.enum.push('friend'),
  'a longer text of a request': document => {
    newCountry(document).properties.name.maxLength = 500
  },
  'a request that may leave something out': document => newCountry(document).required.pop(),
  'a request that may say null': document => {
    newBook(document).properties.title.type = ['string', 'null']
  },
  'a new parameter': document =>
    listBooks(document).parameters.push({ name: 'q', in: 'query', schema: { type: 'string' } }),
  'a higher limit': document => {
    parameter('Limit')(document).schema.maximum = 5000
  },
  'a new order': document => bookParameter('sort')(document).schema.items.enum.push('shelf'),
  'another order of the parameters': document => listBooks(document).parameters.reverse(),
  'a new field of an answer': document => {
    readBook(document).responses[200].headers['X-Shelf'] = { schema: { type: 'string' } }
  },
  'a new refusal': document => {
    listBooks(document).responses[451] = listBooks(document).responses[412]
  },
  'a new media type of an answer': document => {
    listBooks(document).responses[200].content['text/csv'] = { schema: { type: 'string' } }
  },
  'a deprecation': document => {
    listBooks(document).deprecated = true
  },
  'other words': document => {
    listBooks(document).summary = 'Look at the books'
    book(document).properties.title.description = 'What it is called'
  },
}

function rename(document: Document, from: string, to: string): void {
  const renamed = JSON.stringify(document)
    .replaceAll(`/${from}"`, `/${to}"`)
    .replaceAll(`"${from}":`, `"${to}":`)
  Object.assign(document, JSON.parse(renamed))
}

function without(document: Document, name: string): void {
  const { parameters } = listBooks(document)
  listBooks(document).parameters = parameters.filter(
    (parameter: Document) => parameter.name !== name,
  )
}

/** The checks that find something in the change. */
function found(t: Test, change: Change): string[] {
  const [base, next] = [part(), part()]
  // Before the change one operation is deprecated, and one is open to all.
  for (const document of [base, next]) {
    document.paths['/books/{id}'].put.deprecated = true
    createBook(document).security = []
  }
  change(next)
  const files = [join(t.testdir(), 'base.json'), join(t.testdirName, 'next.json')] as const
  writeFileSync(files[0], JSON.stringify(base))
  writeFileSync(files[1], JSON.stringify(next))
  return [
    ...new Set(breakingChanges(...files).map(line => /\[([\w-]+)\]$/.exec(line)?.[1] ?? line)),
  ]
}

const skip = !isBuilt() && 'oasdiff is not built: npm run lint:breaking does it'

t.test('what breaks clients is found', { skip }, async t => {
  for (const [name, [change, ...checks]] of Object.entries(breaks))
    t.strictSame(found(t, change), checks, name)
})

t.test('what is only added breaks nobody', { skip }, async t => {
  for (const [name, change] of Object.entries(additions)) t.strictSame(found(t, change), [], name)
})

t.test('a break says where and what', { skip }, async t => {
  const files = t.testdir({ 'base.json': JSON.stringify(part()), 'next.json': '' })
  const next = part()
  delete next.paths['/books'].post
  writeFileSync(join(files, 'next.json'), JSON.stringify(next))
  t.strictSame(breakingChanges(join(files, 'base.json'), join(files, 'next.json')), [
    'POST /books: api removed without deprecation [api-removed-without-deprecation]',
  ])
})

t.test('a document that cannot be read is no document without breaks', { skip }, async t => {
  t.throws(() => breakingChanges('openapi.yaml', join(t.testdir(), 'none.yaml')), {
    message: /none\.yaml/,
  })
})
