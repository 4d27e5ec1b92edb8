// How many rows a list has: exactly, or about, which is known without reading them.

import { Type } from '@sinclair/typebox'
import { resource } from '../../src/resource/resource.ts'
import { plain } from '../../src/store/store.ts'
import { feature } from '../support/service.ts'

const readings = resource(
  'readings',
  Type.Object({ station: Type.Integer(), value: Type.Number() }),
  { description: 'So many that counting takes a while', index: [['station']] },
)

feature(
  'an estimate is told apart from what was counted',
  async (t, { get, store }) => {
    const isSqlite = store.dialect.name === 'sqlite'
    await store.transact(function* () {
      const n = isSqlite
        ? 'with recursive n (i) as (select 1 union all select i + 1 from n where i < 30000) select i % 2, i, i from n'
        : 'select i % 2, i, i from generate_series(1, 30000) as n (i)'
      yield plain(`insert into readings (station, value, _rev) ${n}`)
    })
    await store.session(session => session.run(plain('analyze readings')))
    const ask = async (url: string, count: string) => {
      const { headers } = await get(url, { prefer: `count=${count}` })
      return [headers['x-total-count'], headers['preference-applied']]
    }
    t.strictSame(await ask('/readings', 'exact'), ['30000', 'count=exact'])
    t.strictSame(await ask('/readings?value_lt=11', 'estimated'), ['10', 'count=exact'])
    const [all, how] = await ask('/readings', 'estimated')
    t.equal(how, isSqlite ? 'count=exact' : 'count=estimated')
    t.ok(Math.abs(Number(all) - 30_000) < 3000, `about 30,000: ${all}`)
    const [half] = await ask('/readings?station=1', 'estimated')
    t.ok(Math.abs(Number(half) - 15_000) < 3000, `about 15,000: ${half}`)
    const lines = await get('/readings?value_lt=3', {
      accept: 'text/csv',
      prefer: 'count=estimated, handling=strict',
    })
    t.equal(lines.headers['x-total-count'], '2')
    t.equal(lines.headers['preference-applied'], 'handling=strict, count=exact')
  },
  { resources: [readings], sample: false },
)
