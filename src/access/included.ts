// Which related rows a caller may have included: those that it may read at their own address.

import type { Field } from '../resource/field.ts'
import { type AccessPolicy, hasScope, isPublic, type Principal } from './access.ts'
import { credentialsMissing, insufficientScope } from './bearer.ts'

/** Rows that a request names in `include`. */
export interface Sought {
  readonly name: string
  readonly model: { readonly name: string }
  /** By which they are found, so that including them tells its value. */
  readonly field: Field
}

/** Refuses the names of rows that the caller may not read, or not find by that field. */
export function requireIncludable(
  policy: AccessPolicy,
  principal: Principal,
  sought: readonly Sought[],
): void {
  const lacking = sought.flatMap(({ name, model, field }) => {
    const scope = `${model.name}:read`
    const ofRows = isPublic(policy, { model, scope }) ? [] : [scope]
    const needed = [...ofRows, ...(field.scopes?.read === undefined ? [] : [field.scopes.read])]
    return needed.filter(each => !hasScope(principal, each)).map(each => ({ name, scope: each }))
  })
  if (lacking.length === 0) return
  if (principal.kind === 'anonymous') throw credentialsMissing()
  const errors = lacking.map(({ name, scope }) => ({
    parameter: 'include',
    in: 'query' as const,
    detail: `${name} needs the scope ${scope}`,
  }))
  throw insufficientScope([...new Set(lacking.map(({ scope }) => scope))].join(' '), errors)
}
