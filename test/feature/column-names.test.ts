// Fields called like words of SQL: a name is a name, whatever the database would make of it unquoted.

import { Type } from '@sinclair/typebox'
import { resource } from '../../src/resource/resource.ts'
import { feature } from '../support/service.ts'

const text = () => Type.Optional(Type.String({ maxLength: 20, examples: ['yes'] }))

const words = {
  true: text(),
  false: text(),
  null: text(),
  current_date: text(),
  count: text(),
  length: text(),
  value: text(),
  rowid: text(),
  select: text(),
}

const answers = resource(
  'answers',
  Type.Object({ question: Type.String({ maxLength: 20, examples: ['a'] }), ...words }),
  {
    description: 'Under names that are words of SQL',
    unique: [['question', 'true']],
    index: ['false'],
  },
)

feature(
  'a row whose fields are called true and false is there like any other',
  async (t, { get, post, patch, delete: remove }) => {
    const sent = {
      question: 'a',
      true: 'yes',
      false: 'no',
      null: 'none',
      count: '1',
      rowid: 'x',
      select: 'y',
    }
    t.match(await post('/answers', sent), { status: 201, json: { id: 1, ...sent } })
    await post('/answers', { question: 'b' })
    t.match((await get('/answers/1')).json, sent)
    t.match((await get('/answers', { prefer: 'count=exact' })).headers, { 'x-total-count': '2' })
    t.match((await patch('/answers/1', { true: '0' })).json, { ...sent, true: '0' })
    for (const word of Object.keys(words))
      for (const sort of [word, `-${word}`]) {
        const { headers, json: first } = await get(`/answers?limit=1&sort=${sort}`)
        const [, next = ''] = /<([^>]+)>; rel="next"/.exec(String(headers.link)) ?? []
        const { json: second } = await get(next)
        t.strictSame(
          [...first, ...second].map(({ id }) => id).sort(),
          [1, 2],
          `every row, sorted by ${sort}`,
        )
      }
    t.equal((await remove('/answers/1')).status, 204)
  },
  { resources: [answers] },
)
