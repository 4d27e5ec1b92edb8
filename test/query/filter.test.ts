// Filters: which parameters a field gives, what their values may be, and what they become.

import { Type } from '@sinclair/typebox'
import t from 'tap'
import { type Filter, filterParameters, parseFilters } from '../../src/query/filter.ts'
import { controlFree } from '../../src/resource/format.ts'
import { Enum, resource } from '../../src/resource/resource.ts'
import { modelOf } from '../support/model.ts'

const optional = Type.Optional
const format = (name: string) => Type.String({ format: name })

const model = modelOf(
  resource(
    'things',
    Type.Object({
      text: Type.String({ minLength: 3, maxLength: 5, pattern: '^[a-z]+$' }),
      email: format('email'),
      uri: format('uri'),
      uuid: format('uuid'),
      date: format('date'),
      time: format('date-time'),
      word: Enum(['a', 'b']),
      integer: Type.Integer({ minimum: 1, maximum: 5 }),
      number: Type.Number({ minimum: 0 }),
      boolean: Type.Boolean(),
      maybe_text: optional(Type.String()),
      maybe_time: optional(format('date-time')),
      maybe_word: optional(Enum(['a', 'b'])),
      maybe_integer: optional(Type.Integer()),
      maybe_boolean: optional(Type.Boolean()),
      some: Type.Integer({ default: 1 }),
      list: Type.Array(Type.String()),
      nested: optional(Type.Object({ a: Type.String() })),
    }),
    { description: 'A field of every kind' },
  ),
)
const parameters = filterParameters(model)
const operatorsOf = (name: string) =>
  parameters.filter(({ field }) => field.name === name).map(({ operator }) => operator)

t.test('the kind of a field says how it may be compared', async t => {
  const order = ['gt', 'gte', 'lt', 'lte']
  const part = ['contains', 'icontains', 'starts_with']
  const table: [field: string, operators: string[]][] = [
    ['id', ['eq', 'ne', ...order]],
    ['text', ['eq', 'ne', ...part]],
    ['email', ['eq', 'ne', ...part]],
    ['uri', ['eq', 'ne', ...part]],
    ['uuid', ['eq', 'ne']],
    ['date', ['eq', 'ne', ...order]],
    ['time', ['eq', 'ne', ...order]],
    ['word', ['eq', 'ne']],
    ['integer', ['eq', 'ne', ...order]],
    ['number', ['eq', 'ne', ...order]],
    ['boolean', ['eq', 'ne']],
    ['maybe_text', ['eq', 'ne', ...part, 'is_null']],
    ['maybe_time', ['eq', 'ne', ...order, 'is_null']],
    ['maybe_word', ['eq', 'ne', 'is_null']],
    ['maybe_integer', ['eq', 'ne', ...order, 'is_null']],
    ['maybe_boolean', ['eq', 'ne', 'is_null']],
    ['some', ['eq', 'ne', ...order]],
    ['list', ['includes', 'excludes']],
    ['nested', []],
  ]
  for (const [field, operators] of table) t.strictSame(operatorsOf(field), operators, field)
  t.equal(table.length, model.fields.length)
})

const suffixes: Readonly<Record<string, string>> = { eq: '', includes: '', excludes: '_ne' }

t.test('a parameter is called as its field and its operator', async t => {
  for (const { name, field, operator } of parameters)
    t.equal(name, `${field.name}${suffixes[operator] ?? `_${operator}`}`)
  t.equal(new Set(parameters.map(({ name }) => name)).size, parameters.length)
})

t.test('a value is of the type of the field, whatever the limits of what is stored', async t => {
  const text = { type: 'string', maxLength: 1000, pattern: controlFree }
  const integer = {
    type: 'integer',
    minimum: -Number.MAX_SAFE_INTEGER,
    maximum: Number.MAX_SAFE_INTEGER,
  }
  const many = (items: object) => ({ type: 'array', minItems: 1, maxItems: 100, items })
  const table: [name: string, schema: object][] = [
    ['text', many(text)],
    ['text_contains', text],
    ['text_icontains', text],
    ['text_ne', many(text)],
    ['list_ne', many(text)],
    ['text_starts_with', text],
    ['email', many({ type: 'string', format: 'email' })],
    ['email_contains', text],
    ['uri', many({ type: 'string', format: 'uri' })],
    ['uuid', many({ type: 'string', format: 'uuid' })],
    ['date', many({ type: 'string', format: 'date' })],
    ['date_gt', { type: 'string', format: 'date' }],
    ['time_lte', { type: 'string', format: 'date-time' }],
    ['word', many({ type: 'string', enum: ['a', 'b'] })],
    ['maybe_word', many({ type: 'string', enum: ['a', 'b'] })],
    ['integer', many(integer)],
    ['integer_gte', integer],
    ['number', many({ type: 'number' })],
    ['number_lt', { type: 'number' }],
    ['boolean', many({ type: 'boolean' })],
    ['maybe_text_is_null', { type: 'boolean' }],
  ]
  for (const [name, schema] of table)
    t.strictSame(parameters.find(parameter => parameter.name === name)?.schema, schema, name)
})

t.test('the shape of a value that filters of several fields take has a name', async t => {
  const shapeOf = (name: string) => parameters.find(parameter => parameter.name === name)?.shape
  const table: [name: string, shape: string | undefined][] = [
    ['integer', 'IntegerListFilter'],
    ['integer_gte', 'IntegerFilter'],
    ['text', 'TextListFilter'],
    ['text_contains', 'TextFilter'],
    ['time', 'DateTimeListFilter'],
    ['time_lte', undefined],
    ['number_lt', undefined],
    ['boolean', 'BooleanListFilter'],
    ['maybe_text_is_null', undefined],
    ['word', undefined],
  ]
  for (const [name, shape] of table) t.equal(shapeOf(name), shape, name)
})

t.test('checked values become filters, in the form that is stored', async t => {
  const table: [query: Record<string, unknown>, expected: [string, string, unknown[]][]][] = [
    [{}, []],
    [{ limit: 5, cursor: 'x', sort: ['text'], fields: ['id'] }, []],
    [{ text: ['a', 'b'] }, [['text', 'eq', ['a', 'b']]]],
    [{ text_contains: '%' }, [['text', 'contains', ['%']]]],
    [{ integer_gt: 0 }, [['integer', 'gt', [0]]]],
    [{ boolean: [false, true] }, [['boolean', 'eq', [false, true]]]],
    [{ time_gte: '2026-05-04t14:30:00+02:00' }, [['time', 'gte', ['2026-05-04T12:30:00.000Z']]]],
    [{ time: ['2026-05-04T12:30:00.1234Z'] }, [['time', 'eq', ['2026-05-04T12:30:00.123Z']]]],
    [
      { uuid: ['8E03978E-40D5-43E8-BC93-6894A57F9324'] },
      [['uuid', 'eq', ['8e03978e-40d5-43e8-bc93-6894a57f9324']]],
    ],
    [{ maybe_time_is_null: true }, [['maybe_time', 'is_null', [true]]]],
    [{ maybe_text_is_null: false }, [['maybe_text', 'is_null', [false]]]],
    [
      { number_lt: 2, integer: [1], text_starts_with: '' },
      [
        ['text', 'starts_with', ['']],
        ['integer', 'eq', [1]],
        ['number', 'lt', [2]],
      ],
    ],
  ]
  for (const [query, expected] of table) {
    const filters = parseFilters(parameters, query) as readonly Filter[]
    t.strictSame(
      filters.map(({ field, operator, values }) => [field.name, operator, values]),
      expected,
      JSON.stringify(query),
    )
  }
})

t.test('a resource names the fields that may be filtered by', async t => {
  const few = modelOf(
    resource('things', Type.Object({ a: Type.Integer(), b: Type.Boolean() }), {
      description: 'Filtered by one',
      filterable: ['b', 'id'],
    }),
  )
  t.strictSame(
    filterParameters(few).map(({ name }) => name),
    ['id', 'id_ne', 'id_gt', 'id_gte', 'id_lt', 'id_lte', 'b', 'b_ne'],
  )
})
