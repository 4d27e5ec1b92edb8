// How much of the time of a request the database takes, for its line in the log.

import { type Spent, spending } from '../server/request.ts'
import type { End, StoreObserver } from '../store/observer.ts'

export const spendingObserver: StoreObserver = {
  call: () => adding('database'),
  wait: () => adding('waiting'),
}

function adding(part: keyof Spent): End | undefined {
  const spent = spending.getStore()
  if (spent === undefined) return undefined
  const began = performance.now()
  return () => {
    spent[part] += performance.now() - began
  }
}
