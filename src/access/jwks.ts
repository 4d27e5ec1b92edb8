// The keys of an identity provider (RFC 7517), fetched from its address, with bounded size and time, and
// not at the will of callers.

import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose'
import type { Log } from '../resource/resource.ts'

/** Bounds of one fetch, in bytes and in ms. */
const maxLength = 262_144
const timeout = 5_000

/** In ms: the age at which keys are fetched again, and the age up to which old keys serve while that fails. */
const refreshAge = 600_000
const maxAge = 3_600_000
/** In ms, between two fetches, however many tokens name unknown keys, and however long the provider is away. */
const cooldown = 30_000
const cooldownAfterFailure = 5_000

/** The provider cannot be reached, so tokens cannot be verified. The log has the reason. */
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

  /** The text of the keys. When it changes, tokens that were verified before must be verified again. */
  get version(): string | undefined {
    return this.#fetched?.text
  }

  /** For `jwtVerify`. Throws jose's `JWKSNoMatchingKey` for an unknown key, and `KeySetUnavailable` if there are no keys. */
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
   * Undefined while the keys are young enough; otherwise a promise to wait for. It rejects with `KeySetUnavailable` if no keys
   * can serve. From `refreshAge` on the keys are fetched again, without delaying requests.
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
      throw new KeySetUnavailable('The keys of JWT_JWKS_URL cannot be fetched.', {
        cause: this.#failure,
      })
    return fetched
  }

  /** Returns whether the keys have just been fetched, by this call or by one at the same time. */
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

  /** Never rejects: the log has the error, and callers get one only if no keys can serve. */
  async #fetch(now: number): Promise<void> {
    try {
      const text = await fetchText(this.#url)
      this.#fetched = {
        text,
        getKey: createLocalJWKSet(JSON.parse(text) as JSONWebKeySet),
        at: now,
      }
      if (this.#failure !== undefined)
        this.#log.info({}, 'the keys of the identity provider can be fetched again')
      this.#failure = undefined
    } catch (error) {
      if (this.#failure === undefined) this.#logFailure(error as Error)
      this.#failure = error
    }
  }

  /** Logs once for each outage of the provider, so that callers cannot fill the log. */
  #logFailure({ message, cause }: Error): void {
    const reason = cause instanceof Error ? `${message}: ${cause.message}` : message
    const until = this.#fetched && new Date(this.#fetched.at + maxAge).toISOString()
    const consequence = until
      ? `the present keys serve until ${until}`
      : 'requests with its tokens get 503'
    this.#log[until ? 'warn' : 'error'](
      { reason },
      `the keys of the identity provider could not be fetched, so ${consequence}: check JWT_JWKS_URL and the network`,
    )
  }
}

async function fetchText(url: string): Promise<string> {
  const signal = AbortSignal.timeout(timeout)
  const response = await fetch(url, {
    signal,
    redirect: 'error',
    headers: { accept: 'application/json' },
  })
  if (response.status !== 200 || response.body === null)
    throw new Error(`It answered ${response.status}`)
  const pieces: Uint8Array[] = []
  let length = 0
  for await (const piece of response.body) {
    length += piece.byteLength
    if (length > maxLength) throw new Error(`It sent more than ${maxLength} bytes`)
    pieces.push(piece)
  }
  return Buffer.concat(pieces).toString()
}
