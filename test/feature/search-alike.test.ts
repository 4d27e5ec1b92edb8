// Both databases find the same rows in the same order: for texts of every sort, and for every word that is in them.

import { Type } from '@sinclair/typebox'
import t, { type Test } from 'tap'
import { type Resource, resource } from '../../src/resource/resource.ts'
import { randomFrom } from '../support/random-definitions.ts'
import { databases, type Service, startService } from '../support/service.ts'

const fields = Type.Object({ title: Type.String(), text: Type.Optional(Type.String()) })
const written = resource('notes', fields, { description: 'Notes', search: ['title', 'text'] })
const english = resource('notes', fields, {
  description: 'Notes',
  search: { fields: ['title', 'text'], language: 'english' },
})

const pieces = [
  ...'aA bB éÉ E\u0301 ñ ü ß ẞ ø Ø ł đ ơ ệ Å æ œ ı İ й Й ё Ё Ж λ Λ ό Ό ς Σ σ 日 本 語 カ か 한 국 א ע ب ة ٣ ३ 7 0 12'.split(
    ' ',
  ),
  ...' \t\n - _ \' ’ " . , : ; / \\ @ # & | ! ? ( ) * + = < > ~ ^ % $ € ² ½ \u00a0 \u200d 😀 { } [ ]'.split(
    ' ',
  ),
  ...[
    'the',
    'The',
    'of',
    'running',
    'run',
    'trekked',
    'biology',
    'straße',
    'e-mail',
    'a@b.co',
    'http://x.y/z?q=1',
    '-1.5e3',
    'AND',
  ],
  ...['OR', 'NEAR', 'o’clock', "rock'n'roll", 'C++', 'x'.repeat(300)],
]

for (const notes of [written, english])
  t.test(`both databases find the same in ${notes === english ? 'English' : 'any language'}`, t =>
    findTheSame(t, notes as unknown as Resource),
  )

async function findTheSame(t: Test, notes: Resource): Promise<void> {
  const random = randomFrom(17)
  const pick = () => pieces[Math.floor(random() * pieces.length)] as string
  const text = (most: number) =>
    Array.from({ length: 1 + Math.floor(random() * most) }, () =>
      random() < 0.4 ? `${pick()} ` : pick(),
    ).join('')
  const usable = (value: string) => value.replaceAll(/[\t\n]/g, ' ')
  const rows = Array.from({ length: 300 }, () => ({
    title: usable(text(6)),
    text: usable(text(20)),
  }))
  const queries = [
    ...rows.slice(0, 150).map(({ text }) => text.slice(0, 40)),
    ...Array.from({ length: 250 }, () => text(3)),
    ...Array.from({ length: 100 }, () => `${text(2)}*`),
    ...pieces,
  ]
  const found = new Map<string, string[]>()
  for (const database of databases) {
    const service = await startService(t, await database.url(t), {
      resources: [notes],
    })
    await service.request('POST', '/notes', {
      headers: { 'content-type': 'application/x-ndjson' },
      body: rows.map(row => JSON.stringify(row)).join('\n'),
    })
    for (const query of queries)
      found.set(query, [...(found.get(query) ?? []), await idsOf(service, query)])
  }
  const several = [...found].filter(([, [ids = '']]) => ids.includes(','))
  t.ok(several.length > 100, `${several.length} queries find several rows`)
  for (const [query, answers] of found)
    t.equal(new Set(answers).size, 1, `${JSON.stringify(query)}: ${answers.join(' | ')}`)
}

async function idsOf({ get }: Service, query: string): Promise<string> {
  const { status, json } = await get(
    `/notes?limit=400&fields=id&q=${encodeURIComponent(query.slice(0, 200))}`,
  )
  return status === 200 ? json.map(({ id }: { id: number }) => id).join() : String(status)
}
