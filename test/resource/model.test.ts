// Models of definitions, and the mistakes that a definition can have: all are told, each with file and field.

import { type TProperties, Type } from '@sinclair/typebox'
import t from 'tap'
import { resourcesToModels } from '../../src/resource/derive.ts'
import { type DefinedResource, DefinitionError, type Model } from '../../src/resource/model.ts'
import { CreatedAt, Enum, Ref, Refs } from '../../src/resource/resource.ts'
import { define } from '../support/definitions.ts'

const text = Type.String({ maxLength: 50 })
const number = Type.Integer()
const key = Type.String({ minLength: 1, maxLength: 50 })
const books = define('books', { title: text })

function messageOf(defined: readonly DefinedResource[]): string {
  try {
    resourcesToModels(defined)
    return 'no mistake'
  } catch (error) {
    if (!(error instanceof DefinitionError)) throw error
    return error.message
  }
}

const longest = Type.String({ maxLength: 500 })
const long = Type.String({ maxLength: 501 })
const kindsOnly = 'must be a string, integer, number, boolean, list or object'
const unsupported = `${kindsOnly} (a choice of words is an Enum)`
const anything = `${kindsOnly}; any JSON value is Json()`
const plainName = 'must be up to 50 of a-z, A-Z, 0-9 and _, a letter first'

/** Of `schemas/pages.ts`, beside a resource `books`. */
const mistakes: [mistake: string, fields: TProperties, options?: object][] = [
  // names
  [`9lives ${plainName}`, { '9lives': text }],
  [`_rev ${plainName}`, { _rev: text }],
  [`two-words ${plainName}`, { 'two-words': text }],
  [`${'n'.repeat(51)} ${plainName}`, { ['n'.repeat(51)]: text }],
  ['Title differs from another field only by case', { title: text, Title: text }],
  ['id is made by the server; name it in `key` to make it your own', { id: number }],
  ['ID is made by the server; name it in `key` to make it your own', { ID: number }],
  ['needs a description', { title: text }, { description: '' }],
  // fields that are named where there is none
  ['titel is named in key, but there is no such field', { title: text }, { key: 'titel' }],
  ['book is named in parent, but there is no such field', { title: text }, { parent: 'book' }],
  ['titel is named in unique, but there is no such field', { title: text }, { unique: ['titel'] }],
  [
    'titel is named in unique, but there is no such field',
    { title: text },
    { unique: [['title', 'titel']] },
  ],
  ['titel is named in index, but there is no such field', { title: text }, { index: ['titel'] }],
  [
    'titel is named in listed, but there is no such field',
    { title: text },
    { listed: ['id', 'titel'] },
  ],
  [
    'titel is named in filterable, but there is no such field',
    { title: text },
    { filterable: ['titel'] },
  ],
  [
    'titel is named in sortable, but there is no such field',
    { title: text },
    { sortable: ['titel'] },
  ],
  [
    'has no field in listed; leave it out, and a list shows them all',
    { title: text },
    { listed: [] },
  ],
  // access
  [
    'has owners, so the server must make its keys: leave out `key`',
    { code: key },
    { key: 'code', owner: true },
  ],
  [
    'has owners, so it cannot have publicRead too',
    { title: text },
    { owner: true, publicRead: true },
  ],
  // relations
  ["book refers to 'cooks', which is no resource", { book: Ref('cooks') }],
  [
    "book is named in parent, so it must say which resource it refers to: Ref('…')",
    { book: number },
    { parent: 'book' },
  ],
  [
    'copy is the second parent among books, which have one address for it',
    { book: Ref('books'), copy: Ref('books') },
    { parent: ['book', 'copy'] },
  ],
  [
    "book has the onDelete 'null', so it must be Type.Optional(…)",
    { book: Ref('books', { onDelete: 'null' }) },
  ],
  [
    "book has the onDelete 'delete'; write one of refuse, null, cascade",
    { book: Ref('books', { onDelete: 'delete' as 'cascade' }) },
  ],
  [
    `size/items ${unsupported.replace(/ \(.*/, '')}; a Ref is a field itself`,
    { size: Type.Array(Ref('books')) },
  ],
  ["parts refers to 'cooks', which is no resource", { parts: Refs('cooks') }],
  [
    "parts has the onDelete 'cascade'; write one of refuse, remove",
    { parts: Refs('books', { onDelete: 'cascade' as 'remove' }) },
  ],
  [
    'parts cannot be in sortable: it is a list or an object',
    { parts: Refs('books') },
    { sortable: ['parts'] },
  ],
  [
    "parent names the field now: write book: Ref('books') among the fields, and parent: 'book'",
    { book: number },
    { parent: { books: 'book' } },
  ],
  [
    "parent names the field now: write book: Ref('books'), cook: Ref('cooks') among the fields, and parent: ['book', 'cook']",
    { book: number, cook: number },
    { parent: { books: 'book', cooks: 'cook' } },
  ],
  [
    "references is not an option any more: write book: Ref('books') among the fields",
    { book: number },
    { references: { books: 'book' } },
  ],
  [
    "references is not an option: write author_id: Ref('users') among the fields",
    { book: number },
    { references: ['book'] },
  ],
  // kinds of field
  [`size ${unsupported}`, { size: Type.Union([Type.String(), Type.Integer()]) }],
  [
    `size ${kindsOnly}; write Enum(['s', 'm'])`,
    { size: Type.Union([Type.Literal('s'), Type.Literal('m')]) },
  ],
  [`size ${anything}`, { size: Type.Any() }],
  [`size ${unsupported}`, { size: Type.Null() }],
  [
    `size ${kindsOnly}; a point in time is Type.String({ format: 'date-time' })`,
    { size: Type.Date() },
  ],
  [
    'size must name its members; an object with any members is Json()',
    { size: Type.Record(Type.String(), Type.Integer()) },
  ],
  ['size must name its members; an object with any members is Json()', { size: Type.Object({}) }],
  [`size/items ${anything}`, { size: Type.Array(Type.Unknown()) }],
  [`size/items ${unsupported}`, { size: Type.Tuple([Type.String()]) }],
  [`size/wide ${anything}`, { size: Type.Object({ wide: Type.Any() }) }],
  [`size/items/wide ${anything}`, { size: Type.Array(Type.Object({ wide: Type.Any() })) }],
  ['size can be limited to a few values only as an Enum of words', { size: Type.Literal('one') }],
  [
    'size can be limited to a few values only as an Enum of words',
    { size: Type.Integer({ enum: [1, 2] }) },
  ],
  // limits
  [
    "size has the format 'time', known are date, date-time, email, uri, uuid",
    { size: Type.String({ format: 'time' }) },
  ],
  [
    'size has a pattern that is no regular expression: Invalid',
    { size: Type.String({ pattern: '[a-' }) },
  ],
  [
    'size has a minimum that is not an integer within ±(2^53-1)',
    { size: Type.Integer({ minimum: -(2 ** 53) }) },
  ],
  [
    'size has a maximum that is not an integer within ±(2^53-1)',
    { size: Type.Integer({ maximum: 1.5 }) },
  ],
  [
    'size/items has default, which only a field itself can have',
    { size: Type.Array(Type.String({ default: '' })) },
  ],
  [
    'size/at has readOnly, which only a field itself can have',
    { size: Type.Object({ at: CreatedAt() }) },
  ],
  // use of fields
  [
    'size needs a maxLength of at most 500 to be in unique',
    { size: Type.String() },
    { unique: ['size'] },
  ],
  [
    'size needs a maxLength of at most 500 to be in unique',
    { size: long, title: text },
    { unique: [['title', 'size']] },
  ],
  ['size needs a maxLength of at most 500 to be in index', { size: long }, { index: ['size'] }],
  [
    'size needs a maxLength of at most 500 to be in index',
    { size: Type.String({ format: 'uri' }) },
    { index: ['size'] },
  ],
  [
    'size needs a maxLength of at most 500 to be in key',
    { size: Type.String({ minLength: 1 }) },
    { key: 'size' },
  ],
  [
    'size cannot be in unique: it is a list or an object',
    { size: Type.Array(text) },
    { unique: ['size'] },
  ],
  [
    'size cannot be in filterable: it is a list or an object',
    { size: Type.Array(Type.Integer()) },
    { filterable: ['size'] },
  ],
  [
    'has a set in unique or index that is empty or names a field twice',
    { size: text },
    { unique: [[]] },
  ],
  [
    'has a set in unique or index that is empty or names a field twice',
    { size: text },
    { index: [['size', 'size']] },
  ],
  [
    'size, title can take 4032 bytes together in unique, where 2704 fit: give them a smaller maxLength',
    { size: longest, title: longest },
    { unique: [['size', 'title']] },
  ],
  [
    'size, title can take 3330 bytes together in unique with the owner, where 2704 fit: give them a smaller maxLength',
    { size: longest, title: Type.Integer() },
    { unique: [['size', 'title']], owner: true },
  ],
  [
    'size, title can take 2732 bytes together in unique, where 2704 fit: give them a smaller maxLength',
    { size: longest, title: Enum(['x', 'x'.repeat(700)]) },
    { unique: [['size', 'title']] },
  ],
  [
    'key, size can take 4032 bytes together in index, where 2704 fit: give them a smaller maxLength',
    { key: Type.String({ minLength: 1, maxLength: 500 }), size: longest },
    { key: 'key', index: ['size'] },
  ],
  // keys
  [
    'size is the key, so it must be a required string or integer',
    { size: Type.Optional(key) },
    { key: 'size' },
  ],
  [
    'size is the key, so it must be a required string or integer',
    { size: Type.Boolean() },
    { key: 'size' },
  ],
  [
    'size is the key, so it must be a required string or integer',
    { size: CreatedAt() },
    { key: 'size' },
  ],
  ['size is the key, so it needs a minLength of at least 1', { size: text }, { key: 'size' }],
  // read-only
  [
    'size is read-only, so it must be optional, or have a default, or a hook beforeWrite that sets it',
    { size: Type.Integer({ readOnly: true }) },
  ],
  [
    'size is readOnly, so callers never set it: leave out fixed',
    { size: Type.Optional(Type.Integer({ readOnly: true, fixed: true })) },
  ],
]

t.test('a reference has the type and the limits of the key that it refers to', async t => {
  const serial = Type.String({ format: 'uuid', description: 'On its back' })
  const models = resourcesToModels([
    define('devices', { serial }, { key: 'serial' }),
    define('manuals', { device: Ref<string>('devices'), text }, { key: 'device' }),
    define('parts', {
      device: Ref<string>('devices'),
      manual: Type.Optional(Ref<string>('manuals', { description: 'How it is built in' })),
      spare: Type.Optional(Ref('parts')),
    }),
  ])
  const [, device, manual, spare] = models.find(({ name }) => name === 'parts')?.fields ?? []
  const uuid = { type: 'string', format: 'uuid' }
  t.match(device, { required: true, schema: { ...uuid, description: 'The serial of a device' } })
  t.match(manual, {
    nullable: true,
    schema: { ...uuid, description: 'How it is built in (the device of a manual)' },
  })
  t.match(spare?.schema, {
    type: 'integer',
    minimum: 1,
    examples: [1],
    description: 'The id of a part',
  })
})

t.test('several fields may refer to one resource', async t => {
  const fields = {
    author: Ref('users'),
    reviewer: Type.Optional(Ref('users', { onDelete: 'null' })),
  }
  const [, pages] = resourcesToModels([
    define('pages', fields, { parent: 'author' }),
    define('users', { name: text }),
  ])
  t.strictSame(
    pages?.references.map(({ field, model, onDelete }) => [field.name, model, onDelete]),
    [
      ['author', 'users', 'refuse'],
      ['reviewer', 'users', 'null'],
    ],
  )
  t.strictSame(
    pages?.parents.map(({ field }) => field.name),
    ['author'],
  )
})

t.test('texts that are known to be short or in ASCII leave room for others in an index', t => {
  for (const title of [
    Type.String({ maxLength: 500, pattern: '^[A-Z0-9-]+$' }),
    Type.String({ format: 'email' }),
    Type.String({ format: 'uuid' }),
    Enum(['x'.repeat(400)]),
  ])
    t.doesNotThrow(() =>
      resourcesToModels([
        define('pages', { size: longest, title }, { unique: [['size', 'title']] }),
      ]),
    )
  for (const pattern of ['^[^A]+$', '^.+$', '^\\p{L}+$', '^[a-zé]+$', '^a|.$', '[a-z]'])
    t.throws(
      () =>
        resourcesToModels([
          define(
            'pages',
            { size: longest, title: Type.String({ maxLength: 500, pattern }) },
            { unique: [['size', 'title']] },
          ),
        ]),
      { message: /can take 4032 bytes/ },
      pattern,
    )
  t.end()
})

t.test('a mistake is told with its file and field', async t => {
  for (const [mistake, fields, options] of mistakes) {
    const message = messageOf([books, define('pages', fields, options)])
    const start = `The resources have a mistake:\n  schemas/pages.ts: ${mistake}`
    t.equal(message.slice(0, start.length), start, mistake)
    t.notMatch(message.slice(start.length), '\n', 'and nothing else')
  }
})

const names: [name: string, allowed: boolean][] = [
  ['order-items_2', true],
  ['b', true],
  ['Books', false],
  ['2books', false],
  ['my books', false],
  ['books/old', false],
  ['b'.repeat(41), false],
  ['', false],
]

t.test('the name of a resource is the segment of an address', async t => {
  for (const [name, allowed] of names) {
    const message = messageOf([define(name, { title: text })])
    const mistake = `schemas/${name}.ts: name '${name}' must be up to 40 of a-z, 0-9, - and _, a letter first`
    t.match(message, allowed ? 'no mistake' : mistake)
  }
})

t.test('several mistakes in several files are told at once', async t => {
  const message = messageOf([
    define('pages', { 'two-words': text, size: Type.Any() }, { unique: ['none'] }),
    books,
    define('covers', { id: number }),
  ])
  t.equal(
    message,
    [
      'The resources have 4 mistakes:',
      `  schemas/pages.ts: size ${anything}`,
      `  schemas/pages.ts: two-words ${plainName}`,
      '  schemas/pages.ts: none is named in unique, but there is no such field',
      '  schemas/covers.ts: id is made by the server; name it in `key` to make it your own',
    ].join('\n'),
  )
})

t.test('relations are checked among all resources', async t => {
  const again = { ...define('books', { name: text }), file: 'schemas/more.ts' }
  t.match(
    messageOf([books, again]),
    "schemas/more.ts: 'books' has the name of the resource in schemas/books.ts",
  )
  const sameWord = define('libri', { name: text }, { singular: 'book' })
  t.match(
    messageOf([books, sameWord]),
    "schemas/libri.ts: 'libri' has the name of the resource in schemas/books.ts",
  )
})

function modelOf(defined: DefinedResource): Model {
  const others = defined.resource.name === 'books' ? [] : [books]
  const model = resourcesToModels([...others, defined]).find(
    ({ name }) => name === defined.resource.name,
  )
  if (model === undefined) throw new Error('There is a model for each resource.')
  return model
}

t.test('a model has what the definition says', async t => {
  const fields = {
    title: text,
    size: Enum(['s', 'm'], { default: 's' }),
    book: Ref('books'),
    at: CreatedAt(),
    parts: Type.Array(text),
  }
  const model = modelOf(
    define('pages', fields, { parent: 'book', unique: ['title', ['book', 'size']] }),
  )
  t.match(model, {
    name: 'pages',
    singular: 'page',
    component: 'Page',
    file: 'schemas/pages.ts',
    keyMadeBy: 'server',
  })
  t.strictSame(
    model.fields.map(({ name, kind, required, nullable, readOnly }) => [
      name,
      kind.name,
      required,
      nullable,
      readOnly,
    ]),
    [
      ['id', 'integer', true, false, false],
      ['title', 'string', true, false, false],
      ['size', 'string', false, false, false],
      ['book', 'integer', true, false, false],
      ['at', 'string', false, false, true],
      ['parts', 'json', true, false, false],
    ],
  )
  t.equal(model.key, model.fields[0])
  t.equal(model.listed, model.fields)
  t.strictSame(
    model.filterable.map(({ name }) => name),
    ['id', 'title', 'size', 'book', 'at', 'parts'],
  )
  t.strictSame(model.sortable, model.filterable.slice(0, -1))
  t.strictSame(model.unique, [['title'], ['book', 'size']])
  t.strictSame(
    model.parents.map(({ model, field }) => [model, field.name]),
    [['books', 'book']],
  )
  t.strictSame(model.references, model.parents)
})

t.test('the key of a client comes first, whatever the order of the definition', async t => {
  const model = modelOf(define('pages', { title: text, code: key }, { key: 'code' }))
  t.equal(model.keyMadeBy, 'client')
  t.strictSame(
    model.fields.map(({ name }) => name),
    ['code', 'title'],
  )
})

t.test(
  'parents come before their children, and a circle needs an end that is optional',
  async t => {
    const child = (name: string, parent: string) => define(name, { other: Ref(parent) })
    const optional = (name: string, parent: string) =>
      define(name, { other: Type.Optional(Ref(parent)) })
    const order = (...defined: DefinedResource[]) =>
      resourcesToModels(defined).map(({ name }) => name)
    t.strictSame(order(child('c', 'b'), child('b', 'a'), define('a', { x: text })), ['a', 'b', 'c'])
    t.strictSame(order(child('a', 'a')), ['a'])
    t.strictSame(order(optional('a', 'b'), child('b', 'a')), ['a', 'b'])
    t.strictSame(order(child('b', 'a'), optional('a', 'b')), ['a', 'b'])
    t.strictSame(order(child('c', 'b'), child('b', 'a'), optional('a', 'c')), ['a', 'b', 'c'])
    t.strictSame(order(optional('a', 'b'), optional('b', 'a')), ['a', 'b'])
    t.throws(() => order(child('a', 'b'), child('b', 'c'), child('c', 'a'), child('d', 'a')), {
      message:
        /a\.ts: other refers to 'b', which refers back.*\n.*b\.ts: other.*\n.*c\.ts: other refers to 'a', [^\n]*$/,
    })
  },
)

t.test('rows are seen like those of a reference, which are limited by something else', async t => {
  const mistake = (...defined: Parameters<typeof resourcesToModels>[0]) => {
    try {
      resourcesToModels(defined)
      return undefined
    } catch (error) {
      return (error as Error).message.split('\n').slice(1).join()
    }
  }
  const lists = define('lists', { title: text }, { owner: true })
  const open = define('lists', { title: text })
  const todo = { title: text, list_id: Ref('lists') }
  t.equal(mistake(lists, define('todos', todo, { visible: 'list_id' })), undefined)
  t.match(
    mistake(lists, define('todos', todo, { visible: 'lists_id' })),
    "lists_id is named in visible, but there is no such field; did you mean 'list_id'?",
  )
  t.match(
    mistake(lists, define('todos', todo, { visible: 'title' })),
    "title is named in visible, so it must say which resource it refers to: Ref('…')",
  )
  t.match(
    mistake(open, define('todos', todo, { visible: 'list_id' })),
    'schemas/todos.ts: visible names list_id, but all callers see all lists: leave it out',
  )
  const optional = { up: Type.Optional(Ref('todos')) }
  t.match(
    mistake(define('todos', optional, { visible: 'up' })),
    'schemas/todos.ts: visible names up, which leads back to itself: one of them needs a function',
  )
})

t.test('a list of keys is a table between two resources, and may be in a circle', async t => {
  const models = resourcesToModels([
    define('issues', { parts: Refs('books', { onDelete: 'remove' }), twins: Refs('issues') }),
    define('books', { issues: Refs('issues') }),
  ])
  t.strictSame(
    models.map(({ name, joins, fields }) => [joins, name, fields.map(({ name }) => name)]),
    [
      [false, 'books', ['id', 'issues']],
      [false, 'issues', ['id', 'parts', 'twins']],
      [true, 'issues_parts', ['id', 'holder', 'item', 'position']],
      [true, 'issues_twins', ['id', 'holder', 'item', 'position']],
      [true, 'books_issues', ['id', 'holder', 'item', 'position']],
    ],
  )
  t.match(models[1]?.fields[1], {
    required: false,
    nullable: false,
    default: [],
    schema: {
      type: 'array',
      maxItems: 100,
      uniqueItems: true,
      items: { type: 'integer', minimum: 1 },
      description: 'The id of each of its books',
    },
  })
  const taken = define('issues_parts', { name: text })
  t.match(
    messageOf([define('issues', { parts: Refs('books') }), books, taken]),
    "'issues_parts' has the name of",
  )
})

t.test('singular and component of a name', async t => {
  for (const [name, singular, component] of [
    ['books', 'book', 'Book'],
    ['countries', 'country', 'Country'],
    ['boxes', 'box', 'Box'],
    ['branches', 'branch', 'Branch'],
    ['houses', 'house', 'House'],
    ['days', 'day', 'Day'],
    ['glass', 'glass', 'Glass'],
    ['order-items', 'order-item', 'OrderItem'],
    ['sheep', 'sheep', 'Sheep'],
  ] as const)
    t.match(modelOf(define(name, { x: text })), { singular, component })
  t.match(modelOf(define('people', { x: text }, { singular: 'person' })), {
    singular: 'person',
    component: 'Person',
  })
})
