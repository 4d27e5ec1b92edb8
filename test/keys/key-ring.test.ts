// The keys in memory: asked once, forgotten in time, and never more of them than there is room for.

import { randomBytes } from 'node:crypto'
import type { Test } from 'tap'
import { deriveModels } from '../../src/definitions/load.ts'
import { makeKey } from '../../src/keys/api-key.ts'
import type { NoticedKey } from '../../src/keys/key-audit.ts'
import {
  insertKey,
  type KeyTables,
  recordUse,
  revokeKey,
  rotateKey,
} from '../../src/keys/key-record.ts'
import { KeyRing } from '../../src/keys/key-ring.ts'
import type { Row } from '../../src/resource/row.ts'
import { openStore } from '../../src/store/open.ts'
import { selectMember } from '../../src/store/select.ts'
import { type Statement, type Store, StoreError } from '../../src/store/store.ts'
import { holder, keyTables } from '../support/access.ts'
import { onEveryDatabase, prepareTables } from '../support/service.ts'

const start = Date.parse('2026-06-01T12:00:00Z')

interface Scene {
  readonly store: Store
  readonly tables: KeyTables
  readonly ring: KeyRing
  /** Every statement that the ring has run. */
  readonly asked: string[]
  readonly later: (milliseconds: number) => void
  /** What the database throws from now on. */
  readonly fail: (error: Error | undefined) => void
  /** What the ring has noticed of others. */
  readonly noticed: (readonly NoticedKey[])[]
}

/** A ring over a store that counts, with a clock of its own. */
async function scene(t: Test, url: string): Promise<Scene> {
  const store = openStore(url, { exclusive: false })
  t.teardown(() => store.close())
  await prepareTables(store, deriveModels([]))
  const tables = keyTables(store.dialect)
  const asked: string[] = []
  let [now, error]: [number, Error | undefined] = [start, undefined]
  const watched: Store = {
    dialect: store.dialect,
    location: store.location,
    transact: work => store.transact(work),
    read: work => store.read(work),
    stream: statement => store.stream(statement),
    streamText: (statement, writing) => store.streamText(statement, writing),
    session: task => store.session(task),
    aside: task => store.aside(task),
    close: () => store.close(),
    query: async (statement: Statement) => {
      asked.push(statement.text)
      if (error !== undefined) throw error
      return store.query(statement)
    },
  }
  const noticed: (readonly NoticedKey[])[] = []
  const onNotice = (keys: readonly NoticedKey[]) => void noticed.push(keys)
  const ring = new KeyRing({ store: watched, tables, now: () => now, onNotice })
  const later = (milliseconds: number) => {
    now += milliseconds
  }
  const fail = (thrown: Error | undefined) => {
    error = thrown
  }
  return { store, tables, ring, asked, later, fail, noticed }
}

async function rowOf({ store, tables }: Scene, id: number): Promise<Row> {
  const [row] = await store.query(selectMember(tables.keys, id))
  return row ?? []
}

onEveryDatabase('a key is looked up once, and then known', async (t, url) => {
  const { store, ring, asked } = await scene(t, url)
  const { id, key } = await holder(store, ['books:read', 'books:write'], { plan: 'free' })
  const principal = await ring.find(key)
  t.strictSame(principal, {
    id: `key:${id}`,
    kind: 'key',
    scopes: new Set(['books:read', 'books:write']),
    plan: 'free',
    claims: {},
  })
  t.equal(asked.length, 2, 'the mark and the key')
  for (let i = 0; i < 10; i++) t.equal(await ring.find(key), principal)
  t.equal(asked.length, 2)
})

onEveryDatabase(
  'a key made after an attempt with it is found within two seconds',
  async (t, url) => {
    const { store, tables, ring, later } = await scene(t, url)
    const key = makeKey(randomBytes(32))
    t.equal(await ring.find(key), undefined)
    await store.transact(() =>
      insertKey(tables, { name: 'n', scopes: ['*'] }, { text: key, now: new Date(start) }),
    )
    later(2_000)
    t.match(await ring.find(key), { kind: 'key' })
  },
)

onEveryDatabase(
  'a revoked key is refused within two seconds, wherever it was revoked',
  async (t, url) => {
    const it = await scene(t, url)
    const { id, key } = await holder(it.store, ['*'])
    t.ok(await it.ring.find(key))
    const row = await rowOf(it, id)
    await it.store.transact(() => revokeKey(it.tables, row, new Date(start)))
    t.ok(await it.ring.find(key), 'known for as long as nobody has looked')
    it.later(2_000)
    t.equal(await it.ring.find(key), undefined)
  },
)

onEveryDatabase('where it was revoked here, it is refused at once', async (t, url) => {
  const it = await scene(t, url)
  const { id, key } = await holder(it.store, ['*'])
  t.ok(await it.ring.find(key))
  const row = await rowOf(it, id)
  await it.store.transact(() => revokeKey(it.tables, row, new Date(start)))
  it.ring.forget(id)
  t.equal(await it.ring.find(key), undefined)
})

onEveryDatabase(
  'of a rotated key both secrets work for the grace time, then the new one',
  async (t, url) => {
    const it = await scene(t, url)
    const { id, key } = await holder(it.store, ['*'])
    const text = makeKey(randomBytes(32))
    const row = await rowOf(it, id)
    await it.store.transact(() => rotateKey(it.tables, row, { text, now: new Date(start) }, 60_000))
    t.same((await it.ring.find(key))?.id, `key:${id}`)
    t.same((await it.ring.find(text))?.id, `key:${id}`, 'it is the same caller')
    it.later(59_999)
    t.ok(await it.ring.find(key))
    it.later(1)
    t.equal(await it.ring.find(key), undefined)
    t.ok(await it.ring.find(text))
  },
)

onEveryDatabase('a key is good until it expires', async (t, url) => {
  const { store, ring, later } = await scene(t, url)
  const { key } = await holder(store, ['*'], { expires_at: new Date(start + 500).toISOString() })
  later(499)
  t.ok(await ring.find(key))
  later(1)
  t.equal(await ring.find(key), undefined, 'known or not')
})

onEveryDatabase('while nothing changes, a mark a second is all that is asked', async (t, url) => {
  const { store, ring, asked, later } = await scene(t, url)
  const { key } = await holder(store, ['*'])
  await ring.find(key)
  for (let i = 0; i < 100; i++) {
    later(100)
    await ring.find(key)
  }
  t.equal(asked.filter(text => text.includes('where')).length, 1, 'the key')
  t.ok(
    asked.filter(text => text.includes('sum')).length <= 11,
    'the mark: at first and once a second',
  )
})

onEveryDatabase('that a key was used changes no mark', async (t, url) => {
  const { store, tables, ring, asked, later } = await scene(t, url)
  const { id, key } = await holder(store, ['*'])
  await ring.find(key)
  await store.transact(function* () {
    yield recordUse(tables.keys, id, new Date(start))
  })
  later(2_000)
  await ring.find(key)
  t.equal(asked.filter(text => text.includes('where')).length, 1)
})

onEveryDatabase('a clock set back confirms anew', async (t, url) => {
  const it = await scene(t, url)
  const { id, key } = await holder(it.store, ['*'])
  t.ok(await it.ring.find(key))
  const row = await rowOf(it, id)
  await it.store.transact(() => revokeKey(it.tables, row, new Date(start)))
  it.later(-3_600_000)
  t.equal(await it.ring.find(key), undefined)
})

onEveryDatabase(
  'with the database away nothing is admitted on what was known two seconds ago',
  async (t, url) => {
    const { store, ring, later, fail } = await scene(t, url)
    const { key } = await holder(store, ['*'])
    t.ok(await ring.find(key))
    fail(new StoreError('unavailable', 'gone'))
    later(999)
    t.ok(await ring.find(key), 'known, and fresh')
    later(1_001)
    await t.rejects(async () => ring.find(key), { code: 'unavailable' })
    await t.rejects(async () => ring.find(key), { code: 'unavailable' })
    fail(undefined)
    t.ok(await ring.find(key), 'and known again when it is back')
  },
)

onEveryDatabase('a look that fails beside a request is told to the next', async (t, url) => {
  const { store, ring, later, fail } = await scene(t, url)
  const { key } = await holder(store, ['*'])
  await ring.find(key)
  fail(new StoreError('unavailable', 'gone'))
  later(1_500)
  t.ok(await ring.find(key))
  await new Promise(resolve => setImmediate(resolve))
  await t.rejects(async () => ring.find(key), { code: 'unavailable' })
})

onEveryDatabase('what is no key is not asked for, and an unknown key once', async (t, url) => {
  const { ring, asked } = await scene(t, url)
  const unknown = makeKey(randomBytes(32))
  for (let i = 0; i < 5; i++) {
    t.equal(await ring.find(`made-up-${i}`), undefined)
    t.equal(await ring.find(unknown), undefined)
  }
  t.equal(asked.length, 2, 'the mark and the unknown key')
})

onEveryDatabase('the last uses are one write for each key', async (t, url) => {
  const it = await scene(t, url)
  const one = await holder(it.store, ['*'])
  const other = await holder(it.store, ['*'])
  for (let i = 0; i < 50; i++) await it.ring.find(one.key)
  it.later(500)
  await it.ring.find(one.key)
  await it.ring.recordUses()
  await it.ring.recordUses()
  const usedAt = async (id: number) =>
    (await rowOf(it, id)).find((_, at) => it.tables.keys.columns[at]?.name === 'last_used_at')
  t.equal(await usedAt(one.id), '2026-06-01T12:00:00.500Z')
  t.equal(await usedAt(other.id), null)
  await it.store.transact(function* () {
    yield recordUse(it.tables.keys, one.id, new Date(start))
  })
  t.equal(await usedAt(one.id), '2026-06-01T12:00:00.500Z', 'an earlier use is no news')
})

onEveryDatabase(
  'keys that others make, rotate and revoke are noticed, each change once',
  async (t, url) => {
    const it = await scene(t, url)
    const { ring, store, tables, later, noticed } = it
    const look = async () => {
      later(2_000)
      await ring.watch()
      return noticed.splice(0)
    }
    const one = await holder(store, ['books:read'])
    t.strictSame(await look(), [], 'what there was at first')
    t.strictSame(await look(), [])
    const two = await holder(store, ['*'])
    t.strictSame(await look(), [[{ id: two.id, name: 'A test', scopes: ['*'], revoked: false }]])
    const secret = { text: makeKey(randomBytes(32)), now: new Date(start) }
    const [first, second] = [await rowOf(it, one.id), await rowOf(it, two.id)]
    await store.transact(() => rotateKey(tables, first, secret, 60_000))
    await store.transact(() => revokeKey(tables, second, new Date(start + 10_000)))
    t.strictSame(await look(), [
      [
        { id: one.id, name: 'A test', scopes: ['books:read'], revoked: false },
        { id: two.id, name: 'A test', scopes: ['*'], revoked: true },
      ],
    ])
    t.strictSame(await look(), [])
    for (let made = 0; made < 22; made++) await holder(store, ['books:read'])
    t.equal((await look())[0]?.length, 20, 'a line of a log does not grow with them')
  },
)

onEveryDatabase(
  'what this instance has changed itself is not noticed, nor that the database was away',
  async (t, url) => {
    const { ring, store, later, fail, noticed } = await scene(t, url)
    await ring.watch()
    const own = await holder(store, ['*'])
    ring.forget(own.id)
    later(2_000)
    await ring.watch()
    t.strictSame(noticed, [])
    const mine = await holder(store, ['*'])
    ring.forget(mine.id)
    const other = await holder(store, ['books:read'])
    later(2_000)
    await ring.watch()
    t.match(noticed.splice(0), [[{ id: other.id }]])
    fail(new StoreError('unavailable', 'gone'))
    later(2_000)
    await t.rejects(ring.watch())
    fail(undefined)
    await ring.watch()
    t.strictSame(noticed, [])
  },
)
