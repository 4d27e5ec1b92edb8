// How values of PostgreSQL's types are converted, where the library does it differently. The numbers are OIDs (pg_type).

import { StoreError } from '../store.ts'

/** Integers become numbers; the schemas keep them within ±(2^53-1). */
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

/** JSON stays the text that was stored. */
const jsonText = { to: 114, from: [114], serialize: String, parse: (text: string) => text }

export const types = { bigint: checkedBigint, json: jsonText }
