// Observers of a store: each function is called when something begins, and may return one for its end.

import type { Store } from './store.ts'

export type End = (error?: unknown) => void

export interface StoreObserver {
  /** A call, its waiting included: `query` reads, `transact` commits. */
  call(kind: 'query' | 'transact'): End | undefined
  /** A wait, within a call, for a connection or for the transaction that several writes share. */
  wait(): End | undefined
}

/** The same store, whose calls are observed. What they wait for, the driver itself tells. */
export function observed(store: Store, observer: StoreObserver): Store {
  return {
    dialect: store.dialect,
    location: store.location,
    query: statement => until(observer.call('query'), store.query(statement)),
    transact: (work, isolation) =>
      until(observer.call('transact'), store.transact(work, isolation)),
    read: work => until(observer.call('query'), store.read(work)),
    ...(store.refresh && { refresh: () => store.refresh?.() }),
    stream: statement => store.stream(statement),
    streamText: (statement, writing) => store.streamText(statement, writing),
    session: task => store.session(task),
    aside: task => store.aside(task),
    ...(store.load && { load: store.load.bind(store) }),
    ...(store.logState && { logState: store.logState.bind(store) }),
    close: () => store.close(),
  }
}

/** With `then` and no `await`, so that the stack of an error still leads to the code that asked. */
function until<T>(end: End | undefined, outcome: Promise<T>): Promise<T> {
  if (end === undefined) return outcome
  const succeed = (value: T) => {
    end()
    return value
  }
  const fail = (error: unknown) => {
    end(error)
    throw error
  }
  return outcome.then(succeed, fail)
}

/** Tells all of them. */
export function together(observers: readonly StoreObserver[]): StoreObserver {
  const [only, ...others] = observers
  if (only !== undefined && others.length === 0) return only
  return {
    call: kind => endOf(observers.map(observer => observer.call(kind))),
    wait: () => endOf(observers.map(observer => observer.wait())),
  }
}

function endOf(ends: readonly (End | undefined)[]): End | undefined {
  const heard = ends.filter(end => end !== undefined)
  return error => {
    for (const end of heard) end(error)
  }
}
