// A client chooses the members it is answered: of a list and of a member, flat and below a parent.

import { linksOf, walkBothWays } from '../support/pages.ts'
import { feature, problemOf } from '../support/service.ts'

feature(
  'an answer has the chosen members, in the order of the representation',
  async (t, { get }) => {
    const thailand = { id: 1, name: 'Thailand', capital: 'Bangkok', area: 513120 }
    const table: [url: string, expected: unknown][] = [
      ['/countries/1', thailand],
      ['/countries/1?fields=id,name', { id: 1, name: 'Thailand' }],
      ['/countries/1?fields=name,id', { id: 1, name: 'Thailand' }],
      ['/countries/1?fields=name&fields=id', { id: 1, name: 'Thailand' }],
      ['/countries/1?fields=name&fields=area,id', { id: 1, name: 'Thailand', area: 513120 }],
      ['/countries/1?fields=name,name', { name: 'Thailand' }],
      ['/countries/1?fields=capital', { capital: 'Bangkok' }],
      ['/countries/1?fields=id%2Cname', { id: 1, name: 'Thailand' }],
      ['/countries/1?fields=area,capital,name,id', thailand],
      ['/countries?limit=1&fields=id,name', [{ id: 1, name: 'Thailand' }]],
      ['/countries?limit=1&fields=name&fields=id', [{ id: 1, name: 'Thailand' }]],
      ['/countries?area=1&fields=name', []],
      ['/books?fields=authors&limit=1&sort=-id', [{ authors: [{ name: 'Jane Doe' }] }]],
      ['/books/2?fields=page_count,authors', { authors: [{ name: 'Jane Doe' }], page_count: null }],
      ['/users/ada?fields=username', { username: 'ada' }],
      ['/users?fields=bio&limit=1', [{ bio: 'Counts things, then counts them again.' }]],
      ['/todos/1?fields=completed', { completed: false }],
      ['/guests/1?fields=name', { name: 'Ada Winterbourne' }],
      ['/events/1/guests/1?fields=name,event_id', { event_id: 1, name: 'Ada Winterbourne' }],
      ['/events/1/guests?fields=id&limit=2', [{ id: 1 }, { id: 2 }]],
      ['/v1/countries/1?fields=name', { name: 'Thailand' }],
    ]
    for (const [url, expected] of table) {
      const { status, text } = await get(url)
      t.strictSame([status, text], [200, JSON.stringify(expected)], url)
    }
  },
)

feature(
  'a list that shows fewer members shows the others when they are chosen',
  async (t, { get }) => {
    const milk = 'Need to get a half gallon of organic 2% milk.'
    t.strictSame((await get('/tasks?sort=-id&limit=1')).json, [{ id: 3792, summary: 'Get milk' }])
    t.strictSame((await get('/tasks?sort=-id&limit=1&fields=description')).json, [
      { description: milk },
    ])
    t.strictSame((await get('/tasks/3792?fields=description')).json, { description: milk })
  },
)

feature(
  'rows are sorted, filtered and paged by members that are not chosen',
  async (t, { get }) => {
    const { forward, backward } = await walkBothWays(
      get,
      '/countries?fields=capital&sort=-area,name&limit=2',
    )
    t.strictSame(forward, [
      [{ capital: 'Canberra' }, { capital: 'Cairo' }],
      [{ capital: 'Bangkok' }],
    ])
    t.strictSame(backward.flat(), forward.flat())
    t.strictSame((await get('/countries?fields=capital&area_gt=1000000&name_contains=g')).json, [
      { capital: 'Cairo' },
    ])
    const tasks = await walkBothWays(get, '/tasks?fields=summary&sort=-description&limit=1')
    t.strictSame(tasks.forward.flat(), [
      { summary: 'Get milk' },
      { summary: 'Visit gym' },
      { summary: 'Wash car' },
    ])
    t.strictSame(tasks.backward, tasks.forward)
  },
)

feature('one choice goes on to the next page, another may be made there', async (t, { get }) => {
  const first = await get('/countries?fields=name&limit=1')
  const next = linksOf(first).next ?? ''
  t.strictSame((await get(next)).json, [{ name: 'Australia' }])
  t.strictSame((await get(next.replace('fields=name', 'fields=id'))).json, [{ id: 2 }])
})

feature('a choice of nothing, or of what is not there, is refused', async (t, { get }) => {
  const words = 'must be one of: id, name, capital, area'
  const table: [query: string, detail: string][] = [
    ['fields=', 'must NOT have fewer than 1 items'],
    ['fields', 'must NOT have fewer than 1 items'],
    ['fields=population', words],
    ['fields=id,population', words],
    ['fields=id&fields=population', words],
    ['fields=ID', `${words}; did you mean 'id'?`],
    ['fields=id,', words],
    ['fields=,', words],
    ['fields=id, name', `${words}; did you mean 'name'?`],
    ['fields=-id', `${words}; did you mean 'id'?`],
    ['fields=*', words],
    ['fields=__proto__', words],
    ['fields=_rev', words],
    [`fields=${Array(101).fill('id').join()}`, 'must NOT have more than 100 items'],
  ]
  for (const [query, detail] of table)
    for (const path of ['/countries', '/countries/1', '/countries/999']) {
      const answer = await get(`${path}?${query}`)
      t.equal(answer.status, 400, `${path}?${query}`)
      t.strictSame(
        problemOf(answer).errors,
        [{ parameter: 'fields', in: 'query', detail }],
        `${path}?${query}`,
      )
    }
})

feature(
  'fields are chosen where something is read, not where it is written',
  async (t, { get, post, request }) => {
    const unknown = [{ parameter: 'fields', in: 'query', detail: 'is not a known parameter' }]
    const country = { name: 'Germany', capital: 'Berlin', area: 357022 }
    const table: [method: string, url: string][] = [
      ['POST', '/countries'],
      ['PUT', '/countries/1'],
      ['PATCH', '/countries/1'],
      ['DELETE', '/countries/1'],
    ]
    for (const [method, url] of table) {
      const answer = await request(
        method,
        `${url}?fields=id`,
        method === 'DELETE' ? {} : { json: country },
      )
      t.equal(answer.status, 400, method)
      t.strictSame(problemOf(answer).errors, unknown, method)
    }
    t.equal((await get('/countries/1')).json.name, 'Thailand', 'and nothing was written')
    t.equal((await post('/countries', country)).json.id, 4)
    t.equal((await get('/events/1/headcount?fields=invited')).status, 400)
  },
)
