// From the field Authorization to a principal: an API key, or a token of an identity provider.

import { type Authenticate, anonymousPrincipal, type Principal } from './access.ts'
import { bearerToken, invalidToken } from './bearer.ts'

/** Finds the principal of a token, without a promise if it is known already; undefined for an invalid token. */
export type FindPrincipal = (
  token: string,
) => Principal | undefined | Promise<Principal | undefined>

/** `findToken`: for texts that look like a JWT, if there is an identity provider. */
export function createAuthenticate(
  findKey: FindPrincipal,
  findToken?: FindPrincipal,
): Authenticate {
  return authorization => {
    const token = bearerToken(authorization)
    if (token === undefined) return anonymousPrincipal
    const found = token.includes('.') && findToken !== undefined ? findToken(token) : findKey(token)
    return found instanceof Promise ? found.then(requireFound) : requireFound(found)
  }
}

function requireFound(found: Principal | undefined): Principal {
  if (found === undefined) throw invalidToken()
  return found
}
