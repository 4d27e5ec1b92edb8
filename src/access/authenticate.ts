// From the field Authorization to a principal: an API key, or a token of an identity provider.

import { type Authenticate, anonymousPrincipal, type Principal } from './access.ts'
import { bearerToken, invalidToken } from './bearer.ts'

/** Finds who a token stands for, at once where that is known; nothing where it is not good. */
export type FindPrincipal = (token: string) => Principal | undefined | Promise<Principal | undefined>

/** `findToken`: for what looks like a JWT, where there is an identity provider. */
export function createAuthenticate(findKey: FindPrincipal, findToken?: FindPrincipal): Authenticate {
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
