// A table that others have made, without a revision, becomes that of a resource.

import { Type } from '@sinclair/typebox'
import { define } from '../../support/definitions.ts'
import { Database } from '../../support/migrations.ts'
import { onEveryDatabase } from '../../support/service.ts'

const things = define(
  'things',
  { name: Type.String({ maxLength: 20 }), note: Type.Optional(Type.String({ maxLength: 20 })) },
  { unique: ['name'] },
)

onEveryDatabase(
  'a table without a revision is taken over by migrate, with its rows',
  async (t, url) => {
    const database = new Database(t, url)
    const { serverMadeKey, columnTypes, tableOptions } = database.store.dialect
    await database.run(
      `create table "things" ("id" ${serverMadeKey}, "name" ${columnTypes.string} not null) ${tableOptions};` +
        `insert into "things" ("name") values ('a'), ('a name that is longer than twenty');`,
    )
    t.match(
      await database.refusal({ defined: [things], extent: 'full' }),
      /things\.name breaks check .* in the row 2: change them/,
    )
    await database.run(`update "things" set "name" = 'b' where "id" = 2`)
    t.match(await database.refusal({ defined: [things] }), /run the command 'migrate'/)
    const { fresh } = await database.migrate(things)
    t.equal(fresh, false)

    const rows = await database.rows('id, name, note, _rev', 'things')
    t.strictSame(
      rows.map(row => row.slice(0, 3)),
      [
        [1, 'a', null],
        [2, 'b', null],
      ],
    )
    t.equal(new Set(rows.map(row => row[3])).size, 2, 'each has a revision of its own')
    t.strictSame(await database.insert(things, null, 'c', 'x'), [3, 'c', 'x'])
    await t.rejects(database.insert(things, null, 'a', null), { code: 'unique' })
    t.match(await database.start(things), { statements: [], outdated: false })
  },
)
