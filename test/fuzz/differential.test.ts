// The same requests to both databases, at random: every answer is the same to the byte, whatever came before it.

import { deepStrictEqual } from 'node:assert'
import fc from 'fast-check'
import t from 'tap'
import type { Resource } from '../../src/resource/resource.ts'
import { shelves } from '../fixtures/schemas/shelves.ts'
import { specimens } from '../fixtures/schemas/specimens.ts'
import { books } from '../fixtures/service/schemas/books.ts'
import { cars } from '../fixtures/service/schemas/cars.ts'
import { countries } from '../fixtures/service/schemas/countries.ts'
import { customers } from '../fixtures/service/schemas/customers.ts'
import { events } from '../fixtures/service/schemas/events.ts'
import { guests } from '../fixtures/service/schemas/guests.ts'
import { sales } from '../fixtures/service/schemas/sales.ts'
import { tasks } from '../fixtures/service/schemas/tasks.ts'
import { todos } from '../fixtures/service/schemas/todos.ts'
import { transactions } from '../fixtures/service/schemas/transactions.ts'
import { users } from '../fixtures/service/schemas/users.ts'
import { modelsOf } from '../support/model.ts'
import { linksOf } from '../support/pages.ts'
import { type Step, sequencesOf } from '../support/random-requests.ts'
import { type Answer, startTwins, type Twins } from '../support/twins.ts'

/** Parents first; those of a group are asked together. */
const groups = [
  [shelves, specimens],
  [events, guests],
  [customers, sales, transactions],
  ...[[books], [cars], [countries], [tasks], [todos], [users]],
] as unknown as Resource[][]

const hour = 3_600_000

/** Runs a sequence, and compares each answer. */
async function compare(
  { ask, setTime, reset }: Twins,
  steps: readonly Step[],
  count: (answer: Answer) => void,
) {
  await reset()
  let now = Date.parse('2026-05-04T12:00:00.000Z')
  let list: Answer | undefined
  const tags: string[] = []
  for (const { method, to, headers, tag, body, after } of steps) {
    now += after * hour + 1
    setTime(now)
    const url = typeof to === 'string' ? to : linksOf(list ?? noLinks)[to.rel]
    if (url === undefined) continue
    const condition = tag === undefined ? {} : { [tag[0]]: tags.at(-1 - tag[1]) ?? '*' }
    const json = body === undefined ? {} : { json: body }
    const { sqlite, postgres } = await ask(method, url, {
      headers: { ...headers, ...condition },
      ...json,
    })
    deepStrictEqual(postgres, sqlite, `${method} ${url}`)
    count(sqlite)
    if (sqlite.headers.etag !== undefined) tags.push(sqlite.headers.etag)
    if (sqlite.headers.link !== undefined) list = sqlite
  }
}

const noLinks = { headers: {} }

t.test('whatever is asked of both databases, in whatever order, they answer the same', async t => {
  const models = modelsOf(...groups.flat())
  const twins = await startTwins(t, groups.flat())
  const sequences = sequencesOf(groups.map(group => group.map(({ name }) => models[name] as never)))
  const statuses: Record<number, number> = {}
  let ran = 0
  const end = performance.now() + 60_000
  const property = fc.asyncProperty(sequences, async steps => {
    // fast-check would leave the sequence in progress to itself, with services that are closed meanwhile.
    if (performance.now() > end) return
    ran++
    await compare(twins, steps, ({ status }) => {
      statuses[status] = (statuses[status] ?? 0) + 1
    })
  })
  const seed = Number(process.env.TEST_SEED ?? Date.now())
  await t.resolves(fc.assert(property, { seed, numRuns: 1000 }))
  t.comment(`${ran} sequences of seed ${seed} gave ${JSON.stringify(statuses)}`)
})
