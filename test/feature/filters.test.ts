// A client filters a list: every operator on every kind of field, values taken literally, and no parameter but the known.

import { Type } from '@sinclair/typebox'
import { Enum, resource } from '../../src/resource/resource.ts'
import { linksOf } from '../support/pages.ts'
import { feature, problemOf, type Received } from '../support/service.ts'

const ids = ({ json }: Received): number[] => json.map(({ id }: { id: number }) => id)

const shops = resource(
  'shops',
  Type.Object({
    name: Type.String({ minLength: 1, maxLength: 100 }),
    email: Type.Optional(Type.String({ format: 'email' })),
    site: Type.Optional(Type.String({ format: 'uri' })),
    ref: Type.Optional(Type.String({ format: 'uuid' })),
    size: Enum(['small', 'Large']),
    floors: Type.Integer({ minimum: -5, maximum: 100 }),
    rating: Type.Optional(Type.Number()),
    open: Type.Optional(Type.Boolean()),
    founded: Type.Optional(Type.String({ format: 'date' })),
    visited_at: Type.Optional(Type.String({ format: 'date-time' })),
    tags: Type.Optional(Type.Array(Type.String())),
  }),
  {
    description: 'A field of every kind',
    sample: [
      {
        name: 'Alpha',
        email: 'a@example.com',
        site: 'https://example.com/a',
        ref: '8e03978e-40d5-43e8-bc93-6894a57f9324',
        size: 'small',
        floors: -1,
        rating: 0.1,
        open: true,
        founded: '1969-12-31',
        visited_at: '2026-05-04T12:30:00Z',
        tags: ['x'],
      },
      {
        name: 'alphabet',
        email: 'b@example.org',
        site: 'https://example.org/b',
        ref: '0A000000-0000-4000-8000-000000000000',
        size: 'Large',
        floors: 2,
        rating: 2,
        open: false,
        founded: '2000-02-29',
        visited_at: '2026-05-04T12:30:00.001Z',
      },
      { name: 'Beta', size: 'small', floors: 10, rating: -1.5, founded: '2026-01-01' },
      { name: 'Ålpha ☕ 😀', size: 'small', floors: 0 },
    ],
  },
)

feature(
  'every operator does for every kind of field what it says',
  async (t, { get }) => {
    const table: [query: string, expected: number[]][] = [
      ['id=2', [2]],
      ['id_gt=2', [3, 4]],
      ['id=99', []],
      ['name=Alpha', [1]],
      ['name=Alph', []],
      ['name=', []],
      ['name_ne=Alpha', [2, 3, 4]],
      ['name_ne=Alpha&name_ne=Beta', [2, 4]],
      ['id_ne=2&id_ne=7', [1, 3, 4]],
      ['email_ne=a@example.com', [2, 3, 4]],
      ['size_ne=small', [2]],
      ['open_ne=true', [2, 3, 4]],
      ['founded_ne=2026-01-01', [1, 2, 4]],
      ['visited_at_ne=2026-05-04T14:30:00.000%2B02:00', [2, 3, 4]],
      ['tags_ne=x', [2, 3, 4]],
      ['tags_ne=y', [1, 2, 3, 4]],
      ['name_contains=lph', [1, 2, 4]],
      ['name_icontains=ALPH', [1, 2]],
      ['name_icontains=%C3%A5L', [4]],
      ['name_icontains=', [1, 2, 3, 4]],
      ['email_icontains=EXAMPLE.COM', [1]],
      ['name_contains=', [1, 2, 3, 4]],
      ['name_contains=%F0%9F%98%80', [4]],
      ['name_contains=%E2%98%95+', [4]],
      ['name_starts_with=Al', [1]],
      ['name_starts_with=', [1, 2, 3, 4]],
      ['name_starts_with=%C3%85lpha%20%E2%98%95%20%F0%9F%98%80', [4]],
      ['email=b@example.org', [2]],
      ['email=b%40example.org', [2]],
      ['email_contains=@example', [1, 2]],
      ['email_starts_with=a@', [1]],
      ['email_is_null=true', [3, 4]],
      ['email_is_null=false', [1, 2]],
      ['site=https://example.org/b', [2]],
      ['site_contains=.com/', [1]],
      ['site_starts_with=https://example.', [1, 2]],
      ['site_is_null=true', [3, 4]],
      ['ref=8E03978E-40d5-43E8-BC93-6894A57F9324', [1]],
      ['ref=0a000000-0000-4000-8000-000000000000', [2]],
      ['ref_is_null=false', [1, 2]],
      ['size=Large', [2]],
      ['floors=10', [3]],
      ['floors=-1', [1]],
      ['floors=-0', [4]],
      ['floors_gt=0', [2, 3]],
      ['floors_gte=0', [2, 3, 4]],
      ['floors_lt=2', [1, 4]],
      ['floors_lte=2', [1, 2, 4]],
      ['floors_gt=9007199254740991', []],
      ['floors_gt=-9007199254740991', [1, 2, 3, 4]],
      ['rating=0.1', [1]],
      ['rating=2', [2]],
      ['rating=2.0', [2]],
      ['rating=20e-1', [2]],
      ['rating_gt=0.1', [2]],
      ['rating_gte=1e-1', [1, 2]],
      ['rating_lt=0', [3]],
      ['rating_lte=-1.5', [3]],
      ['rating_lt=1e308', [1, 2, 3]],
      ['rating_is_null=true', [4]],
      ['open=true', [1]],
      ['open=false', [2]],
      ['open_is_null=true', [3, 4]],
      ['founded=2000-02-29', [2]],
      ['founded_gt=1969-12-31', [2, 3]],
      ['founded_gte=1969-12-31', [1, 2, 3]],
      ['founded_lt=2026-01-01', [1, 2]],
      ['founded_lte=2026-01-01', [1, 2, 3]],
      ['founded_is_null=false', [1, 2, 3]],
      ['visited_at=2026-05-04T12:30:00Z', [1]],
      ['visited_at=2026-05-04T14:30:00.000%2B02:00', [1]],
      ['visited_at=2026-05-04t07:00:00-05:30', [1]],
      ['visited_at_gt=2026-05-04T12:30:00Z', [2]],
      ['visited_at_gt=2026-05-04T23:29:59-11:00', []],
      ['visited_at_gte=2026-05-05T02:30:00%2B14:00', [1, 2]],
      ['visited_at_lt=2026-05-04T12:30:00.001Z', [1]],
      ['visited_at_lte=2026-05-04T12:30:00.001z', [1, 2]],
      ['visited_at_is_null=true', [3, 4]],
    ]
    for (const [query, expected] of table) {
      const answer = await get(`/shops?${query}`)
      t.strictSame([answer.status, ids(answer)], [200, expected], query)
    }
  },
  { resources: [shops] },
)

feature(
  'a repeated filter is one or the other, and different filters hold all at once',
  async (t, { get }) => {
    const table: [query: string, expected: number[]][] = [
      ['name=Alpha&name=Beta', [1, 3]],
      ['name=Beta&name=Alpha&name=Beta&name=nobody', [1, 3]],
      ['size=small&size=Large', [1, 2, 3, 4]],
      ['open=true&open=false', [1, 2]],
      ['rating=2&rating=0.1', [1, 2]],
      ['floors=2&floors=10&floors=2', [2, 3]],
      ['visited_at=2026-05-04T12:30:00Z&visited_at=2026-05-04T14:30:00.001%2B02:00', [1, 2]],
      ['size=small&floors=10', [3]],
      ['size=small&floors_gte=0&floors_lt=10', [4]],
      ['floors_gt=-1&floors_lt=10&rating_is_null=false', [2]],
      ['name=Alpha&name=Beta&name_contains=p', [1]],
      ['floors_gt=5&floors_lt=5', []],
      [Array.from({ length: 100 }, (_, at) => `floors=${at}`).join('&'), [2, 3, 4]],
    ]
    for (const [query, expected] of table) {
      const answer = await get(`/shops?${query}`)
      t.strictSame([answer.status, ids(answer)], [200, expected], query)
    }
  },
  { resources: [shops] },
)

feature(
  'of fields that `or` names, the filters of one are enough',
  async (t, { get }) => {
    const table: [query: string, expected: number[]][] = [
      ['or=name,floors&name=Alpha&floors=10', [1, 3]],
      ['or=name,floors&name=Alpha&floors_gte=2&floors_lt=10', [1, 2]],
      ['or=name,floors&name=Alpha&name_starts_with=B&floors=0', [4]],
      ['or=name,floors&name=Alpha&floors=10&size=small&rating_lt=0', [3]],
      ['or=name&or=floors&name=Alpha&floors=10', [1, 3]],
      ['or=name,rating,open&name=Beta&rating=0.1&open=false', [1, 2, 3]],
      ['or=email,open&email_is_null=true&open=true', [1, 3, 4]],
      ['or=tags,founded&tags=x&founded_gt=2020-01-01', [1, 3]],
      ['or=name,floors&name=Alpha', [1]],
      ['or=name,floors&size=Large', [2]],
      ['or=name,floors', [1, 2, 3, 4]],
      ['or=', [1, 2, 3, 4]],
      ['or=name,floors&name_ne=Alpha&floors=-1', [1, 2, 3, 4]],
    ]
    for (const [query, expected] of table) {
      const answer = await get(`/shops?${query}`, { prefer: 'count=exact' })
      t.strictSame([answer.status, ids(answer)], [200, expected], query)
      t.equal(answer.headers['x-total-count'], String(expected.length), query)
    }
    const first = await get('/shops?or=name,floors&name=Alpha&floors=10&limit=1')
    const { next = '' } = linksOf(first)
    t.strictSame(ids(await get(next)), [3])
    t.equal((await get(next.replace('or=name,floors&', ''))).status, 400, 'is another list')
    const answer = await get('/shops?or=name,colour&name=Alpha')
    t.strictSame(problemOf(answer).errors, [
      {
        parameter: 'or',
        in: 'query',
        detail:
          'must be one of: id, name, email, site, ref, size, floors, rating, open, founded, visited_at, tags',
      },
    ])
  },
  { resources: [shops] },
)

const texts = [
  '50%',
  '50_',
  '50',
  '500',
  'a*b',
  'a\\b',
  'aXb',
  "it's",
  '"said"',
  'ÄÖ',
  'äö',
  'A\u0308',
  'a?b&c=d#e',
  ' a',
  '\t',
]

const notes = resource('notes', Type.Object({ text: Type.String() }), {
  description: 'Texts that mean something in SQL or in addresses',
  sample: texts.map(text => ({ text })),
})

const words = [
  'Straße',
  'STRASSE',
  'ΟΔΟΣ',
  'οδος',
  'οδός',
  'Москва',
  'ﬁn',
  'Fin',
  'ısı',
  'ISI',
  'İ',
  'a%B',
]

feature(
  'a text is found in upper and lower case, by the capitals of its letters',
  async (t, { get }) => {
    for (const needle of [...words, 'σ', 'ß', 's', 'fI', 'москва', '%b', 'i', 'ı', 'Ό']) {
      const { json } = await get(`/signs?text_icontains=${encodeURIComponent(needle)}`)
      t.strictSame(
        json.map(({ text }: { text: string }) => text),
        words.filter(text => text.toUpperCase().includes(needle.toUpperCase())),
        needle,
      )
    }
  },
  {
    resources: [
      resource('signs', Type.Object({ text: Type.String() }), {
        description: 'Words of several alphabets',
        sample: words.map(text => ({ text })),
      }),
    ],
  },
)

feature(
  'text is compared literally, character by character, with its case',
  async (t, { get }) => {
    const found = async (operator: string, text: string) => {
      const { status, json } = await get(`/notes?text${operator}=${encodeURIComponent(text)}`)
      return status === 200 ? json.map((row: { text: string }) => row.text) : json
    }
    const needles = [
      '%',
      '_',
      '*',
      '\\',
      "'",
      '"',
      '?',
      '&',
      '#',
      '=',
      '50%',
      '50_',
      'a\\',
      'Ä',
      'ä',
      '\u0308',
      ' ',
      '\t',
    ]
    for (const needle of [...needles, ...texts]) {
      t.strictSame(
        await found('', needle),
        texts.filter(text => text === needle),
        `equals ${needle}`,
      )
      t.strictSame(
        await found('_contains', needle),
        texts.filter(text => text.includes(needle)),
        `contains ${needle}`,
      )
      t.strictSame(
        await found('_starts_with', needle),
        texts.filter(text => text.startsWith(needle)),
        `starts with ${needle}`,
      )
    }
  },
  { resources: [notes] },
)

const type = (name: string) => `must be ${name}`
const unknown = 'is not a known parameter'
const trueOrFalse = 'must be true or false'
const date = 'must be a valid date, such as 2026-05-04'
const dateTime = 'must be a valid date-time, such as 2026-05-04T14:30:00%2B02:00'

feature(
  'a value that cannot be is refused with its parameter',
  async (t, { get }) => {
    const filters = (name: string, ...words: string[]) =>
      `${unknown}; the filters of ${name} are ${[name, ...words.map(word => `${name}_${word}`)].join(', ')}`
    const ofName = filters('name', 'ne', 'contains', 'icontains', 'starts_with')
    const ofFounded = filters('founded', 'ne', 'gt', 'gte', 'lt', 'lte', 'is_null')
    const sizes = "must be one of: small, Large; did you mean 'Large'?"
    const table: [query: string, detail: string][] = [
      ['id=one', type('integer')],
      ['floors=', type('integer')],
      ['floors=1.5', type('integer')],
      ['floors=1e1', type('integer')],
      ['floors=+1', type('integer')],
      ['floors=1&floors=x', type('integer')],
      ['floors=9007199254740992', 'must be <= 9007199254740991'],
      ['floors_lt=-9007199254740992', 'must be >= -9007199254740991'],
      ['floors_gt=1&floors_gt=2', type('integer')],
      ['rating=', type('number')],
      ['rating=1,5', 'must be number; several values are written rating=…&rating=…'],
      ['rating=1e999', type('number')],
      ['rating=NaN', type('number')],
      ['rating_gt=0x1', type('number')],
      ['open=1', trueOrFalse],
      ['open=TRUE', trueOrFalse],
      ['open_is_null=', trueOrFalse],
      ['name_is_null=true', ofName],
      ['rating_is_null=yes', trueOrFalse],
      ['size=large', sizes],
      ['size=', 'must be one of: small, Large'],
      ['ref=8e03978e', 'must be a valid uuid'],
      ['email=a', 'must be a valid email'],
      ['site=a b', 'must be a valid uri'],
      ['founded=2023-02-29', date],
      ['founded_gt=2023-02-28T00:00:00Z', date],
      ['visited_at=2026-05-04', dateTime],
      ['visited_at_gt=2026-05-04T12:30:00', dateTime],
      ['visited_at_gt=2026-05-04T12:30:00+02:00', dateTime],
      ['visited_at_lt=9999-12-31T23:59:59-01:00', dateTime],
      ['name=%00', 'must not contain control characters'],
      ['name_contains=a%1Fb', 'must not contain control characters'],
      [`name_starts_with=${'a'.repeat(1001)}`, 'must NOT have more than 1000 characters'],
      ['name_contains=a&name_contains=b', type('string')],
      [Array(101).fill('floors=1').join('&'), 'must NOT have more than 100 items'],
      ['tags_contains=x', filters('tags', 'ne', 'is_null')],
      ['tags_is_null=1', 'must be true or false'],
      ['name_gt=a', ofName],
      ['size_contains=s', filters('size', 'ne')],
      ['ref_contains=8', filters('ref', 'ne', 'is_null')],
      ['open_gt=false', filters('open', 'ne', 'is_null')],
      ['open_ne=1', trueOrFalse],
      ['size_ne=large', sizes],
      ['size_icontains=s', filters('size', 'ne')],
      ['rating_ne=1,5', 'must be number; several values are written rating_ne=…&rating_ne=…'],
      ['founded_contains=2', ofFounded],
      ['name_like=a%25', ofName],
    ]
    for (const [query, detail] of table) {
      const answer = await get(`/shops?${query}`)
      const [parameter] = query.split('=')
      t.equal(answer.status, 400, query)
      t.strictSame(problemOf(answer).errors, [{ parameter, in: 'query', detail }], query)
    }
  },
  { resources: [shops] },
)

feature(
  'what other services write in another way is refused with how it is written here',
  async (t, { get }) => {
    const several = (name: string) => `; several values are written ${name}=…&${name}=…`
    const table: [query: string, parameter: string, detail: string][] = [
      ['visited_at_gte=2024-01-01T00:00:00%2B0000', 'visited_at_gte', dateTime],
      ['visited_at_gte=2024-01-01T00:00:00+02:00', 'visited_at_gte', dateTime],
      ['visited_at_gte=2024-01-01 00:00:00Z', 'visited_at_gte', dateTime],
      ['visited_at_gte=1704067200', 'visited_at_gte', dateTime],
      ['founded=2024-01-01T00:00:00Z', 'founded', date],
      ['founded=01/02/2024', 'founded', date],
      ['open=1', 'open', trueOrFalse],
      ['open=True', 'open', trueOrFalse],
      ['rating_is_null=0', 'rating_is_null', trueOrFalse],
      ['floors=1,2', 'floors', `must be integer${several('floors')}`],
      ['size=small,Large', 'size', `must be one of: small, Large${several('size')}`],
      ['size=small&size=Large,small', 'size', `must be one of: small, Large${several('size')}`],
      ['size[]=small', 'size[]', unknown + several('size')],
      ['size[0]=small', 'size[0]', unknown + several('size')],
      ['floors[gte]=2', 'floors[gte]', `${unknown}; without brackets it is floors_gte`],
      ['filter[size][x]=small', 'filter[size][x]', unknown],
      ['floors_gt=1,2', 'floors_gt', type('integer')],
      ['limit=0', 'limit', 'must be >= 1'],
      ['limit=1001', 'limit', 'must be <= 1000'],
    ]
    for (const [query, parameter, detail] of table) {
      const answer = await get(`/shops?${query.replaceAll(' ', '%20')}`)
      t.strictSame(problemOf(answer).errors, [{ parameter, in: 'query', detail }], query)
    }
    const all = await get(
      '/shops?size=small&size=Large&visited_at_gte=2026-05-04T14:30:00%2B02:00&founded_lt=2026-05-04',
    )
    t.equal(all.status, 200)
  },
  { resources: [shops] },
)

feature('every parameter that is unknown or wrong is named at once', async (t, { get }) => {
  const table: [query: string, names: string[]][] = [
    ['region=Europe', ['region']],
    [
      'Name=a&area_min=1&area=big&limit=0&sort=nope&fields=',
      ['Name', 'area', 'area_min', 'fields', 'limit', 'sort'],
    ],
    ['__proto__=1&constructor=2&toString=3', ['__proto__', 'constructor', 'toString']],
    ['name[]=a&area[gt]=1&filter=x', ['area[gt]', 'filter', 'name[]']],
    ['q=thai', ['q']],
    ['=1', ['']],
  ]
  for (const [query, names] of table) {
    const answer = await get(`/countries?${query}`)
    t.equal(answer.status, 400, query)
    t.match(answer.headers['content-type'], /^application\/problem\+json/)
    t.equal(answer.json.detail, 'Request had invalid or unknown parameters.')
    t.strictSame(
      answer.json.errors.map(({ parameter }: { parameter: string }) => parameter).toSorted(),
      names,
      query,
    )
  }
  t.equal((await get('/countries/1?area=1')).status, 400, 'a member takes no filter')
  t.equal(
    (await get('/events/1/guests?event=1')).status,
    400,
    'nor does an address below a parent take another',
  )
})
