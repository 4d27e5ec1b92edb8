// Which scopes can be granted, and by whom: nobody gives away more than they have.

import { hasScope, type Principal } from '../access/access.ts'

/** For all that is done to API keys, reading included. */
export const keysAdmin = 'keys:admin'

/** What a key may be allowed where these resources are served: another name is a slip of the pen that would allow nothing. */
export function grantable(resources: readonly string[]): readonly string[] {
  const own = resources.flatMap(name => ['read', 'write', 'admin'].map(action => `${name}:${action}`))
  return [...own, keysAdmin, '*']
}

/** The scopes among these that the principal lacks itself. */
export function scopesBeyond(principal: Principal, scopes: readonly string[]): readonly string[] {
  return scopes.filter(scope => !hasScope(principal, scope))
}
