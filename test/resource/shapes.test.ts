// The shapes of a small model, whole; and the schema of each kind of field.

import { type TProperties, Type } from '@sinclair/typebox'
import t from 'tap'
import { resourcesToModels } from '../../src/resource/derive.ts'
import { schemaToField } from '../../src/resource/field.ts'
import { fieldShape } from '../../src/resource/field-shape.ts'
import { CreatedAt, Enum, Line, Ref } from '../../src/resource/resource.ts'
import { modelsToShapes, type Shapes, stateShape } from '../../src/resource/shapes.ts'
import { define } from '../support/definitions.ts'

const free = '^[^\\x00-\\x08\\x0B\\x0C\\x0E-\\x1F\\x7F]*$'
const controls = '[\\x00-\\x08\\x0B\\x0C\\x0E-\\x1F\\x7F]'
const line = '^[^\\x00-\\x1F\\x7F]*$'
const maxInteger = 9007199254740991

const definitions = [
  define('books', { title: Type.String({ maxLength: 20 }) }),
  define(
    'pages',
    {
      book: Ref('books'),
      text: Type.Optional(Type.String({ maxLength: 9 })),
      size: Enum(['s', 'm'], { default: 's' }),
      box: Type.Object({ wide: Type.Number(), high: Type.Optional(Type.Number()) }),
      at: CreatedAt(),
    },
    { parent: 'book', listed: ['id', 'size'] },
  ),
  define(
    'users',
    { name: Type.Optional(Line({ maxLength: 9 })), code: Line({ minLength: 1, maxLength: 9 }) },
    { key: 'code' },
  ),
]

const models = resourcesToModels(definitions)

function shapesOf(name: string): Shapes {
  const shapes = modelsToShapes(models).get(name)
  if (shapes === undefined) throw new Error(`There is no model '${name}'.`)
  return shapes
}

const id = {
  type: 'integer',
  minimum: 1,
  maximum: maxInteger,
  description: 'Made by the server',
  examples: [1],
}
const { examples: _, ...unnamed } = id
const book = {
  type: 'integer',
  minimum: 1,
  maximum: maxInteger,
  description: 'The id of a book',
}
const included = {
  description: 'The book, with `include=book_row`',
  oneOf: [{ $ref: '#/components/schemas/BookView' }, { type: 'null' }],
}
const text = { type: ['string', 'null'], maxLength: 9, pattern: free }
const size = { type: 'string', enum: ['s', 'm'] }
const wide = { type: 'number' }
const box = {
  type: 'object',
  required: ['wide'],
  properties: { wide, high: { type: 'number' } },
  additionalProperties: false,
}
const at = {
  type: 'string',
  description: 'When it was created',
  format: 'date-time',
  readOnly: true,
}

t.test('a write returns every member, a read any of them', async t => {
  const { representation, view } = shapesOf('pages')
  const { readOnly: _, ...shown } = at
  const properties = { id: unnamed, book, text, size, box, at: shown }
  const examples = [
    {
      id: 1,
      book: 1,
      text: null,
      size: 's',
      box: { wide: 1, high: 1 },
      at: '2026-05-04T12:30:00.000Z',
    },
  ]
  t.strictSame(representation, {
    $id: 'Page',
    type: 'object',
    description: 'All pages',
    required: ['id', 'book', 'text', 'size', 'box', 'at'],
    properties,
    examples,
  })
  t.strictSame(view, {
    $id: 'PageView',
    type: 'object',
    description: 'A page, or the members of it that `fields` names',
    minProperties: 1,
    properties: { ...properties, book_row: included },
    examples,
  })
})

const proposed = {
  ...unnamed,
  maximum: 2147483647,
  description: 'Made by the server unless you choose one',
}
const defaulted = { ...size, default: 's' }

t.test('a body of POST has no read-only members, and defaults', async t => {
  const { create, createBelow } = shapesOf('pages')
  const body = {
    type: 'object',
    additionalProperties: false,
    properties: { id: proposed, book, text, size: defaulted, box },
  }
  t.strictSame(create, {
    $id: 'PageCreation',
    description: 'A page to create',
    required: ['book', 'box'],
    ...body,
  })
  t.strictSame(createBelow, {
    books: {
      $id: 'BookPageCreation',
      description: 'A page to create below its book',
      required: ['box'],
      ...body,
    },
  })
})

t.test('a body of PUT may have the key and read-only members', async t => {
  const key = { ...unnamed, description: 'May be left out; must equal the one in the address' }
  t.strictSame(shapesOf('pages').replacement, {
    $id: 'PageReplacement',
    type: 'object',
    description: 'A page to put',
    additionalProperties: false,
    required: ['book', 'box'],
    properties: { id: key, book, text, size: defaulted, box, at },
  })
})

t.test('a merge patch has no defaults and asks for nothing, and null removes', async t => {
  const part = {
    type: 'object',
    additionalProperties: false,
    properties: { wide, high: { type: ['number', 'null'] } },
  }
  t.strictSame(shapesOf('pages').patch, {
    $id: 'PagePatch',
    type: 'object',
    description: 'Changes to a page',
    additionalProperties: false,
    properties: { id: { ...unnamed, readOnly: true }, book, text, size, box: part, at },
  })
})

t.test('a key of the client is required of POST alone', async t => {
  const { create, replacement } = shapesOf('users')
  const code = {
    type: 'string',
    minLength: 1,
    maxLength: 9,
    pattern: line,
    not: { enum: ['.', '..'] },
  }
  const name = { type: ['string', 'null'], maxLength: 9, pattern: line }
  t.match(create, { required: ['code'], properties: { code, name } })
  t.strictSame(create.properties, { code, name })
  t.strictSame(replacement.required, [])
})

t.test('the state after a patch is a representation and nothing else', async t => {
  const [, pages] = models
  const { representation } = shapesOf('pages')
  t.strictSame(pages && stateShape(pages), {
    type: 'object',
    required: representation.required,
    properties: representation.properties,
    additionalProperties: false,
  })
})

const kinds: [typebox: TProperties[string], schema: object][] = [
  [Type.String(), { type: 'string', maxLength: 65536, pattern: free }],
  [Type.String({ pattern: '^[a-z]+$' }), { type: 'string', maxLength: 65536, pattern: '^[a-z]+$' }],
  // A pattern that could let control characters through: they are refused beside it.
  ...['a', '^.*$', '^[^a]*$', '^\\S+$', '^a$|b'].map((pattern): [TProperties[string], object] => [
    Type.String({ pattern }),
    { type: 'string', maxLength: 65536, pattern, not: { pattern: controls } },
  ]),
  [Line(), { type: 'string', maxLength: 65536, pattern: line }],
  [Enum(['a']), { type: 'string', enum: ['a'] }],
  [Type.Optional(Enum(['a'])), { type: ['string', 'null'], enum: ['a', null] }],
  [Type.String({ format: 'date' }), { type: 'string', format: 'date' }],
  [Type.String({ format: 'email' }), { type: 'string', format: 'email', maxLength: 254 }],
  [
    Type.String({ format: 'email', maxLength: 50 }),
    { type: 'string', format: 'email', maxLength: 50 },
  ],
  [Type.String({ format: 'uri' }), { type: 'string', format: 'uri', maxLength: 2048 }],
  [Type.Integer(), { type: 'integer', minimum: -maxInteger, maximum: maxInteger }],
  [Type.Integer({ maximum: 3 }), { type: 'integer', minimum: -maxInteger, maximum: 3 }],
  [Type.Number({ exclusiveMinimum: 0 }), { type: 'number', exclusiveMinimum: 0 }],
  [Type.Optional(Type.Boolean()), { type: ['boolean', 'null'] }],
  [Type.Array(Type.Boolean()), { type: 'array', maxItems: 1000, items: { type: 'boolean' } }],
  [
    Type.Array(Type.Object({ n: Type.Integer() }), { minItems: 1, maxItems: 2 }),
    {
      type: 'array',
      minItems: 1,
      maxItems: 2,
      items: {
        type: 'object',
        required: ['n'],
        properties: { n: { type: 'integer', minimum: -maxInteger, maximum: maxInteger } },
        additionalProperties: false,
      },
    },
  ],
  [
    Type.Optional(Type.String({ deprecated: true, format: 'uuid' })),
    { type: ['string', 'null'], format: 'uuid', deprecated: true },
  ],
]

t.test('every limit of a field is spelled out', async t => {
  for (const [typebox, schema] of kinds) {
    const optional = Type.Object({ field: typebox }).required === undefined
    const field = schemaToField('field', typebox, optional, (where, mistake) =>
      t.fail(`${where} ${mistake}`),
    )
    t.strictSame(fieldShape(field), schema)
  }
})
