// A client that sorts by long texts can follow every link that it is given, or is told at the first page that it cannot.

import { Type } from '@sinclair/typebox'
import { resource } from '../../src/resource/resource.ts'
import { linksOf } from '../support/pages.ts'
import { checkProblem } from '../support/problem.ts'
import { feature } from '../support/service.ts'

const text = () => Type.String({ minLength: 1, maxLength: 400, examples: ['a text'] })
const texts = resource(
  'texts',
  Type.Object({ a: text(), b: text(), c: Type.String(), d: Type.String() }),
  {
    description: 'Long texts',
  },
)

const options = { resources: [texts], sample: false }

/** Four bytes a character. */
const long = (first: string) => first + '𝄞'.repeat(199)

feature(
  'pages in the order of long texts are followed to the end and back',
  async (t, { get, post }) => {
    for (const first of ['c', 'a', 'b'])
      await post('/texts', { a: long(first), b: long(first), c: long(first), d: long(first) })
    for (const sort of ['a,b', '-b,a', 'c,d', 'a,d,c']) {
      let page = await get(`/texts?limit=1&sort=${sort}`)
      const seen = [page.json[0].id]
      for (let next = linksOf(page).next; next !== undefined; next = linksOf(page).next) {
        page = await get(next)
        t.equal(page.status, 200, sort)
        seen.push(page.json[0].id)
      }
      t.strictSame(seen, sort.startsWith('-') ? [1, 3, 2] : [2, 3, 1], sort)
      t.strictSame((await get(linksOf(page).prev ?? `/texts?limit=1&sort=${sort}`)).status, 200)
    }
  },
  options,
)

feature(
  'a sort whose cursors could not be sent back is refused at the first page',
  async (t, { get }) => {
    const problem = checkProblem(t, 'a sort by too much text', await get('/texts?sort=a,b,c'), 400)
    t.strictSame(problem.errors, [
      {
        parameter: 'sort',
        in: 'query',
        detail:
          'names texts of up to 1000 characters together, of at most 800; sort by fewer fields',
      },
    ])
  },
  options,
)

feature(
  'filters that leave no room for a cursor are refused at the first page, and their links never exceed a target',
  async (t, { get, post }) => {
    for (const first of ['a', 'b'])
      await post('/texts', { a: long(first), b: long(first), c: 'c', d: 'd' })
    for (let count = 0; count < 12; count++) {
      const filters = Array.from(
        { length: count },
        (_, index) => `&c=${index}${'x'.repeat(400)}`,
      ).join('')
      const page = await get(`/texts?limit=1&sort=a,b&c=c${filters}`)
      if (page.status !== 200) {
        t.match(
          checkProblem(t, `${count} filters`, page, 414).detail,
          /^With its cursor the address of the next page/,
        )
        t.ok(count > 3)
      } else t.equal((await get(linksOf(page).next ?? '')).status, 200, `${count} filters`)
    }
    t.equal((await get(`/texts?limit=2&sort=a,b&c=c${'&c=x'.repeat(50)}`)).status, 200)
  },
  options,
)
