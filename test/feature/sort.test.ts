// A client sorts a list: by any fields, in both directions, and gets the same order however it pages.

import { deepStrictEqual } from 'node:assert'
import fc from 'fast-check'
import { walkBothWays } from '../support/pages.ts'
import {
  bodies,
  compareValues,
  createSamples,
  kindNames,
  kindOf,
  type Sample,
  samples,
} from '../support/samples.ts'
import { feature, problemOf } from '../support/service.ts'

const ids = (rows: readonly { id: number }[]) => rows.map(({ id }) => id)

feature(
  'a list is sorted by the fields that are named, ties by the key in the same direction',
  async (t, { get }) => {
    const table: [sort: string, expected: number[]][] = [
      ['', [1, 2, 3, 4, 5]],
      ['sort=', [1, 2, 3, 4, 5]],
      ['sort=id', [1, 2, 3, 4, 5]],
      ['sort=-id', [5, 4, 3, 2, 1]],
      ['sort=customer_id', [1, 2, 3, 4, 5]],
      ['sort=-customer_id', [5, 4, 3, 2, 1]],
      ['sort=currency,amount', [3, 4, 2, 1, 5]],
      ['sort=currency,-amount', [1, 2, 4, 3, 5]],
      ['sort=-currency,amount', [5, 3, 4, 2, 1]],
      ['sort=-currency&sort=amount', [5, 3, 4, 2, 1]],
      ['sort=amount,-amount', [3, 4, 5, 2, 1]],
      ['sort=currency,id,amount', [1, 2, 3, 4, 5]],
      ['sort=sold_at', [5, 1, 3, 2, 4]],
      ['sort=description', [5, 2, 1, 3, 4]],
      ['sort=-description', [4, 3, 1, 2, 5]],
    ]
    for (const [sort, expected] of table)
      t.strictSame(ids((await get(`/sales?${sort}`)).json), expected, sort)
  },
)

feature('a sort that cannot be is refused', async (t, { get }) => {
  const words = (names: string[]) =>
    `must be one of: ${names.flatMap(name => [name, `-${name}`]).join(', ')}`
  const books = words(['id', 'title', 'page_count', 'pub_date', 'isbn13', 'genre'])
  const table: [query: string, detail: string][] = [
    ['sort=authors', books],
    ['sort=Title', `${books}; did you mean 'title'?`],
    ['sort=title,', books],
    ['sort=,', books],
    ['sort=--title', `${books}; did you mean '-title'?`],
    ['sort=%2Btitle', `${books}; did you mean 'title'?`],
    ['sort=title%20desc', books],
    [`sort=${Array(11).fill('title').join()}`, 'must NOT have more than 10 items'],
  ]
  for (const [query, detail] of table) {
    const answer = await get(`/books?${query}`)
    t.equal(answer.status, 400, query)
    t.strictSame(problemOf(answer).errors, [{ parameter: 'sort', in: 'query', detail }], query)
  }
})

const sortable = ['id', ...kindNames, ...kindNames.map(kind => `maybe_${kind}`)]

interface Key {
  readonly name: string
  readonly descending: boolean
}

const sorts = fc
  .tuple(
    fc.shuffledSubarray(sortable, { minLength: 1, maxLength: 4 }),
    fc.array(fc.boolean(), { minLength: 4 }),
  )
  .map(([names, directions]) =>
    names.map((name, at): Key => ({ name, descending: directions[at] === true })),
  )

function inOrder(rows: readonly Sample[], keys: readonly Key[]): readonly Sample[] {
  return rows.toSorted((one, other) => {
    for (const { name, descending } of [
      ...keys,
      { name: 'id', descending: keys.at(-1)?.descending === true },
    ]) {
      const kind = name === 'id' ? 'integer' : kindOf(name)
      const order = compareValues(kind, one[name] ?? null, other[name] ?? null)
      if (order !== 0) return descending ? -order : order
    }
    return 0
  })
}

feature(
  'whatever the rows, the sort and the limit, the pages joined are the rows in their order, both ways',
  async (t, service) => {
    let batch = 0
    const property = fc.asyncProperty(
      fc.record({
        rows: bodies(14),
        sort: sorts,
        limit: fc.integer({ min: 1, max: 6 }),
        narrow: fc.boolean(),
      }),
      async ({ rows, sort, limit, narrow }) => {
        batch += 1
        const stored = await createSamples(service, batch, rows)
        const names = sort.map(({ name, descending }) => (descending ? '-' : '') + name)
        const url = `/samples?batch=${batch}&sort=${names}&limit=${limit}${narrow ? '&fields=id' : ''}`
        const expected = inOrder(stored, sort).map(row => (narrow ? { id: row.id } : row))
        const pages = Array.from(
          { length: Math.max(1, Math.ceil(expected.length / limit)) },
          (_, page) => expected.slice(page * limit, (page + 1) * limit),
        )
        const { forward, backward } = await walkBothWays(service.get, url)
        deepStrictEqual(forward, pages, url)
        deepStrictEqual(backward.flat(), expected, url)
      },
    )
    await t.resolves(fc.assert(property, { numRuns: 150 }))
  },
  { resources: [samples], sample: false },
)
