// A client that sorts by long texts can follow every link that it is given.

import { Type } from '@sinclair/typebox'
import { Decimal, Enum, resource } from '../../src/resource/resource.ts'
import { linksOf } from '../support/pages.ts'
import { checkProblem } from '../support/problem.ts'
import { feature } from '../support/service.ts'

const text = () => Type.String({ minLength: 1, maxLength: 400, examples: ['a text'] })
const texts = resource(
  'texts',
  Type.Object({
    a: text(),
    b: text(),
    c: Type.String(),
    d: Type.String(),
    e: Type.Optional(text()),
    f: Type.Optional(text()),
    g: Type.Optional(Enum(['one', 'two'])),
    h: Type.Optional(Decimal(10, 2)),
  }),
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
  'a sort by more text than a cursor carries compares less of each, and its pages are followed all the same',
  async (t, { get, post }) => {
    const alike = (last: string) => `${'x'.repeat(150)}${last}`
    const rows = ['b', 'a', 'c'].map(last => ({
      a: long('x'),
      b: long('x'),
      c: alike(last),
      d: '',
    }))
    for (const row of rows) await post('/texts', row)
    for (const sort of ['a,b,c', 'a,b,c,d', '-a,b,d,c']) {
      const seen: number[] = []
      let next: string | undefined = `/texts?limit=1&sort=${sort}`
      for (; next !== undefined; next = linksOf(await get(next)).next)
        seen.push((await get(next)).json[0].id)
      t.strictSame(seen, [2, 1, 3], sort)
    }
    const all = 'a,b,c,d,e,f,g,h'
    for (const order of [all, `-${all}`]) {
      const page = await get(`/texts?limit=2&sort=${order}`)
      t.equal((await get(linksOf(page).next ?? '')).json.length, 1, order)
    }
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
