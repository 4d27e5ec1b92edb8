// A hash of a password takes too long to be made within a transaction: the work stops, and starts again with the hash.

import type { Field } from '../resource/field.ts'
import { hashPassword } from '../resource/password.ts'
import { ownMember, type Values } from '../resource/row.ts'
import type { Isolation, Store, Work } from '../store/store.ts'

/** A work needs the hash of a password. */
export class HashNeeded extends Error {
  readonly password: string

  constructor(password: string) {
    super('A password must be hashed before it is stored.')
    this.password = password
  }
}

/** Where works run. */
interface Transactor {
  readonly store: Store
  readonly isolation: Isolation | undefined
}

export class Passwords {
  /** By the passwords, as long as a work needs them. */
  readonly #hashes = new Map<string, string>()

  /** Runs a work in a transaction, anew for each password that it stores. */
  async transact<T>(at: Transactor, work: () => Work<T>): Promise<T> {
    try {
      return await at.store.transact(work, at.isolation)
    } catch (error) {
      if (!(error instanceof HashNeeded)) throw error
      return await this.#transactWith(error.password, at, work)
    }
  }

  async #transactWith<T>(password: string, at: Transactor, work: () => Work<T>): Promise<T> {
    this.#hashes.set(password, await hashPassword(password))
    try {
      return await this.transact(at, work)
    } finally {
      this.#hashes.delete(password)
    }
  }

  /** The values to store: a password that is not the one of before as its hash. */
  hashed(fields: readonly Field[], after: Values, before: Values = {}): Values {
    const changed = fields.filter(
      ({ kind, name }) => kind.isHashed && ownMember(after, name) !== ownMember(before, name),
    )
    if (changed.length === 0) return after
    return {
      ...after,
      ...Object.fromEntries(changed.map(({ name }) => [name, this.#hash(after[name])])),
    }
  }

  #hash(password: Values[string] | undefined): string | null {
    if (typeof password !== 'string') return null
    const hash = this.#hashes.get(password)
    if (hash === undefined) throw new HashNeeded(password)
    return hash
  }
}
