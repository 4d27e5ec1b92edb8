// Which scopes can be granted, and by whom: nobody can grant a scope that they lack.

import { isDeepStrictEqual } from 'node:util'
import { hasScope, type Principal } from '../access/access.ts'
import { serviceAdmin } from '../http/status.ts'
import type { Model } from '../resource/model.ts'

/** The scope for all operations on API keys, including reading. */
export const keysAdmin = 'keys:admin'

/** The scope for the imports of all callers; its own ones, every caller sees. */
const importsAdmin = 'imports:admin'

/** The resources, scopes and plans that a key can name. */
export interface Nameable {
  /** The served resources, which have three scopes each. */
  readonly resources: readonly string[]
  /** The scopes that definitions name besides. */
  readonly scopes?: readonly string[]
  /** The resources of which definitions say who sees what. */
  readonly limited?: readonly string[]
  /** Undefined if they are not known. */
  readonly plans?: readonly string[]
}

/** `others`: scopes that no definition names. */
export function nameableIn(models: readonly Model[], others: readonly string[] = []): Nameable {
  return {
    resources: models.map(({ name }) => name),
    scopes: [...models.flatMap(scopesIn), ...others],
    limited: models.filter(({ visible }) => visible !== undefined).map(({ name }) => name),
  }
}

/** Those of fields, actions and views. */
function scopesIn({ fields, actions, views }: Model): readonly string[] {
  const ofFields = fields.flatMap(({ scopes }) => Object.values(scopes ?? {}))
  return [...ofFields, ...[...actions, ...views].flatMap(({ scope }) => scope ?? [])]
}

/** The scopes that a key can have. Another name is a mistake, which would allow nothing. */
export function grantable({ resources, scopes = [] }: Nameable): readonly string[] {
  const own = resources.flatMap(name =>
    ['read', 'write', 'admin'].map(action => `${name}:${action}`),
  )
  return [...new Set([...own, ...scopes, importsAdmin, keysAdmin, serviceAdmin, '*'])]
}

/** The scopes of a key, and the claims of its holder. */
interface Granted {
  readonly scopes: readonly string[]
  readonly claims?: Principal['claims'] | null | undefined
}

/**
 * The scopes that the principal lacks to give away such a key: those of the key, and where it says of its holder what is not
 * said of the principal, those that make claims of no matter. `limited`: the resources whose rows are seen by claims or the
 * lack of them; what else the code of a definition does with a claim is not known.
 */
export function lackingFor(
  principal: Principal,
  { scopes, claims }: Granted,
  limited: readonly string[],
): readonly string[] {
  const given = claims ?? {}
  if (isDeepStrictEqual(given, principal.claims)) return scopesBeyond(principal, scopes)
  const resources = new Set(scopes.map(scope => scope.split(':')[0] ?? ''))
  const concerned =
    Object.keys(given).length > 0 ? resources : resources.intersection(new Set(limited))
  const administering = [...concerned].filter(name => name !== 'keys' && name !== '*')
  return scopesBeyond(principal, [...scopes, ...administering.map(name => `${name}:admin`)])
}

/** The scopes among these that the principal lacks. */
function scopesBeyond(principal: Principal, scopes: readonly string[]): readonly string[] {
  return scopes.filter(scope => !hasScope(principal, scope))
}
