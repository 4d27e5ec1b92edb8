// The keys in use, kept in memory: a request with a key needs no query, and a revoked key is refused within 2 s.

import type { Principal } from '../access/access.ts'
import type { Row } from '../resource/row.ts'
import { LruMap } from '../store/lru-map.ts'
import type { Store } from '../store/store.ts'
import { isKeyText, keyDigest } from './api-key.ts'
import type { NoticedKey } from './key-audit.ts'
import {
  type FoundKey,
  type KeyTables,
  recordUse,
  rowToFoundKey,
  rowToNoticedKey,
  selectChangedSince,
  selectMark,
  selectSecret,
} from './key-record.ts'

/** In ms: the age at which what is known is confirmed again in the background, and the age at which requests wait for that. */
const refreshAge = 1_000
const maxAge = 2_000

const maxKnown = 10_000
/** Separate from the known keys, so that callers who try random keys displace none of them. */
const maxUnknown = 10_000

interface Known {
  readonly principal: Principal
  readonly key: FoundKey
}

/** The other processes of the same service on this machine. */
export interface Siblings {
  /** Of this process, from 1. */
  readonly number: number
  changedKey(key: number): void
  /** Calls `act` when another one has changed a key. */
  onChangedKey(act: (key: number) => void): void
}

export interface KeyRingOptions {
  readonly store: Store
  readonly tables: KeyTables
  /** The time in ms. */
  readonly now: () => number
  /** Called with the keys that others have changed; with none if that is not known. */
  readonly onNotice?: (keys: readonly NoticedKey[]) => void
  readonly siblings?: Siblings | undefined
}

export class KeyRing {
  readonly #store: Store
  readonly #tables: KeyTables
  readonly #now: () => number
  readonly #onNotice: (keys: readonly NoticedKey[]) => void
  readonly #siblings: Siblings | undefined
  /** By the text of the keys, which is in memory in any case. A digest would cost as much as all the rest. */
  readonly #known = new LruMap<string, Known>(maxKnown)
  readonly #unknown = new LruMap<string, true>(maxUnknown)
  /** In ms, when the database last confirmed that nothing has changed. */
  #confirmedAt = Number.NEGATIVE_INFINITY
  #confirming: Promise<void> | undefined
  #mark: unknown
  /** The last mark, and the latest revision at that time; unlike the other state, it is never cleared. */
  #seen: { readonly mark: string; readonly revision: number } | undefined
  /** The keys that this instance and its siblings have changed since. */
  #own = new Set<unknown>()
  /** Grows when everything is cleared, so that the result of an earlier query is not stored afterwards. */
  #generation = 0
  #used = new Map<number, number>()

  constructor({ store, tables, now, onNotice = () => {}, siblings }: KeyRingOptions) {
    this.#store = store
    this.#tables = tables
    this.#now = now
    // One tells it for all.
    this.#onNotice = siblings === undefined || siblings.number === 1 ? onNotice : () => {}
    this.#siblings = siblings
    siblings?.onChangedKey(key => this.#change(key))
  }

  /**
   * The principal of a valid key, without a promise if it is known and fresh, because a promise costs more than everything
   * else here. Rejects with a `StoreError` if the database has to be asked and is away.
   */
  find(text: string): Principal | undefined | Promise<Principal | undefined> {
    const now = this.#now()
    const confirmation = this.#confirm(now)
    const known = confirmation === undefined ? this.#known.get(text) : undefined
    return known === undefined ? this.#ask(text, now, confirmation) : this.#use(known, now)
  }

  async #ask(
    text: string,
    now: number,
    confirmation?: Promise<void>,
  ): Promise<Principal | undefined> {
    await confirmation
    const known = this.#known.get(text) ?? (await this.#lookUp(text))
    return known && this.#use(known, now)
  }

  #use({ principal, key: { id, expiresAt } }: Known, now: number): Principal | undefined {
    if (expiresAt <= now) return undefined
    this.#used.set(id, now)
    return principal
  }

  /** To be called when this instance has changed a key, so that it notices its own change at once. */
  forget(key: number): void {
    this.#change(key)
    this.#siblings?.changedKey(key)
  }

  #change(key: number): void {
    this.#own.add(key)
    this.#clear()
  }

  /** Checks whether keys have changed, even if no request uses one. */
  async watch(): Promise<void> {
    await this.#confirm(this.#now())
  }

  #clear(): void {
    this.#known.clear()
    this.#unknown.clear()
    this.#mark = undefined
    this.#generation++
  }

  /** Stores when keys were last used, with one write for each key. */
  async recordUses(): Promise<void> {
    const used = this.#used
    if (used.size === 0) return
    this.#used = new Map()
    const { keys } = this.#tables
    await this.#store.transact(function* () {
      for (const [id, at] of used) yield recordUse(keys, id, new Date(at))
    })
  }

  /** Undefined if what is known is fresh enough; otherwise a promise to wait for. */
  #confirm(now: number): Promise<void> | undefined {
    const age = now - this.#confirmedAt
    if (age >= 0 && age < refreshAge) return undefined
    this.#confirming ??= this.#compareMark(now).finally(() => {
      this.#confirming = undefined
    })
    if (age < 0 || age >= maxAge) return this.#confirming
    // If this fails, the next request gets the error, because no key is known then.
    this.#confirming.catch(() => this.#clear())
    return undefined
  }

  async #compareMark(now: number): Promise<void> {
    const generation = this.#generation
    const [row] = await this.#store.query(selectMark)
    // This instance changed a key meanwhile, and what was read may be older than that change.
    if (generation !== this.#generation) return
    const mark = String(row?.[0])
    if (mark !== this.#mark) this.#clear()
    this.#mark = mark
    this.#confirmedAt = now
    if (mark !== this.#seen?.mark) await this.#notice({ mark, revision: Number(row?.[1]) })
  }

  /** Reports the keys that others have changed since the last time. The keys at the start are no change. */
  async #notice(seen: { readonly mark: string; readonly revision: number }): Promise<void> {
    const [before, own] = [this.#seen, this.#own]
    this.#seen = seen
    this.#own = new Set()
    if (before === undefined) return
    const rows = await this.#store.query(selectChangedSince(this.#tables.keys, before.revision))
    const keys = rows.map(rowToNoticedKey)
    const others = keys.filter(({ id }) => !own.has(id))
    if (others.length > 0 || own.size === 0) this.#onNotice(others)
  }

  async #lookUp(text: string): Promise<Known | undefined> {
    if (!isKeyText(text) || this.#unknown.get(text)) return undefined
    const generation = this.#generation
    const [row] = await this.#store.query(selectSecret(this.#tables.secrets, keyDigest(text)))
    const known = row && toKnown(row)
    if (generation !== this.#generation) return known
    if (known === undefined) this.#unknown.set(text, true)
    else this.#known.set(text, known)
    return known
  }
}

function toKnown(row: Row): Known {
  const key = rowToFoundKey(row)
  const { id, scopes, plan, claims } = key
  return {
    key,
    principal: Object.freeze({
      id: `key:${id}`,
      kind: 'key',
      scopes: new Set(scopes),
      plan,
      claims: Object.freeze(claims),
    }),
  }
}
