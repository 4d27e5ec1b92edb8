// From the field Authorization to a principal: an API key, or a token of an identity provider.

import { type Authenticate, anonymousPrincipal, type Principal } from './access.ts'
import { bearerToken, invalidToken } from './bearer.ts'
import type { KeyRing } from './key-ring.ts'

/** Finds who a token stands for; nothing where it is not good. */
export type FindPrincipal = (token: string) => Promise<Principal | undefined>

/** `findToken`: for what looks like a JWT, where there is an identity provider. */
export function createAuthenticate(ring: KeyRing, findToken?: FindPrincipal): Authenticate {
  return async authorization => {
    const token = bearerToken(authorization)
    if (token === undefined) return anonymousPrincipal
    const found = await (token.includes('.') && findToken !== undefined ? findToken(token) : ring.find(token))
    if (found === undefined) throw invalidToken()
    return found
  }
}
