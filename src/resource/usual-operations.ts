// The operations that every resource has, unless it leaves them out.

import { didYouMean } from './did-you-mean.ts'

export const usualOperations = ['list', 'create', 'read', 'replace', 'update', 'delete'] as const

export type UsualOperation = (typeof usualOperations)[number]

/** Their names in other frameworks. */
const otherNames: Readonly<Record<string, UsualOperation>> = {
  get: 'read',
  post: 'create',
  put: 'replace',
  patch: 'update',
  change: 'update',
  remove: 'delete',
}

/** The mistake in a list of operations to leave out, in words that follow its name. */
export function withoutMistakes(value: unknown): readonly string[] {
  if (!Array.isArray(value)) return ["must be a list of operations, such as ['delete']"]
  const known: readonly unknown[] = usualOperations
  return value
    .filter(name => !known.includes(name))
    .map(name => `names '${name}', which is no operation${suggestion(String(name))}`)
}

function suggestion(name: string): string {
  const meant = Object.hasOwn(otherNames, name.toLowerCase())
    ? otherNames[name.toLowerCase()]
    : undefined
  if (meant !== undefined) return `; did you mean '${meant}'?`
  return didYouMean(name, usualOperations) || `; there are ${usualOperations.join(', ')}`
}
