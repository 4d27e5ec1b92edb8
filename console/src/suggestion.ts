// Rows that are suggested where the key of one is entered, and what is taken for a name.

import type { Field } from './schema.ts'

export type Suggestion = readonly [key: string, name: string]

const uuid = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i

/** Whether it may be a key itself, and not the name of a row. */
function mayBeKey({ type, format }: Field, entered: string): boolean {
  if (type === 'integer') return /^-?\d+$/.test(entered)
  return format !== 'uuid' || uuid.test(entered)
}

/** The key of the one row that is meant by what was entered; what was entered if that is a key, or several rows may be meant. */
export function toKey(field: Field, entered: string, rows: readonly Suggestion[]): string {
  const wanted = entered.trim().toLowerCase()
  if (wanted === '' || mayBeKey(field, wanted)) return entered
  const named = rows.map(([key, name]) => [key, name.toLowerCase()] as const)
  const called = named.filter(([, name]) => name === wanted)
  const meant = called.length > 0 ? called : named.filter(([, name]) => name.includes(wanted))
  const [[key] = [entered]] = meant.length === 1 ? meant : []
  return key
}
