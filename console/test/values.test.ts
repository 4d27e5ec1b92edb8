// What the console makes of addresses, header fields and values, without a browser.

import t from 'tap'
import { baseOf, localPath, match, nearest, parseLinks } from '../src/address.ts'
import { type Caller, may } from '../src/caller.ts'
import type { Operation } from '../src/document.ts'
import { momentsOf, periodParameters, withPeriods } from '../src/periods.ts'
import { sortsOf, toAddress, withFilter, withSorts } from '../src/query.ts'
import { fromControl, nameField, toControl, toShown } from '../src/values.ts'

t.test('links are found by their relation (RFC 8288 §3)', async t => {
  const field = '</books>; rel="first", </books?cursor=a%2Cb&limit=2>; rel="next"'
  t.strictSame(parseLinks(field), { first: '/books', next: '/books?cursor=a%2Cb&limit=2' })
  t.strictSame(parseLinks(null), {})
})

t.test('an address has a base, and is matched with the patterns of the document', async t => {
  t.strictSame(
    ['/v1', '/v1/books', '/books', '/', '/v1x/books'].map(path => [baseOf(path), localPath(path)]),
    [
      ['/v1', '/'],
      ['/v1', '/books'],
      ['', '/books'],
      ['', '/'],
      ['', '/v1x/books'],
    ],
  )
  t.strictSame(match('/events/{event_id}/guests', '/events/a%2Fb/guests'), { event_id: 'a/b' })
  t.strictSame(match('/books', '/books'), {})
  for (const path of ['/books/1', '/book', '/events//guests', '/events/%zz/guests'])
    t.equal(match('/events/{id}/guests', path), undefined, path)
})

t.test('a mistyped address is told with those that are like it', async t => {
  const paths = ['/books', '/cars', '/sales', '/transactions']
  t.strictSame(nearest('/book', paths), ['/books'])
  t.strictSame(nearest('/Transaction/3', paths), ['/transactions'])
  t.strictSame(nearest('/wholly-different', paths), [])
})

t.test('filters and sorts are parameters, from the first page on', async t => {
  const query = new URLSearchParams('currency=EUR&cursor=x&sort=-amount,id')
  t.strictSame(sortsOf(query), [
    { id: 'amount', desc: true },
    { id: 'id', desc: false },
  ])
  t.equal(
    toAddress('/sales', withFilter(query, 'currency', 'USD')),
    '/sales?currency=EUR&sort=-amount,id&currency=USD',
  )
  const limited = withFilter(new URLSearchParams('amount_gte=1'), 'amount_gte', '2')
  t.equal(toAddress('/sales', limited), '/sales?amount_gte=2')
  t.equal(toAddress('/sales', withSorts(query, [])), '/sales?currency=EUR')
})

const field = {
  name: 'x',
  description: '',
  type: 'string',
  format: '',
  words: undefined,
  isNullable: true,
  isRequired: false,
  isReadOnly: false,
  initial: undefined,
  maxLength: undefined,
  minimum: undefined,
  maximum: undefined,
  refersTo: undefined,
  members: undefined,
  item: undefined,
}

t.test('a value goes through a control and comes back as it was', async t => {
  const rows: [type: string, format: string, value: unknown][] = [
    ['string', '', 'text'],
    ['integer', '', 12],
    ['number', '', 1.5],
    ['boolean', '', false],
    ['array', '', ['a', { b: 1 }]],
    ['string', 'date-time', '2026-11-26T21:30:05.000Z'],
    ['string', 'date', '2026-11-26'],
    ['string', '', null],
    ['integer', '', null],
  ]
  for (const [type, format, value] of rows) {
    const described = { ...field, type, format }
    t.strictSame(fromControl(toControl(value, described), described), value, `${type} ${format}`)
  }
  t.equal(fromControl('much', { ...field, type: 'integer' }), 'much', 'for the service to refuse')
  t.throws(() => fromControl('[', { ...field, type: 'array' }), SyntaxError)
  t.equal(fromControl('', { ...field, isNullable: false }), '')
})

t.test('a value is shown in words, and a row is called by its name', async t => {
  const rows: [value: unknown, shown: string][] = [
    [null, '—'],
    [true, 'yes'],
    [['a', 'b'], 'a, b'],
    [[], '—'],
    [{ a: 1 }, '{"a":1}'],
    [[{ name: 'A', age: 3 }, { name: 'B' }], 'A 3, B'],
    [[{ a: [1] }], '[{"a":[1]}]'],
    [0, '0'],
  ]
  for (const [value, shown] of rows) t.equal(toShown(value, { format: '' }), shown)
  const named = (...names: string[]) =>
    nameField(
      names.map(name => ({ ...field, name })),
      'id',
    )
  t.equal(named('id', 'venue', 'name'), 'name')
  t.equal(named('id', 'venue'), 'venue')
  const currency = { ...field, name: 'currency', maxLength: 3 }
  t.equal(nameField([currency, { ...field, name: 'reference' }], 'id'), 'reference')
  t.equal(named('id'), 'id')
})

t.test('what scopes allow is offered', async t => {
  const operation = { scopes: ['books:write'] } as unknown as Operation
  const caller = (kind: Caller['kind'], ...scopes: string[]) => ({
    caller: { id: 'x', kind, scopes },
  })
  const rows: [ReturnType<typeof caller>, boolean][] = [
    [caller('open'), true],
    [caller('anonymous'), false],
    [caller('key', 'books:read'), false],
    [caller('key', 'books:write'), true],
    [caller('token', '*'), true],
    [caller('key', '*:write'), true],
    [caller('key', '*:read'), false],
  ]
  for (const [session, allowed] of rows)
    t.equal(may(session, operation), allowed, session.caller.scopes.join())
  t.equal(may(caller('anonymous'), { scopes: undefined } as unknown as Operation), true, 'public')
  t.equal(may(caller('open'), undefined), false, 'an operation that there is not')
})

t.test('a period is two limits, in the time zone of the reader', async t => {
  const now = new Date(2026, 0, 15, 12)
  t.strictSame(momentsOf('lastMonth', now), [new Date(2025, 11, 1), new Date(2026, 0, 1)])
  t.strictSame(momentsOf('lastDays', now), [new Date(2026, 0, 9), new Date(2026, 0, 16)])
  const filterOf = (operator: string, format: string) => ({
    parameter: `at_${operator}`,
    field: 'at',
    operator,
    value: { ...field, format },
  })
  const filters = withPeriods([filterOf('gte', 'date'), filterOf('lt', 'date')])
  t.strictSame(
    filters.map(({ operator }) => operator),
    ['gte', 'lt', 'within'],
  )
  t.equal(withPeriods([filterOf('gte', 'date')]).length, 1)
  t.strictSame(periodParameters(filterOf('within', 'date'), 'lastMonth', now), [
    ['at_gte', '2025-12-01'],
    ['at_lt', '2026-01-01'],
  ])
  t.strictSame(periodParameters(filterOf('within', 'date-time'), 'thisYear', now), [
    ['at_gte', new Date(2026, 0, 1).toISOString()],
    ['at_lt', new Date(2027, 0, 1).toISOString()],
  ])
})
