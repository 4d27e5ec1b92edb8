// Which scopes can be granted, and by whom: nobody gives away more than they have.

import type { Finding } from '../http/problem.ts'
import { holds, keysAdmin, type Principal } from './access.ts'

/** What a key of this service may be allowed: an unknown name is a slip of the pen that would allow nothing. */
function grantable(models: readonly { readonly name: string }[]): readonly string[] {
  const own = models.flatMap(({ name }) => ['read', 'write', 'admin'].map(action => `${name}:${action}`))
  return [...own, keysAdmin, '*']
}

/** What is wrong with the scopes of a key that is to be made. */
export function scopeMistakes(
  scopes: readonly string[],
  models: readonly { readonly name: string }[],
): readonly Finding[] {
  const known = grantable(models)
  return scopes.flatMap((scope, index) =>
    known.includes(scope) ? [] : [{ pointer: `#/scopes/${index}`, detail: `'${scope}' is no scope of this service` }],
  )
}

/** The scopes among these that the principal lacks itself. */
export function scopesBeyond(principal: Principal, scopes: readonly string[]): readonly string[] {
  return scopes.filter(scope => !holds(principal, scope))
}
