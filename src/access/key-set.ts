// The keys of an identity provider (RFC 7517), fetched from its address: bounded in size and time, and not at the will of callers.

import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose'
import type { Log } from '../resource/resource.ts'

/** What is fetched, at the most: bytes, and ms. */
const maxLength = 262_144
const timeout = 5_000

/** In ms: from when the keys are fetched anew, and until when the old ones serve while that fails. */
const refreshAge = 600_000
const maxAge = 3_600_000
/** Between two fetches, in ms: tokens that name unknown keys, or a provider that is away, cause no more of them. */
const cooldown = 30_000
const cooldownAfterFailure = 5_000

/** The provider cannot be asked, so whether a token is good is not known. The log has the reason. */
export class KeySetUnavailable extends Error {}

export interface KeySetOptions {
  readonly url: string
  readonly clock: () => Date
  readonly log: Log
}

interface Fetched {
  readonly text: string
  readonly getKey: JWTVerifyGetKey
  readonly at: number
}

export class KeySet {
  readonly #url: string
  readonly #clock: () => Date
  readonly #log: Log
  #fetched: Fetched | undefined
  #attemptedAt = Number.NEGATIVE_INFINITY
  #fetching: Promise<void> | undefined
  #failure: unknown

  constructor({ url, clock, log }: KeySetOptions) {
    this.#url = url
    this.#clock = clock
    this.#log = log
  }

  /** The text of the keys: whoever remembers a token that was good must forget it when this changes. */
  get version(): string | undefined {
    return this.#fetched?.text
  }

  /** For `jwtVerify`. Throws jose's `JWKSNoMatchingKey` for an unknown key, `KeySetUnavailable` where none can be had. */
  readonly getKey: JWTVerifyGetKey = async (header, token) => {
    const { getKey } = await this.#current()
    try {
      return await getKey(header, token)
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey) || !(await this.#refresh())) throw error
      return (await this.#current()).getKey(header, token)
    }
  }

  /**
   * Nothing while the keys are young enough, else what to wait for; it rejects with `KeySetUnavailable` where there are
   * no keys that still serve. From `refreshAge` on they are fetched anew beside the requests.
   */
  confirm(): Promise<unknown> | undefined {
    const age = this.#age()
    if (age < 0 || age >= maxAge) return this.#current()
    if (age >= refreshAge) void this.#refresh()
    return undefined
  }

  #age(): number {
    return this.#clock().getTime() - (this.#fetched?.at ?? Number.NEGATIVE_INFINITY)
  }

  async #current(): Promise<Fetched> {
    const age = this.#age()
    if (age < 0 || age >= maxAge) await this.#refresh()
    else if (age >= refreshAge) void this.#refresh()
    const fetched = this.#fetched
    if (fetched === undefined || this.#age() < 0 || this.#age() >= maxAge)
      throw new KeySetUnavailable('The keys of JWT_JWKS_URL cannot be had.', { cause: this.#failure })
    return fetched
  }

  /** Whether the keys were fetched just now, and by this very call or one beside it. */
  async #refresh(): Promise<boolean> {
    const now = this.#clock().getTime()
    if (this.#fetching === undefined) {
      const pause = this.#failure === undefined ? cooldown : cooldownAfterFailure
      if (now >= this.#attemptedAt && now - this.#attemptedAt < pause) return false
      this.#attemptedAt = now
      this.#fetching = this.#fetch(now).finally(() => {
        this.#fetching = undefined
      })
    }
    await this.#fetching
    return this.#fetched?.at === this.#attemptedAt
  }

  /** Never rejects: the log says what went wrong, and callers are told when there are no keys that still serve. */
  async #fetch(now: number): Promise<void> {
    try {
      const text = await fetchText(this.#url)
      this.#fetched = { text, getKey: createLocalJWKSet(JSON.parse(text) as JSONWebKeySet), at: now }
      if (this.#failure !== undefined) this.#log.info({}, 'the keys of the identity provider can be had again')
      this.#failure = undefined
    } catch (error) {
      if (this.#failure === undefined) this.#tellFailure(error as Error)
      this.#failure = error
    }
  }

  /** Once for each time that the provider goes away: callers cannot fill the log with it. */
  #tellFailure({ message, cause }: Error): void {
    const reason = cause instanceof Error ? `${message}: ${cause.message}` : message
    const until = this.#fetched && new Date(this.#fetched.at + maxAge).toISOString()
    const consequence = until ? `the keys at hand serve until ${until}` : 'its tokens are answered with 503'
    this.#log[until ? 'warn' : 'error'](
      { reason },
      `the identity provider did not give its keys, so ${consequence}: check JWT_JWKS_URL and the way there`,
    )
  }
}

async function fetchText(url: string): Promise<string> {
  const signal = AbortSignal.timeout(timeout)
  const response = await fetch(url, { signal, redirect: 'error', headers: { accept: 'application/json' } })
  if (response.status !== 200 || response.body === null) throw new Error(`It answered ${response.status}`)
  const pieces: Uint8Array[] = []
  let length = 0
  for await (const piece of response.body) {
    length += piece.byteLength
    if (length > maxLength) throw new Error(`It answered more than ${maxLength} bytes`)
    pieces.push(piece)
  }
  return Buffer.concat(pieces).toString()
}
