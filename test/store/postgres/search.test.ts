// The words of a table in an index of PostgreSQL, which evaluates it by itself, too, with no schema of ours in its path.

import { Type } from '@sinclair/typebox'
import t from 'tap'
import { Line, type Resource, resource } from '../../../src/resource/resource.ts'
import { plain } from '../../../src/store/store.ts'
import { beside, emptyPostgres } from '../../support/postgres.ts'
import { startService } from '../../support/service.ts'

const articles = resource('articles', Type.Object({ title: Line({ maxLength: 200 }) }), {
  description: 'Articles',
  search: { fields: ['title'], language: 'english' },
})

t.test('an index of stems is kept, analysed and made anew under any path', async t => {
  const { get, post, store } = await startService(t, await emptyPostgres(t), {
    resources: [articles as unknown as Resource],
  })
  await post('/articles', { title: 'Universities' })
  const sql = await beside(t, store)
  const [{ schema } = {}] = await sql`select current_schema() as schema`
  await sql.unsafe(`
    set search_path = '';
    insert into "${schema}".articles (title, _rev) values ('A university', nextval('"${schema}"."_revision"'));
    analyze "${schema}".articles`)
  await sql.unsafe(`reindex table "${schema}".articles`)
  const ids = async () =>
    (await get('/articles?q=university')).json.map(({ id }: { id: number }) => id)
  t.strictSame(await ids(), [1, 2])
  await sql.unsafe(`alter schema "${schema}" rename to "${schema}_moved"`)
  await sql.unsafe(`reindex table "${schema}_moved".articles`)
  await sql.unsafe(`alter schema "${schema}_moved" rename to "${schema}"`)
  await store.session(session => session.run(plain('vacuum analyze articles')))
  t.strictSame(await ids(), [1, 2])
})
