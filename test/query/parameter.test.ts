// Parameters from the text of an address to the value it stands for.

import t from 'tap'
import {
  coerceParameters,
  malformedParameters,
  type Parameter,
  ParameterError,
  parametersToSchema,
} from '../../src/query/parameter.ts'

const integer = { type: 'integer', minimum: 1 }
const words = { type: 'string' }
const parameter = (schema: Parameter['schema'], commas?: boolean): Parameter => ({
  name: 'p',
  description: 'A parameter',
  schema,
  ...(commas === undefined ? {} : { commas }),
})
const coerced = (schema: Parameter['schema'], text: unknown, commas?: boolean) =>
  coerceParameters([parameter(schema, commas)], { p: text }).p

t.test(
  'the text of a parameter becomes the value that it is the JSON of, or stays for the schema to refuse',
  async t => {
    const table: [type: string, text: string, expected: unknown][] = [
      ['integer', '0', 0],
      ['integer', '12', 12],
      ['integer', '-12', -12],
      ['integer', '9007199254740991', Number.MAX_SAFE_INTEGER],
      ['integer', '9007199254740993', 9007199254740992],
      ['integer', '', ''],
      ['integer', '-', '-'],
      ['integer', '+1', '+1'],
      ['integer', '01', '01'],
      ['integer', ' 1', ' 1'],
      ['integer', '1 ', '1 '],
      ['integer', '1\n', '1\n'],
      ['integer', '1.0', 1],
      ['integer', '-12.00', -12],
      ['integer', '1.5', '1.5'],
      ['integer', '1.', '1.'],
      ['integer', '.0', '.0'],
      ['integer', '1e3', '1e3'],
      ['integer', '0x10', '0x10'],
      ['integer', '1_000', '1_000'],
      ['integer', '١', '١'],
      ['integer', 'Infinity', 'Infinity'],
      ['number', '0', 0],
      ['number', '-1.50', -1.5],
      ['number', '1e3', 1000],
      ['number', '1E+3', 1000],
      ['number', '25e-1', 2.5],
      ['number', '1e999', Number.POSITIVE_INFINITY],
      ['number', '', ''],
      ['number', '.5', '.5'],
      ['number', '1.', '1.'],
      ['number', '1,5', '1,5'],
      ['number', '+1', '+1'],
      ['number', '00', '00'],
      ['number', 'NaN', 'NaN'],
      ['number', '0x10', '0x10'],
      ['number', '1\n', '1\n'],
      ['boolean', 'true', true],
      ['boolean', 'false', false],
      ['boolean', 'True', 'True'],
      ['boolean', '1', '1'],
      ['boolean', '', ''],
      ['string', '12', '12'],
      ['string', 'true', 'true'],
      ['string', '', ''],
    ]
    for (const [type, text, expected] of table)
      t.strictSame(coerced({ type }, text), expected, `${type} '${text}'`)
  },
)

t.test('one value is not taken from several', async t => {
  t.strictSame(coerced(integer, ['1', '2']), ['1', '2'])
})

t.test('a list has the values that are repeated', async t => {
  const list = { type: 'array', items: integer }
  t.strictSame(coerced(list, '1'), [1])
  t.strictSame(coerced(list, ['1', 'x', '2']), [1, 'x', 2])
  t.strictSame(coerced(list, ''), [''])
  t.strictSame(coerced(list, '1,2'), ['1,2'], 'a comma is text')
})

t.test('a list with commas has the values between them too', async t => {
  const list = { type: 'array', items: { type: 'string' } }
  const table: [text: string | string[], expected: string[]][] = [
    ['a', ['a']],
    ['a,b', ['a', 'b']],
    [
      ['a,b', 'c'],
      ['a', 'b', 'c'],
    ],
    ['', []],
    [['', 'a'], ['a']],
    ['a,', ['a', '']],
    [',', ['', '']],
    ['a, b', ['a', ' b']],
  ]
  for (const [text, expected] of table)
    t.strictSame(coerced(list, text, true), expected, JSON.stringify(text))
})

t.test('what is absent stays absent, and what is unknown as it is', async t => {
  t.strictSame(coerceParameters([parameter(integer)], { other: '1' }), { other: '1' })
  t.strictSame(coerceParameters([], {}), {})
})

t.test(
  'the schema of all parameters lets no other through and asks for what is required',
  async t => {
    const required = { ...parameter(words), name: 'q', isRequired: true }
    t.strictSame(parametersToSchema([parameter(integer), required]), {
      type: 'object',
      additionalProperties: false,
      required: ['q'],
      properties: { p: integer, q: words },
    })
  },
)

t.test('a parameter error names its parameter', async t => {
  const error = new ParameterError('cursor', 'is foreign')
  t.match(error, { parameter: 'cursor', message: 'is foreign' })
  t.ok(error instanceof Error)
})

t.test('parameters that are not percent-encoded UTF-8 are named (RFC 3986 §2.1)', async t => {
  const table: [url: string, names: string[]][] = [
    ['/countries', []],
    ['/countries?', []],
    ['/countries/%ff', []],
    ['/countries/%ff?name=a', []],
    ['/countries?name=a+b&area=1', []],
    ['/countries?name=%F0%9F%98%80%25', []],
    ['/countries?name=%', ['name']],
    ['/countries?name=%4', ['name']],
    ['/countries?name=%zz', ['name']],
    ['/countries?name=%ff&area=1', ['name']],
    ['/countries?name=%ED%A0%80', ['name']],
    ['/countries?name=a=%ff&capital=%C3', ['name', 'capital']],
    ['/countries?%ff=1', ['%ff']],
    ['/countries?name=a?%ff', ['name']],
  ]
  for (const [url, names] of table) t.strictSame(malformedParameters(url), names, url)
})
