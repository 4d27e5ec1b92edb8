// A resource of one's own: files in a folder, with every kind of field and option, and no other edit.

import type { Test } from 'tap'
import { feature, problemOf, type Service } from '../support/service.ts'
import {
  created,
  fill,
  full,
  fullAnswered,
  label,
  least,
  options,
  rest,
  schemas,
  shelf,
} from '../support/specimens.ts'

feature(
  'a specimen is created with all that the server adds, and with all that it may have',
  async (t, { get, post }) => {
    t.equal((await post('/shelves', { label })).headers.location, shelf)
    const first = await post(`${shelf}/specimens`, least)
    t.equal(first.status, 201)
    t.equal(first.headers.location, `${shelf}/specimens/1`)
    t.strictSame(first.json, { id: 1, ...rest, ...least })
    t.strictSame((await get(`${shelf}/specimens/1`)).json, first.json)
    t.strictSame((await get('/specimens/1')).json, first.json)

    const second = await post('/specimens', { ...full, shelf: label })
    t.equal(second.status, 201)
    t.equal(second.headers.location, '/specimens/2')
    t.strictSame(second.json, { id: 2, ...fullAnswered })
    t.strictSame((await get('/specimens/2')).json, second.json)
  },
  options,
)

const refused: [body: object, pointer: string, detail: string][] = [
  [{ place: 0 }, '#/place', 'must be >= 1'],
  [{ place: 100 }, '#/place', 'must be <= 99'],
  [{ place: 1.5 }, '#/place', 'must be integer'],
  [{ code: 'ab-0001' }, '#/code', 'must match the pattern ^[A-Z]{2}-[0-9]{4}$'],
  [{ name: '' }, '#/name', 'must NOT have fewer than 1 characters'],
  [{ name: 'n'.repeat(101) }, '#/name', 'must NOT have more than 100 characters'],
  [{ name: null }, '#/name', 'must be string'],
  [{ notes: 'a bell: \u0007' }, '#/notes', 'must not contain control characters'],
  [{ grade: 'good' }, '#/grade', 'must be one of: fine, fair, poor'],
  [{ found_on: '2023-02-29' }, '#/found_on', 'must be a valid date, such as 2026-05-04'],
  [{ found_on: '2024-02-29T00:00:00Z' }, '#/found_on', 'must be a valid date, such as 2026-05-04'],
  [
    { seen_at: '2024-02-29T00:00:00' },
    '#/seen_at',
    'must be a valid date-time, such as 2026-05-04T14:30:00+02:00',
  ],
  [{ finder: 'ada' }, '#/finder', 'must be a valid email'],
  [{ link: 'no uri' }, '#/link', 'must be a valid uri'],
  [{ tag: '8e03978e40d543e8bc936894a57f9324' }, '#/tag', 'must be a valid uuid'],
  [{ pieces: 1001 }, '#/pieces', 'must be <= 1000'],
  [{ depth: 2 ** 53 }, '#/depth', 'must be <= 9007199254740991'],
  [{ weight: 0 }, '#/weight', 'must be > 0'],
  [{ weight: 1000 }, '#/weight', 'must be < 1000'],
  [{ weight: '1' }, '#/weight', 'must be number'],
  [{ purity: 1.001 }, '#/purity', 'must be <= 1'],
  [{ on_loan: 1 }, '#/on_loan', 'must be boolean'],
  [{ colors: ['red', ''] }, '#/colors/1', 'must NOT have fewer than 1 characters'],
  [{ colors: ['1', '2', '3', '4', '5', '6'] }, '#/colors', 'must NOT have more than 5 items'],
  [{ layers: [] }, '#/layers', 'must NOT have fewer than 1 items'],
  [{ layers: [{ thickness: 1 }] }, '#/layers/0/name', 'is required'],
  [
    { layers: [{ name: 'two\nlines' }] },
    '#/layers/0/name',
    'must be a single line without control characters',
  ],
  [{ origin: {} }, '#/origin/country', 'is required'],
  [{ origin: { country: 'Peru', spot: null } }, '#/origin/spot', 'must be object'],
  [
    { origin: { country: 'Peru', spot: { north: 1, east: 2, up: 3 } } },
    '#/origin/spot/up',
    'is not a known member',
  ],
  [{ origin: { country: 'Peru', spot: { north: 1 } } }, '#/origin/spot/east', 'is required'],
  [{ created_at: created }, '#/created_at', 'is not a known member'],
  [{ checked_at: created }, '#/checked_at', 'is not a known member'],
  [{ 'a/b~c ü': 1 }, '#/a~1b~0c%20%C3%BC', 'is not a known member'],
]

feature(
  'bodies that a definition does not allow are refused, with the place of each mistake',
  async (t, service) => {
    await fill(service, [])
    for (const [members, pointer, detail] of refused) {
      const answer = await service.post(`${shelf}/specimens`, { ...least, ...members })
      t.equal(answer.status, 422, JSON.stringify(members))
      t.strictSame(answer.json.errors, [{ pointer, detail }])
    }
    t.strictSame((await service.get('/specimens')).json, [])
  },
  options,
)

feature(
  'a specimen is replaced, changed and deleted',
  async (t, service) => {
    const { get, put, patch } = service
    await fill(service, [least])
    const replaced = await put('/specimens/1', { ...full, shelf: label })
    t.equal(replaced.status, 200)
    t.strictSame(replaced.json, { id: 1, ...fullAnswered })

    const back = await put(`${shelf}/specimens/1`, { ...least, shelf: label })
    t.strictSame(back.json, { id: 1, ...rest, ...least })

    const patched = await patch('/specimens/1', {
      genuine: true,
      origin: { spot: { north: 1, east: 2 } },
    })
    const expected = {
      id: 1,
      ...rest,
      ...least,
      genuine: true,
      origin: { country: 'Peru', spot: { north: 1, east: 2 } },
    }
    t.strictSame(patched.json, expected)
    t.strictSame((await get('/specimens/1')).json, expected)

    t.equal((await service.delete(`${shelf}/specimens/1`)).status, 204)
    t.equal((await get('/specimens/1')).status, 404)
  },
  options,
)

feature(
  'unique values are taken, one or a pair of them',
  async (t, service) => {
    const { post } = service
    await fill(service, [{ ...least, tag: full.tag }])
    await post('/shelves', { label: 'other' })

    const sameTag = await post('/specimens', { ...least, shelf: 'other', tag: fullAnswered.tag })
    t.match(problemOf(sameTag), {
      status: 409,
      detail: 'There is a specimen with this tag already.',
    })
    t.strictSame(sameTag.json.errors, [{ pointer: '#/tag', detail: 'is taken' }])

    const samePlace = await post(`${shelf}/specimens`, least)
    t.match(problemOf(samePlace), {
      status: 409,
      detail: 'There is a specimen with this shelf and place already.',
    })
    t.strictSame(samePlace.json.errors, [
      { pointer: '#/shelf', detail: 'is taken' },
      { pointer: '#/place', detail: 'is taken' },
    ])
    t.equal((await post('/specimens', { ...least, shelf: 'other' })).status, 201)
    t.equal((await post(`${shelf}/specimens`, { ...least, place: 2 })).status, 201)
  },
  options,
)

/** Five specimens, told apart by their places. */
const five = [
  { ...least, place: 1, grade: 'fine', weight: 3, found_on: '2024-01-01', kind: 'plant' },
  { ...least, place: 2, grade: 'poor', weight: 1.5, found_on: '2023-01-01', name: '100% amber' },
  { ...least, place: 3, grade: 'fair', weight: 2, found_on: '2024-01-02', on_loan: true },
  {
    ...least,
    place: 4,
    grade: 'fine',
    weight: 1,
    seen_at: '2024-05-01T00:00:00+02:00',
    tag: full.tag,
  },
  { ...least, place: 5, grade: 'poor', weight: 2, genuine: true, link: 'https://example.com/5' },
]

const lists: [query: string, places: number[]][] = [
  ['', [1, 2, 3, 4, 5]],
  ['grade=fine', [1, 4]],
  ['grade=fine&grade=fair', [1, 3, 4]],
  ['grade=fine&weight_gt=1', [1]],
  ['weight=1.5', [2]],
  ['weight_gte=2&weight_lt=3', [3, 5]],
  ['place_lte=2', [1, 2]],
  ['found_on_gte=2024-01-01&found_on_lt=2024-01-02', [1]],
  ['seen_at=2024-04-30T22:00:00Z', [4]],
  ['seen_at_is_null=false', [4]],
  ['on_loan=true', [3]],
  ['genuine=true', [5]],
  ['genuine_is_null=true', [1, 2, 3, 4]],
  ['kind=plant', [1]],
  [`tag=${full.tag}`, [4]],
  ['name_contains=0%25', [2]],
  ['name_starts_with=Fe', [1, 3, 4, 5]],
  ['link_contains=example', [5]],
  ['finder=ada@example.com', [1, 2, 3, 4, 5]],
  ['shelf=other', []],
  ['sort=-place', [5, 4, 3, 2, 1]],
  ['sort=grade,-weight', [3, 1, 4, 5, 2]],
  ['sort=seen_at,-id', [5, 3, 2, 1, 4]],
  ['sort=-found_on&limit=2', [5, 4]],
]

feature(
  'specimens are filtered and sorted, flat and below their shelf',
  async (t, service) => {
    await fill(service, five)
    for (const [query, places] of lists)
      for (const path of [
        '/specimens',
        ...(query.startsWith('shelf=') ? [] : [`${shelf}/specimens`]),
      ]) {
        const { status, json } = await service.get(`${path}?fields=place&${query}`)
        t.equal(status, 200, query)
        t.strictSame(
          json,
          places.map(place => ({ place })),
          query,
        )
      }
    for (const query of [
      'origin=Peru',
      'colors_contains=brown',
      'sort=layers',
      'weight_contains=1',
      'grade=good',
      'q=fern',
    ])
      t.equal((await service.get(`/specimens?${query}`)).status, 400, query)
  },
  options,
)

/** The address that a `Link` field has for a relation. */
function linkTo(relation: string, link: string | undefined): string | undefined {
  return new RegExp(`<([^>]*)>; rel="${relation}"`).exec(link ?? '')?.[1]
}

async function follow(
  { get }: Service,
  t: Test,
  start: string,
  relation: string,
): Promise<number[][]> {
  const pages: number[][] = []
  for (let url: string | undefined = start; url !== undefined && pages.length < 10; ) {
    const { status, json, headers } = await get(url)
    t.equal(status, 200, url)
    pages.push(json.map(({ id }: { id: number }) => id))
    url = linkTo(relation, headers.link)
  }
  return pages
}

feature(
  'a list shows the listed fields, page by page, and back',
  async (t, service) => {
    await fill(service, five)
    const { json } = await service.get(`${shelf}/specimens?limit=1`)
    t.strictSame(json, [
      { id: 1, shelf: label, name: 'Fern', grade: 'fine', weight: 3, origin: { country: 'Peru' } },
    ])
    t.strictSame(await follow(service, t, `${shelf}/specimens?limit=2&sort=-weight`, 'next'), [
      [1, 5],
      [3, 2],
      [4],
    ])
    const last = (await service.get('/specimens?limit=3')).headers.link
    const back = linkTo('next', last) ?? ''
    t.strictSame(await follow(service, t, back, 'prev'), [
      [4, 5],
      [1, 2, 3],
    ])
  },
  options,
)

feature(
  'the shelf of the address rules, and a shelf with specimens stays',
  async (t, service) => {
    const { get, post } = service
    await fill(service, [least])
    await post('/shelves', { label: 'other' })
    t.equal((await get('/shelves/other/specimens/1')).status, 404)
    t.equal((await get('/shelves/nowhere/specimens')).status, 404)
    t.equal((await post('/shelves/nowhere/specimens', least)).status, 404)

    const elsewhere = await post(`${shelf}/specimens`, { ...least, shelf: 'other', place: 2 })
    t.equal(elsewhere.status, 409)
    t.strictSame(elsewhere.json.errors, [
      { pointer: '#/shelf', detail: `must equal ${label}, as in the address` },
    ])

    const nowhere = await post('/specimens', { ...least, shelf: 'nowhere' })
    t.equal(nowhere.status, 409)
    t.strictSame(nowhere.json.errors, [{ pointer: '#/shelf', detail: 'does not exist' }])

    const kept = await service.delete(shelf)
    t.match(problemOf(kept), {
      status: 409,
      detail: 'It cannot be deleted while specimens refer to it.',
    })
    t.equal((await service.delete('/specimens/1')).status, 204)
    t.equal((await service.delete(shelf)).status, 204)
  },
  options,
)

feature(
  'a shelf is put under any label, in whatever way its address is written',
  async (t, { get, put }) => {
    for (const [key, address] of [
      [label, shelf],
      ['a b', '/shelves/a%20b'],
      ['c', '/shelves/%63/'],
      ['d', '/v1/shelves/d?'],
      ['ü'.repeat(200), `/shelves/${encodeURIComponent('ü'.repeat(200))}`],
    ] as const) {
      const answer = await put(address, { room: 'Attic' })
      t.equal(answer.status, 201, address)
      t.strictSame(answer.json, { label: key, room: 'Attic', height: 40 })
      const base = address.startsWith('/v1') ? '/v1' : ''
      t.equal(answer.headers.location, `${base}/shelves/${encodeURIComponent(key)}`)
      t.strictSame((await get(answer.headers.location ?? '')).json, answer.json)
    }
    t.equal((await put(`/shelves/${'ü'.repeat(201)}`, {})).status, 400)
    t.equal((await put('/shelves/a%00b', {})).status, 400)
    t.equal((await put('/shelves/a%0Ab', {})).status, 400)
  },
  options,
)

feature(
  'the document has the resource, and the sample rows are there',
  async (t, { document, get }) => {
    const { schemas: components } = document.components
    for (const name of [
      'Specimen',
      'SpecimenView',
      'SpecimenCreation',
      'ShelfSpecimenCreation',
      'SpecimenReplacement',
      'SpecimenGrade',
      'SpecimenKind',
      'SpecimenLayer',
      'SpecimenOrigin',
      'SpecimenOriginSpot',
    ])
      t.ok(components[name], name)
    const { properties } = components.Specimen as { properties: Record<string, object> }
    t.match(properties.old_code, { type: ['string', 'null'], maxLength: 20, deprecated: true })
    t.match(properties.created_at, { type: 'string', format: 'date-time' })
    const { properties: sent } = components.SpecimenReplacement as {
      properties: Record<string, object>
    }
    t.match(sent.created_at, { type: 'string', format: 'date-time', readOnly: true })
    t.strictSame(sent.grade, {
      allOf: [{ $ref: '#/components/schemas/SpecimenGrade' }],
      default: 'fair',
    })
    t.equal(
      document.paths['/shelves/{shelf}/specimens/{id}']?.put?.operationId,
      'replaceShelfSpecimen',
    )
    t.strictSame(
      (await get('/shelves')).json.map((row: { label: string }) => row.label),
      ['North 1', 'Süd/2 – 50% ?#&+'],
    )
    t.equal(
      (await get(`/shelves/${encodeURIComponent('Süd/2 – 50% ?#&+')}/specimens`)).json.length,
      1,
    )
  },
  { schemas },
)
