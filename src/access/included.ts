// Which related rows a caller may have included, or filter by: those that it may read at their own address.

import type { Field } from '../resource/field.ts'
import { type AccessPolicy, hasScope, isPublic, type Principal } from './access.ts'
import { credentialsMissing, insufficientScope } from './bearer.ts'

/** Rows that a parameter is about. */
export interface Sought {
  readonly parameter: string
  /** Their name, where the parameter has several. */
  readonly name?: string
  readonly model: { readonly name: string }
  /** By which they are found or chosen, so that the response tells their values. */
  readonly fields: readonly Field[]
}

/** Refuses parameters about rows that the caller may not read, or not by those fields. */
export function requireRelated(
  policy: AccessPolicy,
  principal: Principal,
  sought: readonly Sought[],
): void {
  const lacking = sought.flatMap(one =>
    scopesFor(policy, one)
      .filter(scope => !hasScope(principal, scope))
      .map(scope => ({ ...one, scope })),
  )
  if (lacking.length === 0) return
  if (principal.kind === 'anonymous') throw credentialsMissing()
  const errors = lacking.map(({ parameter, name, scope }) => ({
    parameter,
    in: 'query' as const,
    detail: `${name === undefined ? '' : `${name} `}needs the scope ${scope}`,
  }))
  throw insufficientScope([...new Set(lacking.map(({ scope }) => scope))].join(' '), errors)
}

function scopesFor(policy: AccessPolicy, { model, fields }: Sought): readonly string[] {
  const scope = `${model.name}:read`
  const ofFields = fields.flatMap(({ scopes }) => scopes?.read ?? [])
  return [...(isPublic(policy, { model, scope }) ? [] : [scope]), ...ofFields]
}
