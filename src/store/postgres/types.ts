// How values of PostgreSQL's types become ours, where the library would do otherwise. The numbers are OIDs (pg_type).

import { StoreError } from '../store.ts'

/** Integers are numbers here; the schemas keep them within ±(2^53-1). */
const checkedBigint = {
  to: 20,
  from: [20],
  serialize: String,
  parse: (text: string) => {
    const value = Number(text)
    if (!Number.isSafeInteger(value))
      throw new StoreError('fault', `The integer ${text} cannot be read exactly.`)
    return value
  },
}

/** JSON stays the text that it was stored as. */
const jsonText = { to: 114, from: [114], serialize: String, parse: (text: string) => text }

export const types = { bigint: checkedBigint, json: jsonText }
