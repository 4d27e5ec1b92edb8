// The scopes that a field needs, beside those for its row.

import type { JsonSchema } from './kinds.ts'

/** Without `read` everyone reads it who reads the row, and likewise for `write`. */
export interface FieldScopes {
  readonly read?: string
  readonly write?: string
}

const scopeName = /^[a-z][a-z0-9_-]*:[a-z][a-z0-9_-]*$/

/** `'employees:salary'` for both, or `{ read, write }`; undefined where there is none. */
export function readScopes(
  scope: unknown,
  report: (mistake: string) => void,
): FieldScopes | undefined {
  if (scope === undefined) return undefined
  const scopes = typeof scope === 'string' ? { read: scope, write: scope } : Object(scope)
  const isGood = Object.entries(scopes).every(
    ([use, named]) => ['read', 'write'].includes(use) && scopeName.test(String(named)),
  )
  if (isGood && Object.keys(scopes).length > 0) return scopes
  report(
    "has a scope that must be like 'employees:salary', or { read: 'employees:salary', write: 'employees:admin' }",
  )
  return undefined
}

/** A scope that nobody could use is a mistake. */
export function checkScopes(
  scopes: FieldScopes | undefined,
  { readOnly, writeOnly }: JsonSchema,
  report: (mistake: string) => void,
): void {
  if (scopes?.write !== undefined && readOnly === true)
    report('is readOnly, so nobody writes it: write scope: { read: … }')
  if (scopes?.read !== undefined && writeOnly === true)
    report('is writeOnly, so nobody reads it: write scope: { write: … }')
}

/** The schema of a field. The document says in words who may use it, because few tools show an extension. */
export function describedScopes(schema: JsonSchema, scopes: FieldScopes | undefined): JsonSchema {
  if (scopes === undefined) return schema
  const { description } = schema
  const note = `Callers ${usesOf(scopes).join(', and ')} only`
  return { ...schema, description: description === undefined ? note : `${description}. ${note}` }
}

function usesOf({ read, write }: FieldScopes): readonly string[] {
  if (read === write) return [`read and write it with the scope \`${read}\``]
  return Object.entries({ read, write }).flatMap(([use, scope]) =>
    scope === undefined ? [] : [`${use} it with the scope \`${scope}\``],
  )
}
