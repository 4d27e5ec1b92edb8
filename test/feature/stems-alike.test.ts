// Both databases reduce English words to the same stems: those of the guides with every ending, and others that nobody has written.

import { globSync, readFileSync } from 'node:fs'
import { Type } from '@sinclair/typebox'
import t from 'tap'
import { wordsOf } from '../../src/query/search.ts'
import { type Resource, resource } from '../../src/resource/resource.ts'
import type { Row } from '../../src/resource/row.ts'
import { plain, type Work } from '../../src/store/store.ts'
import { randomFrom } from '../support/random-definitions.ts'
import { databases, type Service, startService } from '../support/service.ts'

const notes = resource('notes', Type.Object({ text: Type.String() }), {
  description: 'Notes',
  search: { fields: ['text'], language: 'english' },
})

const endings =
  'ational tional enci anci izer bli abli alli entli eli ousli ization ation ator alism iveness fulness ousness aliti iviti biliti ' +
  'logi icate ative alize iciti ical ful ness al ance ence er ic able ible ant ement ment ent ion sion tion ou ism ate iti ous ive ' +
  'ize sses ies ss s eed ed ing at bl iz y e l ll tt ff zz cc jj kk vv ww yy bly logy blies blied blying logies ly'
const ending = endings.split(' ')

/** Rules that differ from one stemmer to another. */
const known =
  'trekked trekking revved biology biologies biological possibly horribly wobbliness eed eeds ies sses as is at yyed yying ' +
  'straße straßen smørrede œuvres łodzies 日ed 日s αλφαed 11ed 3rds 4e9a naïveness cafés'

const guides = globSync('docs/**/*.md')
const written = wordsOf(guides.map(file => readFileSync(file, 'utf8')).join(' '))

function words(): readonly string[] {
  const random = randomFrom(4)
  const below = (count: number) => Math.floor(random() * count)
  const pick = (from: readonly string[]) => from[below(from.length)] as string
  const letters = [...'abcdefghijklmnopqrstuvwxyz', ...'aeiouyyy0189øßйжλ日']
  const invented = () =>
    [...Array.from({ length: below(6) }, () => pick(letters)), pick(ending), pick(ending)].join('')
  const roots = written.map(({ text }) => text)
  const all = [
    ...roots,
    ...Array.from({ length: 15_000 }, () => pick(roots) + pick(ending)),
    ...Array.from({ length: 15_000 }, invented),
    ...known.split(' '),
    ...[60, 62, 63, 64, 65].map(length => `${'x'.repeat(length - 3)}ing`),
  ]
  return wordsOf(all.join(' ')).map(({ text }) => text)
}

t.test('both databases find the same stems', async t => {
  const all = words()
  const stems = new Map<string, string[]>()
  for (const database of databases) {
    const service = await startService(t, await database.url(t), {
      resources: [notes as unknown as Resource],
    })
    await store(service, all)
    for (const [index, stem] of (await stemsOf(service)).entries())
      stems.set(all[index] as string, [...(stems.get(all[index] as string) ?? []), stem])
  }
  t.equal(stems.size, all.length)
  t.strictSame(
    [...stems].filter(([, [one, ...others]]) => others.some(other => other !== one)),
    [],
  )
})

async function store({ request }: Service, all: readonly string[]): Promise<void> {
  for (let from = 0; from < all.length; from += 5_000)
    await request('POST', '/notes', {
      headers: { 'content-type': 'application/x-ndjson' },
      body: all
        .slice(from, from + 5_000)
        .map(text => JSON.stringify({ text }))
        .join('\n'),
    })
}

async function stemsOf({ store }: Service): Promise<readonly string[]> {
  const rows = await store.transact(function* (): Work<readonly Row[]> {
    if (store.dialect.name === 'postgres')
      return yield plain(
        `select array_to_string(tsvector_to_array("_english"("_words"(text), '"_porter"')), ' ') from notes order by id`,
      )
    const [[index] = []] = yield plain(
      `select name from sqlite_schema where sql like 'create virtual table "notes_stems_%'`,
    )
    yield plain(`create virtual table seen using fts5vocab("${index}", instance)`)
    return yield plain(`select group_concat(term, ' ') from seen group by doc order by doc`)
  })
  return rows.map(([stem]) => String(stem))
}
