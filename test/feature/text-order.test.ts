// Texts lie in the order of their code points on every database, whatever the language that its server is set up for.

import { Type } from '@sinclair/typebox'
import { Line, resource } from '../../src/resource/resource.ts'
import { walkBothWays } from '../support/pages.ts'
import { texts } from '../support/random-values.ts'
import { compareValues } from '../support/samples.ts'
import { feature } from '../support/service.ts'

/** The texts, and each of them before, within and after others. */
const names = [
  ...new Set([...texts, ...texts.flatMap(text => [`${text}a`, `B${text}`, `x${text}y`])]),
]
const ordered = names.toSorted((one, other) => compareValues('text', one, other))

/** The same text as key, as it is compared and as one that may be long, of which the first 200 characters are compared. */
const words = resource(
  'words',
  Type.Object({
    name: Line({ minLength: 1, maxLength: 20 }),
    again: Type.Optional(Type.String({ maxLength: 20 })),
    long: Type.String({ maxLength: 1000 }),
  }),
  {
    description: 'Words that are easily put in the wrong order',
    key: 'name',
    index: ['again'],
    sample: names.map(name => ({ name, again: name, long: `${'x'.repeat(190)}${name}` })),
  },
)
const options = { resources: [words] }

const found = (rows: readonly { name: string }[]) => rows.map(({ name }) => name)

feature(
  'a list is in the order of code points, by key and by field, in both directions',
  async (t, { get }) => {
    for (const query of ['', 'sort=name', 'sort=again', 'sort=long'])
      t.strictSame(found((await get(`/words?limit=1000&${query}`)).json), ordered, query)
    for (const query of ['sort=-name', 'sort=-again', 'sort=-long'])
      t.strictSame(
        found((await get(`/words?limit=1000&${query}`)).json),
        ordered.toReversed(),
        query,
      )
  },
  options,
)

feature(
  'pages go on where the page before ended, whatever the text there',
  async (t, { get }) => {
    for (const sort of ['name', '-again', 'long']) {
      const { forward, backward } = await walkBothWays(get, `/words?limit=7&sort=${sort}`)
      t.strictSame(
        found(forward.flat()),
        sort.startsWith('-') ? ordered.toReversed() : ordered,
        sort,
      )
      t.strictSame(found(backward.flat()), found(forward.flat()), `${sort}, back`)
    }
  },
  options,
)

feature(
  'a text is found by its very characters: case, accents and their parts are not folded',
  async (t, { get }) => {
    for (const text of texts)
      for (const [parameter, passes] of [
        ['again', (name: string) => name === text],
        ['again_contains', (name: string) => name.includes(text)],
        ['again_starts_with', (name: string) => name.startsWith(text)],
      ] as const) {
        const { json } = await get(`/words?limit=1000&${parameter}=${encodeURIComponent(text)}`)
        t.strictSame(found(json), ordered.filter(passes), `${parameter}=${text}`)
      }
  },
  options,
)

feature(
  'texts that a language takes for the same are different keys',
  async (t, { get, post }) => {
    for (const name of [
      'Resum\u{e9}',
      'Resume\u{301}',
      'resum\u{e9}',
      'RESUM\u{c9}',
      'Resum\u{e9} ',
    ])
      t.equal((await post('/words', { name, long: '' })).status, 201, name)
    t.equal((await get(`/words/${encodeURIComponent('resum\u{e9}')}`)).json.name, 'resum\u{e9}')
    t.equal((await post('/words', { name: 'Resum\u{e9}', long: '' })).status, 409)
  },
  options,
)
