// The words that a text asks for.

import t from 'tap'
import { searchParameters, wordsOf } from '../../src/query/search.ts'

const texts: readonly (readonly [text: string, words: string])[] = [
  ['Python  basics', 'python basics'],
  ['pyth*', 'pyth*'],
  ['a* a A* a', 'a* a'],
  ['well-being, v1.2!', 'well being v1 2'],
  ["don't O’Neill", 'don t o neill'],
  ['"a" OR (b AND NOT c:d)', 'a or b and not c d'],
  ['ÉLAN Zoë ŻÓŁĆ Ågren', 'elan zoe zołc agren'],
  ['ÉLAN'.normalize('NFD'), 'elan'],
  ['йод Ё ΛΌΓΟΣ', 'йод ё λόγοσ'],
  ['日本語 한국어', '日本語 한국어'],
  ['İstanbul ß', 'istanbul ß'],
  ['٣ 2²', '٣ 2'],
  ['* ** - "', ''],
  ['', ''],
]

t.test('words are letters and digits, each once, in small letters', async t => {
  for (const [text, words] of texts)
    t.equal(
      wordsOf(text)
        .map(({ text, isPrefix }) => text + (isPrefix ? '*' : ''))
        .join(' '),
      words,
      text,
    )
})

t.test('a description says what is searched, and whether its words have a language', async t => {
  const searched = [{ name: 'title' }, { name: 'text' }] as never
  const described = (searchLanguage: 'english' | undefined) =>
    searchParameters({ searched, searchLanguage })[0]?.description
  t.match(described(undefined), 'Rows that have all of these words in `title`, `text`, best first.')
  t.match(
    described('english'),
    'Rows that have all of these words, in any form that English gives them, in `title`, `text`, best first.',
  )
})
