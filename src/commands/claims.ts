// The claims of a key, as the command line takes them.

import { UsageError } from './command.ts'

/** `customer_id=3`, `roles=["clerk"]`, `name=Ada`: JSON, or else a text. */
export function readClaims(claims: readonly string[]): Record<string, unknown> {
  const read = claims.map(claim => {
    const [, name = '', value = ''] = /^([^=]+)=(.*)$/s.exec(claim) ?? []
    if (name === '') throw new UsageError(`--claim must be like customer_id=3, not ${claim}`)
    return [name, toJson(value)] as const
  })
  const twice = read.find(([name], index) => read.findIndex(([other]) => other === name) < index)
  if (twice) throw new UsageError(`--claim ${twice[0]} is there twice; a list is ${twice[0]}=[1,2]`)
  return Object.fromEntries(read)
}

function toJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
