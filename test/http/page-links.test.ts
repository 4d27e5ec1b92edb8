// The links between pages stay within what proxies and clients take, and name nothing that would be refused.

import t from 'tap'
import { linkHeader } from '../../src/http/link.ts'
import { maxTargetLength } from '../../src/http/message.ts'
import { maxLinksLength, pageLinks } from '../../src/http/page-links.ts'

const relations = (url: string, next: string | undefined, prev: string | undefined) =>
  pageLinks('', url, { next, prev })?.map(({ rel }) => rel)

t.test('each link keeps every parameter but the cursor', async t => {
  const table: [url: string, kept: string][] = [
    ['/books', ''],
    ['/books?', ''],
    ['/books?limit=2', 'limit=2&'],
    ['/books?limit=2&cursor=old&sort=-id', 'limit=2&sort=-id&'],
    ['/books?curs%6Fr=old&limit=2', 'limit=2&'],
    ['/books?title=a?b&&limit=2', 'title=a?b&limit=2&'],
  ]
  for (const [url, kept] of table)
    t.strictSame(
      pageLinks('/v1', url, { next: 'n', prev: 'p' })?.map(({ href }) => href),
      [
        `/v1/books${kept && `?${kept.slice(0, -1)}`}`,
        `/v1/books?${kept}cursor=p`,
        `/v1/books?${kept}cursor=n`,
      ],
      url,
    )
})

t.test('links that can be done without are left out where all would be too long', async t => {
  t.strictSame(relations(`/books?${'a'.repeat(800)}`, 'n', 'p'), ['first', 'prev', 'next'])
  t.strictSame(relations(`/books?${'a'.repeat(1200)}`, 'n', 'p'), ['prev', 'next'])
  t.strictSame(relations(`/books?${'a'.repeat(1800)}`, 'n', 'p'), ['next'])
  t.strictSame(relations(`/books?${'a'.repeat(1800)}`, undefined, 'p'), ['prev'])
  t.strictSame(relations(`/books?${'a'.repeat(8000)}`, undefined, undefined), ['first'])
  for (let length = 0; length < 1400; length += 7) {
    const links = pageLinks('', `/books?${'a'.repeat(length)}`, { next: 'n', prev: 'p' }) ?? []
    t.ok(linkHeader(links).length <= maxLinksLength)
  }
})

t.test('links are left out from the first byte that is too many', async t => {
  const url = `/books?${'a'.repeat(900)}`
  const next = (length: number) => 'n'.repeat(length)
  const header = linkHeader(pageLinks('', url, { next: '', prev: 'p' }) ?? [])
  const room = maxLinksLength - `${header}, `.length
  t.strictSame(relations(url, next(room), 'p'), ['first', 'prev', 'next'])
  t.strictSame(relations(url, next(room + 1), 'p'), ['prev', 'next'])
})

t.test('there are no links to a next page whose address would be refused', async t => {
  const longest = (kept: string) => maxTargetLength - `/books?${kept}&cursor=`.length
  for (const [kept, written] of [
    ['a'.repeat(2500), 'a'.repeat(2500)],
    ['{'.repeat(1000), '%7B'.repeat(1000)],
  ] as const) {
    const fits = pageLinks('', `/books?${kept}`, {
      next: 'n'.repeat(longest(written)),
      prev: undefined,
    })
    t.equal(fits?.at(-1)?.href.length, maxTargetLength)
    t.equal(relations(`/books?${kept}`, 'n'.repeat(longest(written) + 1), undefined), undefined)
  }
})
