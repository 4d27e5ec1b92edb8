// Tokens of an identity provider: JWTs (RFC 7519), checked as RFC 8725 and RFC 9068 require.

import { hash } from 'node:crypto'
import { errors, type JWTPayload, jwtVerify } from 'jose'
import type { Log } from '../resource/resource.ts'
import { LruMap } from '../store/lru-map.ts'
import type { Principal, TokenSettings } from './access.ts'
import { KeySet, KeySetUnavailable } from './jwks.ts'

/** The algorithms that can be set. They are all asymmetric: none works with a shared secret. */
export const tokenAlgorithms = [
  'ES256',
  'ES384',
  'ES512',
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'EdDSA',
  'Ed25519',
] as const

/** In characters; a longer token is refused before it is parsed. */
const maxLength = 8_192
/** In seconds, how far two clocks may differ (RFC 7519 §4.1.4). */
const clockTolerance = 60
const maxRemembered = 10_000

/** RFC 8725 §3.11, RFC 9068 §2.1: other kinds of JWT are not for an API. A token need not say its kind. */
const kinds = /^(?:(?:application\/)?at\+jwt|jwt)$/i
/** RFC 6749 §3.3. */
const scopeText = /^[!#-[\]-~]{1,100}$/
const maxScopes = 200
/** The subject becomes the owner of rows, and is logged. */
const subjectText = /^[^\p{Cc}\p{Cs}]{1,255}$/u
const planText = /^[a-z][a-z0-9_-]{0,39}$/

interface Remembered {
  readonly principal: Principal
  /** In ms. */
  readonly until: number
}

export class Tokens {
  readonly #settings: TokenSettings
  readonly #clock: () => Date
  readonly #keys: KeySet
  readonly #remembered = new LruMap<string, Remembered>(maxRemembered)
  /** The version of the keys with which the remembered tokens were verified. */
  #version: string | undefined

  constructor(settings: TokenSettings, clock: () => Date, log: Log) {
    this.#settings = settings
    this.#clock = clock
    this.#keys = new KeySet({ url: settings.keysUrl, clock, log })
  }

  /**
   * The principal of a token, without a promise if the token is known; undefined for an invalid one. Rejects with
   * `KeySetUnavailable` if the provider's keys cannot be fetched.
   */
  find(token: string): Principal | undefined | Promise<Principal | undefined> {
    if (token.length > maxLength) return undefined
    const digest = hash('sha256', token, 'base64url')
    const now = this.#clock()
    const known = this.#recall(digest)
    if (known === undefined) return this.#check(token, digest, now)
    const confirmation = this.#keys.confirm()
    // A remembered token is valid only as long as the keys that verified it.
    if (confirmation !== undefined) return confirmation.then(() => this.find(token))
    return known.until > now.getTime() ? known.principal : undefined
  }

  async #check(token: string, digest: string, now: Date): Promise<Principal | undefined> {
    const payload = await this.#verify(token, now)
    const principal = payload && toPrincipal(payload)
    if (principal === undefined) return undefined
    this.#recall(digest)
    this.#remembered.set(digest, {
      principal,
      until: (Number(payload?.exp) + clockTolerance) * 1000,
    })
    return principal
  }

  /** A token that was verified with other keys is verified again. */
  #recall(digest: string): Remembered | undefined {
    if (this.#keys.version !== this.#version) this.#remembered.clear()
    this.#version = this.#keys.version
    return this.#remembered.get(digest)
  }

  async #verify(token: string, currentDate: Date): Promise<JWTPayload | undefined> {
    const { issuer, audience, algorithms } = this.#settings
    try {
      const { payload, protectedHeader } = await jwtVerify(token, this.#keys.getKey, {
        issuer,
        audience: [...audience],
        algorithms: [...algorithms],
        clockTolerance,
        currentDate,
        requiredClaims: ['exp', 'sub'],
      })
      return protectedHeader.typ === undefined || kinds.test(protectedHeader.typ)
        ? payload
        : undefined
    } catch (error) {
      if (error instanceof KeySetUnavailable || !(error instanceof errors.JOSEError)) throw error
      return undefined
    }
  }
}

/** Without the registered claims (RFC 7519 §4.1), which say something of the token, and those that have a place of their own. */
function toPrincipal({
  iss,
  sub,
  scope,
  plan,
  aud: _aud,
  exp: _exp,
  nbf: _nbf,
  iat: _iat,
  jti: _jti,
  ...claims
}: JWTPayload): Principal | undefined {
  if (typeof sub !== 'string' || !subjectText.test(sub)) return undefined
  const scopes = typeof scope === 'string' ? scope.split(' ').filter(text => text !== '') : []
  if (scopes.length > maxScopes || !scopes.every(text => scopeText.test(text))) return undefined
  return Object.freeze({
    id: `token:${iss}#${sub}`,
    kind: 'token',
    scopes: new Set(scopes),
    plan: typeof plan === 'string' && planText.test(plan) ? plan : undefined,
    claims: Object.freeze(claims),
  })
}
