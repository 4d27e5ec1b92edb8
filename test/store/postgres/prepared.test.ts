// How much of a server's memory the statements of a connection take: what comes once, or too late, is not prepared.

import t from 'tap'
import { postgresDialect } from '../../../src/store/postgres/dialect.ts'
import { openPostgres } from '../../../src/store/postgres/driver.ts'
import { Familiar, maxPrepared, Prepared } from '../../../src/store/postgres/prepared.ts'
import type { Store } from '../../../src/store/store.ts'
import { emptyPostgres } from '../../support/postgres.ts'

t.test(
  'a text is prepared when it comes again, on whichever connection it came before',
  async t => {
    const familiar = new Familiar()
    const [one, other] = [new Prepared(familiar), new Prepared(familiar)]
    t.strictSame([one.includes('a'), one.includes('a'), one.includes('a')], [false, true, true])
    t.equal(other.includes('a'), true)
    t.equal(other.includes('b'), false)
  },
)

t.test('a connection prepares so many and no more, and keeps what it has', async t => {
  const prepared = new Prepared(new Familiar(), 2)
  const meet = (text: string) => [prepared.includes(text), prepared.includes(text)].at(-1)
  t.strictSame(['a', 'b', 'c', 'a', 'b', 'c'].map(meet), [true, true, false, true, true, false])
})

/** The statements that the server keeps for the one connection. */
async function keptBy(store: Store): Promise<number> {
  const [[count] = []] = await store.query({
    text: 'select count(*) from pg_prepared_statements',
    values: [],
  })
  return Number(count)
}

t.test(
  'ten thousand questions of different shape leave no more than the bound on the server',
  async t => {
    const store = openPostgres({
      url: await emptyPostgres(t),
      dialect: postgresDialect,
      connections: 1,
    })
    t.teardown(() => store.close())
    const ask = (shape: number) =>
      store.query({ text: `select $1::bigint + ${shape}`, values: [1] })
    for (let shape = 0; shape < 10_000; shape++) await ask(shape)
    t.ok((await keptBy(store)) <= 1, 'what came once is not kept')
    for (let shape = 0; shape < 2 * maxPrepared; shape++)
      for (let time = 0; time < 3; time++) await ask(shape)
    const kept = await keptBy(store)
    t.ok(kept >= maxPrepared - 2 && kept <= maxPrepared, `${kept} are kept`)
  },
)

t.test('the rows are the same whether a statement is prepared or not', async t => {
  const store = openPostgres({ url: await emptyPostgres(t), dialect: postgresDialect })
  t.teardown(() => store.close())
  const values = ['text', 7, 1.5, true, null]
  const text = 'select $1::text, $2::bigint, $3::double precision, $4::boolean, $5::text'
  for (let time = 0; time < 4; time++) t.strictSame(await store.query({ text, values }), [values])
  const many = await Promise.all(Array.from({ length: 100 }, () => store.query({ text, values })))
  for (const rows of many) t.strictSame(rows, [values])
})
