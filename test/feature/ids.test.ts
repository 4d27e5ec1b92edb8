// Ids that the server makes and ids that clients choose, side by side; and revisions, which are never the same twice.

import { Type } from '@sinclair/typebox'
import { resource } from '../../src/resource/resource.ts'
import { feature, type Received } from '../support/service.ts'

const country = { name: 'Norway', capital: 'Oslo', area: 385207 }
const idsOf = (answers: readonly Received[]): number[] => answers.map(({ json }) => json.id)
const distinct = (values: readonly unknown[]) => new Set(values).size

feature('an id is not used again, whatever became of its row', async (t, service) => {
  const { post } = service
  for (const id of [4, 5]) {
    t.equal((await post('/countries', country)).json.id, id)
    await service.delete(`/countries/${id}`)
  }
  t.equal((await post('/countries', { id: 100, ...country })).json.id, 100)
  await service.delete('/countries/100')
  t.equal((await post('/countries', country)).json.id, 101, 'nor one that a client chose')
  t.equal((await post('/countries', { id: 50, ...country })).json.id, 50)
  t.equal(
    (await post('/countries', country)).json.id,
    102,
    'which moves the next one up, and never down',
  )
})

feature(
  'who lets the server choose is never told that the id is taken',
  async (t, { get, post }) => {
    // The chosen ones are those that the server is about to make.
    const pairs = Array.from({ length: 40 }, (_, index) => [
      post('/countries', country),
      post('/countries', { id: 4 + 2 * index, ...country }),
    ])
    const pairsOfAnswers = await Promise.all(pairs.map(pair => Promise.all(pair)))
    const created = pairsOfAnswers.flatMap(([made]) => made ?? [])
    const answers = pairsOfAnswers.flatMap(([, chosen]) => chosen ?? [])
    t.strictSame(distinct(created.map(({ status }) => status)), 1)
    t.ok(created.every(({ status }) => status === 201))
    t.ok(answers.every(({ status }) => status === 201 || status === 409))
    const ids = idsOf([...created, ...answers.filter(({ status }) => status === 201)])
    t.equal(distinct(ids), ids.length)
    t.equal((await get('/countries?limit=1000')).json.length, 3 + ids.length)
    const next = (await post('/countries', country)).json.id
    t.ok(next > Math.max(...ids), `${next} comes after all of them`)
  },
)

const [apples, pears] = ['apples', 'pears'].map(name =>
  resource(name, Type.Object({ weight: Type.Integer() }), {
    description: `All ${name}`,
    sample: [{ weight: 0 }],
  }),
)

feature(
  'no two states have one tag: of whatever resource, written at once, deleted and made anew',
  async (t, service) => {
    const { get, post, patch } = service
    const tags: (string | undefined)[] = []
    const note = ({ headers }: Received) => void tags.push(headers.etag)
    const writes = Array.from({ length: 60 }, (_, weight) => [
      post('/apples', { weight }),
      post('/pears', { weight }),
      patch('/apples/1', { weight }),
    ])
    for (const answer of await Promise.all(writes.flat())) note(answer)
    for (let round = 0; round < 5; round++) {
      await service.delete('/pears/1')
      note(await post('/pears', { id: 1, weight: 0 }))
    }
    t.equal(tags.filter(tag => tag !== undefined).length, 185)
    t.equal(distinct(tags), 185)
    t.equal((await get('/pears/1')).headers.etag, tags.at(-1))
  },
  { resources: [apples, pears] as never },
)
