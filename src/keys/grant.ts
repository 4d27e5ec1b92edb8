// Which scopes can be granted, and by whom: nobody can grant a scope that they lack.

import { hasScope, type Principal } from '../access/access.ts'

/** The scope for all operations on API keys, including reading. */
export const keysAdmin = 'keys:admin'

/** The scopes that a key can have if these resources are served. Another name is a mistake, which would allow nothing. */
export function grantable(resources: readonly string[]): readonly string[] {
  const own = resources.flatMap(name =>
    ['read', 'write', 'admin'].map(action => `${name}:${action}`),
  )
  return [...own, keysAdmin, '*']
}

/** The scopes among these that the principal lacks. */
export function scopesBeyond(principal: Principal, scopes: readonly string[]): readonly string[] {
  return scopes.filter(scope => !hasScope(principal, scope))
}
