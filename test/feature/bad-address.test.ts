// Addresses of every bad kind get their 4xx: parameters unknown, repeated or malformed, keys that are none, cursors
// that were not given out.

import { checkProblem } from '../support/problem.ts'
import { feature } from '../support/service.ts'
import { unharmed } from '../support/ways.ts'

type Row = readonly [query: string, parameter: string, detail: string]

const unknown = 'is not a known parameter'
const ofName =
  '; the filters of name are name, name_ne, name_contains, name_icontains, name_starts_with'
const ofArea = '; the filters of area are area, area_ne, area_gt, area_gte, area_lt, area_lte'
const integer = 'must be integer'
const encoded = 'must be percent-encoded UTF-8'
const control = 'must not contain control characters'
const countryOrder = 'must be one of: id, -id, name, -name, capital, -capital, area, -area'
const countryFields = 'must be one of: id, name, capital, area'
const noCursor = 'is not a cursor of this list; start again without one'

const queries: readonly Row[] = [
  // Names. They are taken as they are written, in one way only.
  ['wheels=4', 'wheels', unknown],
  ['wheels', 'wheels', unknown],
  ['Limit=1', 'Limit', `${unknown}; did you mean 'limit'?`],
  ['limit%20=1', 'limit ', `${unknown}; did you mean 'limit'?`],
  ['name[]=Egypt', 'name[]', `${unknown}; several values are written name=…&name=…`],
  ['name[$ne]=Egypt', 'name[$ne]', `${unknown}; did you mean 'name_ne'?`],
  ['name.length=5', 'name.length', unknown],
  ['__proto__=1', '__proto__', unknown],
  ['constructor=1', 'constructor', unknown],
  ['toString=1', 'toString', unknown],
  ['=1', '', unknown],
  ['%00=1', '\0', unknown],
  ['%F0%9F%9A%97=1', '🚗', unknown],
  ['limit=1;wheels=4', 'limit', integer],
  ['name_gt=A', 'name_gt', `${unknown}${ofName}`],
  ['name_contians=A', 'name_contians', `${unknown}; did you mean 'name_contains'?`],
  ['naem=A', 'naem', `${unknown}; did you mean 'name'?`],
  ['cursr=A', 'cursr', `${unknown}; did you mean 'cursor'?`],
  ['area_contains=1', 'area_contains', `${unknown}${ofArea}`],
  ['area_is_null=true', 'area_is_null', `${unknown}${ofArea}`],

  // Numbers: only the form that JSON has.
  ['limit=', 'limit', integer],
  ['limit', 'limit', integer],
  ['limit=ten', 'limit', integer],
  ['limit=0x10', 'limit', integer],
  ['limit=1e1', 'limit', integer],
  ['limit=%2B1', 'limit', integer],
  ['limit=+1', 'limit', integer],
  ['limit=%201', 'limit', integer],
  ['limit=1%20', 'limit', integer],
  ['limit=01', 'limit', integer],
  ['limit=1.5', 'limit', integer],
  ['limit=1.', 'limit', integer],
  ['limit=1_000', 'limit', integer],
  ['limit=%EF%BC%91', 'limit', integer],
  ['limit=NaN', 'limit', integer],
  ['limit=0', 'limit', 'must be >= 1'],
  ['limit=-1', 'limit', 'must be >= 1'],
  ['limit=1001', 'limit', 'must be <= 1000'],
  ['limit=1&limit=2', 'limit', integer],
  ['area=', 'area', integer],
  ['area=9007199254740992', 'area', 'must be <= 9007199254740991'],
  [`area=${'9'.repeat(400)}`, 'area', integer],
  ['area_gte=1e400', 'area_gte', integer],
  ['area_gte=1&area_gte=2', 'area_gte', integer],
  [
    Array.from({ length: 101 }, () => 'area=1').join('&'),
    'area',
    'must NOT have more than 100 items',
  ],

  // Texts.
  ['name=a%00b', 'name', control],
  ['name_contains=%00', 'name_contains', control],
  ['name_starts_with=%1B%5B31m', 'name_starts_with', control],
  ['name=Egypt&name=%7F', 'name', control],
  [`name=${'x'.repeat(1001)}`, 'name', 'must NOT have more than 1000 characters'],

  // Percent-encoding (RFC 3986 §2.1) of UTF-8.
  ['name=100%', 'name', encoded],
  ['name=%4', 'name', encoded],
  ['name=%zz', 'name', encoded],
  ['name=%u00e9', 'name', encoded],
  ['name=%FF', 'name', encoded],
  ['name=%C3%28', 'name', encoded],
  ['name=%E2%82', 'name', encoded],
  ['name=%C0%80', 'name', encoded],
  ['name=%ED%A0%80', 'name', encoded],
  ['name=%F4%90%80%80', 'name', encoded],
  ['limit=1&name_contains=%&area=1', 'name_contains', encoded],
  ['%zz=1', '%zz', encoded],

  // Choices.
  ['sort=population', 'sort', countryOrder],
  ['sort=-', 'sort', countryOrder],
  ['sort=--area', 'sort', `${countryOrder}; did you mean '-area'?`],
  ['sort=area%20desc', 'sort', countryOrder],
  ['sort=,', 'sort', countryOrder],
  [
    `sort=${Array.from({ length: 11 }, () => 'id').join()}`,
    'sort',
    'must NOT have more than 10 items',
  ],
  ['fields=', 'fields', 'must NOT have fewer than 1 items'],
  ['fields', 'fields', 'must NOT have fewer than 1 items'],
  ['fields=nmae', 'fields', `${countryFields}; did you mean 'name'?`],
  ['or=nmae,area', 'or', `${countryFields}; did you mean 'name'?`],
  ['fields=population', 'fields', countryFields],
  ['fields=__proto__', 'fields', countryFields],

  // Cursors that never were.
  ['cursor=', 'cursor', noCursor],
  ['cursor=here', 'cursor', noCursor],
  ['cursor=%00', 'cursor', noCursor],
  ['cursor=W10', 'cursor', noCursor],
  ['cursor=bnVsbA', 'cursor', noCursor],
  [`cursor=${'A'.repeat(6001)}`, 'cursor', 'must NOT have more than 6000 characters'],
  ['cursor=a&cursor=b', 'cursor', 'must be string'],
]

feature('a query that is no question to the list is refused', async (t, { get }) => {
  for (const [query, parameter, detail] of queries) {
    const at = query.slice(0, 40)
    const problem = checkProblem(t, at, await get(`/countries?${query}`), 400)
    t.strictSame(problem.errors, [{ parameter, in: 'query', detail }], at)
  }
})

const booleans = ['TRUE', 'True', '1', '0', 'yes', '', 'null', 'true%20', 'true&completed=maybe']

feature('a truth value is true or false', async (t, { get }) => {
  for (const text of booleans) {
    const problem = checkProblem(t, text, await get(`/todos?completed=${text}`), 400)
    t.strictSame(
      problem.errors,
      [{ parameter: 'completed', in: 'query', detail: 'must be true or false' }],
      text,
    )
  }
  checkProblem(t, 'twice', await get('/cars?year_is_null=true&year_is_null=false'), 400)
})

feature('every bad parameter is told, a hundred of them at the most', async (t, { get }) => {
  const many = Array.from({ length: 900 }, (_, i) => `a${i}`).join('&')
  t.equal(checkProblem(t, 'many', await get(`/countries?${many}`), 400).errors.length, 100)
  const encodings = checkProblem(t, 'encodings', await get('/countries?name=%&capital=%FF'), 400)
  t.strictSame(encodings.errors, [
    { parameter: 'name', in: 'query', detail: encoded },
    { parameter: 'capital', in: 'query', detail: encoded },
  ])
})

feature('unusual but valid addresses are served', async (t, { get }) => {
  for (const query of [
    '',
    '&&',
    'sort=',
    'sort=id,id',
    'fields=id,id',
    'name=',
    'name_contains=',
    'name=%25',
    'name=%C3%A9',
  ])
    t.equal((await get(`/countries?${query}`)).status, 200, query)
  t.strictSame((await get('/countries?name=Egypt&name=Thailand&sort=-name&fields=name')).json, [
    { name: 'Thailand' },
    { name: 'Egypt' },
  ])
})

const integerKeys: readonly [key: string, status: number][] = [
  ['0', 400],
  ['-1', 400],
  ['01', 400],
  ['1.5', 400],
  ['1.', 400],
  ['4.0', 404],
  ['1e0', 400],
  ['0x1', 400],
  ['+1', 400],
  ['%201', 400],
  ['1%20', 400],
  ['1%00', 400],
  ['%D9%A1', 400],
  ['1%2F2', 400],
  ['1;a=b', 400],
  ['one', 400],
  ['null', 400],
  ['__proto__', 400],
  ['1%', 400],
  ['%zz', 400],
  ['%FF', 400],
  ['%ED%A0%80', 400],
  ['9007199254740992', 400],
  ['9'.repeat(400), 400],
  ['1'.repeat(1001), 414],
  ['9007199254740991', 404],
  ['4', 404],
]

feature('a key of the path is the one form of an integer', async (t, service) => {
  const { get, delete: remove, put, patch } = service
  const car = { model: 'M', color: 'C' }
  await unharmed(t, service, async () => {
    for (const [key, status] of integerKeys) {
      const at = key.slice(0, 40)
      checkProblem(t, `GET ${at}`, await get(`/cars/${key}`), status)
      checkProblem(t, `DELETE ${at}`, await remove(`/cars/${key}`), status)
      checkProblem(t, `PUT ${at}`, await put(`/cars/${key}`, car), status)
      checkProblem(t, `PATCH ${at}`, await patch(`/cars/${key}`, { color: 'C' }), status)
      checkProblem(t, `below ${at}`, await get(`/events/${key}/guests`), status)
    }
  })
})

const names = [
  'Ada',
  'a_b',
  'a%20b',
  'a%2Fb',
  '%C3%A9',
  'a%0A',
  '%00',
  '__proto__',
  'x'.repeat(40),
  '%zz',
  '%ED%A0%80',
]

feature('a name that nobody may have is not made by PUT', async (t, service) => {
  await unharmed(t, service, async () => {
    for (const name of names) {
      checkProblem(t, name, await service.put(`/users/${name}`, {}), 400)
      checkProblem(t, name, await service.get(`/users/${name}`), 400)
    }
  })
})

feature('a name that only looks dangerous is one like any other', async (t, { put, get }) => {
  for (const name of ['constructor', 'prototype', '-', 'null', '0', 'x'.repeat(39)]) {
    t.equal((await put(`/users/${name}`, { bio: name })).status, 201, name)
    t.equal((await get(`/users/${name}`)).json.bio, name)
  }
})

feature('a cursor that is forged, cut short or of another list is refused', async (t, { get }) => {
  const cursorOf = async (url: string) =>
    /[?&]cursor=([\w-]+)>; rel="next"/.exec((await get(url)).headers.link ?? '')?.[1] ?? ''
  const cursor = await cursorOf('/countries?limit=1')
  t.equal(
    (await get(`/countries?limit=2&cursor=${cursor}`)).status,
    200,
    'another limit is the same list',
  )

  const [signature, direction, ...values] = JSON.parse(Buffer.from(cursor, 'base64url').toString())
  const forge = (...parts: unknown[]) => Buffer.from(JSON.stringify(parts)).toString('base64url')
  const forged = [
    forge('00000000000', direction, ...values),
    forge(signature, direction),
    forge(signature, direction, ...values, 1),
    forge(signature, direction, '1'),
    forge(signature, direction, null),
    forge(signature, direction, [1]),
    forge(signature, direction, 1.5),
    forge(signature, direction, 2 ** 53),
    forge(signature, direction, { toString: 1 }),
  ]
  const cut = Array.from(cursor, (_, end) => cursor.slice(0, end))
  const foreign = [
    await cursorOf('/countries?limit=1&sort=-id'),
    await cursorOf('/cars?limit=1'),
    await cursorOf('/countries?limit=1&area_gt=0'),
  ]
  for (const text of [...forged, ...cut, ...foreign])
    t.strictSame(
      checkProblem(t, text, await get(`/countries?cursor=${text}`), 400).errors,
      [{ parameter: 'cursor', in: 'query', detail: noCursor }],
      text,
    )
})
