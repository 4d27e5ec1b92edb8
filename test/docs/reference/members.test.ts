// What the reference says of members and parameters: their types, whether they are needed, and their rules in sentences.

import t from 'tap'
import type {
  Described,
  Parameter,
  ReadDocument,
  Schema,
} from '../../../src/docs/reference/described.ts'
import type { Markup } from '../../../src/docs/reference/html.ts'
import { membersOf, parametersOf } from '../../../src/docs/reference/members.ts'

const document: ReadDocument = {
  info: { title: 'Shop', version: '1' },
  tags: [],
  paths: {},
  components: {
    schemas: {
      Size: { type: 'object', properties: { cm: { type: 'integer' } }, required: ['cm'] },
    },
  },
}

/** Without its elements, each term on a line of its own. */
const read = ({ text }: Markup) =>
  text
    .replaceAll(/\s+/g, ' ')
    .replaceAll('<dt>', '\n')
    .replaceAll(/<[^>]+>/g, ' ')
    .replaceAll(/ +/g, ' ')
    .replaceAll(/ ?\n ?/g, '\n')
    .trim()

const members: [schema: Schema, text: string][] = [
  [{ type: 'string' }, 'string'],
  [{}, 'any'],
  [{ type: ['string', 'null'], format: 'date' }, 'string (date) or null'],
  [{ type: 'integer', format: 'int64' }, 'integer'],
  [{ type: 'array', items: { type: 'string' } }, 'list of string'],
  [{ oneOf: [{ type: 'integer' }, { type: 'string' }, { type: 'integer' }] }, 'integer or string'],
  [{ anyOf: [{ type: 'integer' }, { type: 'null' }] }, 'integer or null'],
  [{ type: 'string', deprecated: true }, 'string deprecated'],
  [{ type: 'string', description: 'Its *name*' }, 'string Its name'],
  [{ enum: ['s', 'm'], type: 'string' }, 'string One of s m'],
  [{ type: 'array', items: { type: 'string' }, enum: ['s', 'm'] }, 'list of string Any of s m'],
  [{ type: 'boolean', default: false }, 'boolean Default: false'],
  [{ type: 'string', minLength: 1, maxLength: 9 }, 'string 1 to 9 characters'],
  [{ type: 'string', minLength: 2, maxLength: 2 }, 'string 2 characters'],
  [{ type: 'string', minLength: 1, maxLength: 1 }, 'string 1 character'],
  [{ type: 'string', maxLength: 9 }, 'string at most 9 characters'],
  [{ type: 'array', items: {}, minItems: 1 }, 'list of any at least 1 entry'],
  [{ type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER }, 'integer at least 0'],
  [{ type: 'integer', minimum: -Number.MAX_SAFE_INTEGER, maximum: 5 }, 'integer at most 5'],
  [{ type: 'number', exclusiveMinimum: 0 }, 'number at least 0 (exclusive)'],
  [{ type: 'number', minimum: 1, multipleOf: 0.5 }, 'number at least 1, a multiple of 0.5'],
  [{ type: 'string', pattern: '^[A-Z]$' }, 'string matches ^[A-Z]$'],
  [{ type: 'string', pattern: '^[^\\x00-\\x1f]*$' }, 'string'],
  [{ $ref: '#/components/schemas/Size' }, 'object Members\ncm integer required'],
  [
    { type: 'array', items: { $ref: '#/components/schemas/Size' }, description: 'All' },
    'list of object All Members\ncm integer required',
  ],
]

t.test('a member', async t => {
  for (const [schema, text] of members) {
    const properties = { size: schema }
    t.equal(read(membersOf(document, { properties })), `size ${text}`)
    t.equal(
      read(membersOf(document, { type: 'array', items: { properties } })),
      `size ${text}`,
      'of a list',
    )
  }
})

t.test('objects within each other are shown to the fourth', async t => {
  const nested = (depth: number): Schema => ({
    type: 'object',
    properties: depth === 0 ? {} : { [`m${depth}`]: nested(depth - 1) },
  })
  t.equal(
    read(membersOf(document, nested(6))),
    'm6 object Members\nm5 object Members\nm4 object Members\nm3 object',
  )
})

const parameters: readonly Parameter[] = [
  { name: 'id', in: 'path', required: true, schema: { type: 'integer' } },
  { name: 'title', in: 'query', description: 'That title', schema: { type: 'string' } },
  { name: 'title_ne', in: 'query', schema: { type: 'string' } },
  { name: 'title_contains', in: 'query', schema: { type: 'string' } },
  { name: 'limit', in: 'query', deprecated: true, schema: { type: 'integer', maximum: 9 } },
  {
    name: 'sort',
    in: 'query',
    schema: { type: 'array', description: 'The order', items: { type: 'string', enum: ['id'] } },
  },
  { name: 'If-Match', in: 'header', schema: { type: 'string' } },
]

t.test('parameters stand by their place, and the filters of a field are one', async t => {
  const lists = parametersOf(document, { parameters } as unknown as Described)
  t.strictSame(lists.map(read), [
    'In the address\nid integer required',
    'Parameters\nlimit integer deprecated at most 9\nsort list of string The order Any of id',
    'Header fields\nIf-Match string',
    'Filters by 1 field\ntitle string That title Also with _ne _contains',
  ])
  t.strictSame(parametersOf(document, { parameters: [] } as unknown as Described), [])
})
