// A page of large rows ends early, so that no page takes the memory of the whole process; its links go on as always.

import { Type } from '@sinclair/typebox'
import { resource } from '../../src/resource/resource.ts'
import { linksOf, walk } from '../support/pages.ts'
import { feature, type Received } from '../support/service.ts'

const mebibyte = 1024 * 1024
const large = 700_000
const letters = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l'] as const

/** Of four rows three have 0.7 million characters, and one has a few. */
const papers = resource(
  'papers',
  Type.Object({
    title: Type.String({ maxLength: 20 }),
    body: Type.String({ maxLength: 10_000_000 }),
    parts: Type.Optional(Type.Array(Type.String(), { maxItems: 100 })),
  }),
  {
    description: 'Rows as large as a body may be',
    sample: letters.map((title, index) => ({
      title,
      body: title.repeat(index % 4 === 3 ? 1 + index : large),
    })),
  },
)
const options = { resources: [papers] }

const titles = ({ json }: Received): string =>
  json.map(({ title }: { title: string }) => title).join('')
const bytes = ({ text }: Received) => Buffer.byteLength(text)

feature(
  'a page ends before the row with which it would exceed 4 MiB, and its next link goes on there',
  async (t, { get }) => {
    const first = await get('/papers?limit=1000')
    t.equal(
      titles(first),
      'abcdef',
      'five large rows and a small one fit, and another large one does not',
    )
    t.ok(bytes(first) <= 4 * mebibyte)
    t.strictSame(Object.keys(linksOf(first)), ['first', 'next'])
    const second = await get(linksOf(first).next ?? '')
    t.equal(titles(second), 'ghijkl')
    t.strictSame(Object.keys(linksOf(second)), ['first', 'prev'])
    const back = await get(linksOf(second).prev ?? '')
    t.equal(titles(back), 'abcdef')
    t.equal(titles(await get(linksOf(back).first ?? '')), 'abcdef')
  },
  options,
)

feature(
  'a walk in either direction, in any order and with any limit, meets each row once',
  async (t, { get }) => {
    for (const query of [
      '',
      '?limit=5',
      '?limit=6',
      '?limit=7',
      '?sort=-title',
      '?sort=body&limit=1000',
    ]) {
      const forward = await walk(get, await get(`/papers${query}`), 'next')
      const backward = await walk(get, forward.at(-1) as Received, 'prev')
      for (const page of [...forward, ...backward]) t.ok(bytes(page) <= 4 * mebibyte, query)
      const met = forward.map(titles).join('')
      t.strictSame([...met].sort(), [...letters], query)
      t.equal(backward.toReversed().map(titles).join(''), met, `${query} backwards`)
    }
  },
  options,
)

feature(
  'a page without the large members has as many rows as are asked for',
  async (t, { get }) => {
    const page = await get('/papers?fields=id,title&limit=1000')
    t.equal(titles(page), letters.join(''))
    t.equal(linksOf(page).next, undefined)
  },
  options,
)

feature(
  'the number of all rows and the tag of a page that ended early are those of any other',
  async (t, { get, patch }) => {
    const page = await get('/papers', { prefer: 'count=exact' })
    t.equal(page.headers['x-total-count'], String(letters.length))
    const again = { 'if-none-match': page.headers.etag ?? '', prefer: 'count=exact' }
    t.equal((await get('/papers', again)).status, 304)
    await patch('/papers/7', { body: 'short' })
    const changed = await get('/papers', again)
    t.equal(changed.status, 200)
    t.equal(titles(changed), 'abcdefgh', 'a shorter row leaves room for another')
  },
  options,
)

feature(
  'a row larger than a page comes alone',
  async (t, { get }) => {
    const pages = await walk(get, await get('/volumes?limit=1000'), 'next')
    t.strictSame(
      pages.map(({ json }) => json.map(({ id }: { id: number }) => id)),
      [[1], [2], [3, 4, 5], [6]],
    )
  },
  {
    resources: [
      resource('volumes', Type.Object({ text: Type.String({ maxLength: 10_000_000 }) }), {
        description: 'Some of them are larger than a page',
        sample: [5_000_000, 5_000_000, 1, 2, 3, 4_194_304].map(length => ({
          text: 'v'.repeat(length),
        })),
      }),
    ],
  },
)

feature(
  'characters of several bytes are counted as such, and small rows never end a page',
  async (t, { get }) => {
    t.equal((await get('/notes?limit=1000')).json.length, 1000)
    const wide = await get('/signs?limit=1000')
    t.equal(wide.json.length, 10)
    t.ok(bytes(wide) <= 4 * mebibyte)
  },
  {
    resources: [
      resource('notes', Type.Object({ text: Type.String() }), {
        description: 'Texts that might be long, and are not',
        sample: Array.from({ length: 1001 }, (_, index) => ({ text: `note ${index}` })),
      }),
      resource('signs', Type.Object({ text: Type.String({ maxLength: 200_000 }) }), {
        description: 'Texts of characters that take four bytes',
        sample: Array.from({ length: 20 }, () => ({ text: '😀'.repeat(100_000) })),
      }),
    ],
  },
)
