// Who asks, as far as the service tells it, and what that caller may do.

import type { Operation } from './document.ts'

export interface Caller {
  readonly id: string
  readonly kind: 'key' | 'token' | 'anonymous' | 'open'
  readonly scopes: readonly string[]
}

/** Whether the caller may do it, as far as that follows from scopes: `books:read`, `*`. */
export function may(
  { caller }: { readonly caller: Caller },
  operation: Operation | undefined,
): boolean {
  if (operation === undefined) return false
  const { scopes } = operation
  if (scopes === undefined || caller.kind === 'open') return true
  const has = (scope: string) => caller.scopes.some(granted => covers(granted, scope))
  return caller.kind !== 'anonymous' && scopes.every(has)
}

/** `*` stands for anything in its place. */
function covers(granted: string, scope: string): boolean {
  if (granted === '*') return true
  const wanted = scope.split(':')
  const parts = granted.split(':')
  return (
    parts.length === wanted.length && parts.every((part, at) => part === '*' || part === wanted[at])
  )
}
