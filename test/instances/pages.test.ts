// Pages of a list that are fetched from different instances while rows come and go.

import t from 'tap'
import { send, startInstances } from '../support/instances.ts'
import { emptyPostgres } from '../support/postgres.ts'

const instances = await startInstances(t, 4, { DATABASE_URL: await emptyPostgres(t) })
let turn = 0
const ask = (method: string, path: string, json?: unknown) =>
  send(instances[turn++ % instances.length]?.address ?? '', method, path, json)

/** Titles in no order, the same in each run. */
const title = (n: number) => `${((n * 7919) % 1009).toString().padStart(4, '0')} todo ${n}`

async function create(n: number): Promise<number> {
  const { status, json } = await ask('POST', '/todos', { userId: (n % 7) + 1, title: title(n) })
  t.equal(status, 201)
  return json.id
}

/** From page to page to the last, and what happens in between. */
async function walk(path: string, between: () => Promise<void>): Promise<number[]> {
  const seen: number[] = []
  for (let next: string | undefined = path; next !== undefined; ) {
    const { status, headers, json } = await ask('GET', next)
    t.equal(status, 200)
    seen.push(...json.map(({ id }: { id: number }) => id))
    next = /<([^>]+)>; rel="next"/.exec(headers.get('link') ?? '')?.[1]
    await between()
  }
  return seen
}

t.test('rows that stay are seen once, and no row twice', async t => {
  const staying: number[] = []
  const leaving: number[] = []
  for (let n = 0; n < 120; n++) (n % 3 === 0 ? leaving : staying).push(await create(n))
  let count = 1000
  const comeAndGo = async () => {
    leaving.push(await create(count++), await create(count++))
    const id = leaving.shift()
    t.equal((await ask('DELETE', `/todos/${id}`)).status, 204)
  }
  const lists = [
    '/todos?limit=7',
    '/todos?sort=title&limit=11',
    '/todos?sort=-title&limit=5',
    '/todos?sort=userId&limit=9',
  ]
  const walks = await Promise.all(lists.map(list => walk(list, comeAndGo)))
  for (const [index, seen] of walks.entries()) {
    t.equal(new Set(seen).size, seen.length, `${lists[index]}: none twice`)
    t.strictSame(
      staying.filter(id => !seen.includes(id)),
      [],
      `${lists[index]}: none left out`,
    )
  }
  t.ok(count > 1040, 'rows did come')
})
