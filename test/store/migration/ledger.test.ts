// What the tables were brought to is remembered: who may start beside it, who may not, and the way back.

import { Type } from '@sinclair/typebox'
import { Ref } from '../../../src/resource/resource.ts'
import { toTables } from '../../../src/store/migration/definition.ts'
import {
  definitionOf,
  fingerprintOf,
  type LedgerEntry,
  readLedger,
} from '../../../src/store/migration/ledger.ts'
import { define } from '../../support/definitions.ts'
import { Database } from '../../support/migrations.ts'
import { onEveryDatabase } from '../../support/service.ts'

const text = Type.String({ minLength: 1, maxLength: 20 })
const unique = define('things', { name: text, code: text }, { unique: ['code'] })
const free = define('things', { name: text, code: text })
const optional = define('things', { name: text, note: Type.Optional(text) })
const required = define('things', { name: text, note: text })

function entriesOf({ store }: Database): Promise<readonly LedgerEntry[]> {
  return store.transact(readLedger)
}

onEveryDatabase(
  'what is no longer unique takes migrate, and back again it is unique',
  async (t, url) => {
    const database = new Database(t, url)
    await database.start(unique)
    t.match(
      await database.refusal({ defined: [free] }),
      /things is no longer unique by code: .* run the command 'migrate'/,
    )
    await database.migrate(free)
    await database.insert(free, null, 'a', '1')
    await database.insert(free, null, 'b', '1')

    t.match(
      await database.refusal({ defined: [unique] }),
      /brought to a stricter definition by 'migrate' on 2026-01-01/,
    )
    const back = { defined: [unique], extent: 'full' } as const
    t.match(
      await database.refusal(back),
      /things should be unique by code, and several rows share "1"/,
    )
    t.match(
      String(await database.plan(back).catch(String)),
      /several rows share "1"/,
      'and --check says so',
    )
    await database.run(`delete from things where name = 'b'`)
    await database.to(back)
    await t.rejects(database.insert(unique, null, 'c', '1'), { code: 'unique' })
  },
)

onEveryDatabase(
  'an earlier definition starts only while the tables hold what it promises',
  async (t, url) => {
    const database = new Database(t, url)
    const cats = define('cats', { name: text })
    const earlier = define('things', { code: text, cat: Ref('cats') }, { unique: ['code'] })
    const later = define(
      'things',
      { code: text, cat: Ref('cats'), note: Type.Optional(text) },
      { unique: ['code'] },
    )
    const { statements } = await database.start(cats, earlier)
    await database.start(cats, later)
    t.match(await database.start(cats, earlier), { outdated: true, statements: [] })

    const index = /unique index ("\w+")/.exec(statements.join())?.[1]
    await database.run(`drop index ${index}`)
    t.match(
      await database.refusal({ defined: [cats, earlier] }),
      /things is not unique by code any more: run the command/,
    )
    await database.migrate(cats, earlier)
    t.match(await database.start(cats, earlier), { outdated: false, statements: [] })
    t.match(await database.start(cats, later), { outdated: true }, 'which is now the one before')
  },
)

onEveryDatabase('a straggler does not take back what migrate has done', async (t, url) => {
  const database = new Database(t, url)
  await database.start(optional)
  await database.migrate(required)
  t.match(
    await database.refusal({ defined: [optional] }),
    /stricter definition by 'migrate' on 2026-01-01 at 00:00 \(version 0\.0\.0\): deploy that one, or run .* 'migrate'/,
  )
  await t.rejects(database.insert(optional, null, 'b', null), { message: /NOT NULL|not-null/ })
  t.strictSame((await database.start(required)).statements, [])

  t.comment('until somebody says so')
  await database.migrate(optional)
  await database.insert(optional, null, 'b', null)
  t.match(
    await database.refusal({ defined: [required], extent: 'full' }),
    /has no value in the row [12]:/,
  )
})

onEveryDatabase(
  'the ledger keeps every definition as a whole, with time, version and state',
  async (t, url) => {
    const database = new Database(t, url)
    await database.to({ defined: [optional], now: '2026-01-01T00:00:00.000Z' })
    const wider = define('things', {
      name: text,
      note: Type.Optional(Type.String({ maxLength: 90 })),
    })
    await database.to({ defined: [wider], now: '2026-01-02T00:00:00.000Z' })
    t.match(await entriesOf(database), [
      { position: 1, version: '0.0.0', time: '2026-01-01T00:00:00.000Z', withdrawn: null },
      { position: 2, version: '0.0.0', time: '2026-01-02T00:00:00.000Z', withdrawn: null },
    ])
    await database.to({ defined: [required], extent: 'full', now: '2026-01-03T00:00:00.000Z' })
    const entries = await entriesOf(database)
    t.match(
      entries.map(({ withdrawn }) => withdrawn),
      ['2026-01-03T00:00:00.000Z', '2026-01-03T00:00:00.000Z', null],
    )
    for (const entry of entries)
      t.equal(
        fingerprintOf(toTables(database.store.dialect, definitionOf(entry))),
        entry.fingerprint,
        'the same tables',
      )

    await database.to({ defined: [optional], extent: 'full', now: '2026-01-04T00:00:00.000Z' })
    t.match(
      (await entriesOf(database)).map(({ position, withdrawn }) => [position, withdrawn]),
      [
        [2, '2026-01-03T00:00:00.000Z'],
        [3, null],
        [4, null],
      ],
      'one that is current again is the last one, and what it could live with may start beside it',
    )
  },
)

onEveryDatabase(
  'a ledger of before whole definitions were remembered is made anew',
  async (t, url) => {
    const database = new Database(t, url)
    await database.start(optional)
    await database.run(`
    drop table "_definitions";
    create table "_definitions" ("position" integer primary key, "fingerprint" text not null, "limits" text not null);
    insert into "_definitions" values (1, 'x', '{}')`)
    await database.start(optional)
    t.match(await entriesOf(database), [{ position: 1, withdrawn: null }])
  },
)
