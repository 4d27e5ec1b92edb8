// Observers of a store: each function is called when something begins, and may return one for its end.

import type { Row } from '../resource/row.ts'
import type { Dialect, Isolation, Statement, Store, Work } from './store.ts'

export type End = (error?: unknown) => void

export interface StoreObserver {
  /** A call, its waiting included: `query` reads, `transact` commits. */
  call(kind: 'query' | 'transact'): End | undefined
  /** A wait, within a call, for a connection or for the transaction that several writes share. */
  wait(): End | undefined
  /** Asked with each call for whoever is told of its statements, and of its commit; nobody by default. */
  statements?(dialect: Dialect['name']): Told | undefined
}

export type Told = (step: Statement | 'commit') => End | undefined

/** The same store, whose calls are observed. What they wait for, the driver itself tells. */
export function observed(store: Store, observer: StoreObserver): Store {
  return {
    dialect: store.dialect,
    location: store.location,
    query: statement => {
      const end = observer.call('query')
      const told = toldOf(store, observer)?.(statement)
      return until(end, until(told, store.query(statement)))
    },
    transact: (work, isolation) => {
      const end = observer.call('transact')
      const told = toldOf(store, observer)
      return until(
        end,
        told === undefined
          ? store.transact(work, isolation)
          : transactTold(store, told, { work, isolation }),
      )
    },
    read: work => {
      const end = observer.call('query')
      const told = toldOf(store, observer)
      return until(end, store.read(told === undefined ? work : () => tell(told, work())))
    },
    ...(store.refresh && { refresh: () => store.refresh?.() }),
    stream: statement => toTheEnd(toldOf(store, observer)?.(statement), store.stream(statement)),
    streamText: (statement, writing) =>
      toTheEnd(toldOf(store, observer)?.(statement), store.streamText(statement, writing)),
    session: task => store.session(task),
    aside: task => store.aside(task),
    ...(store.load && { load: store.load.bind(store) }),
    ...(store.logState && { logState: store.logState.bind(store) }),
    close: () => store.close(),
  }
}

function toldOf(store: Store, observer: StoreObserver): Told | undefined {
  return observer.statements?.(store.dialect.name)
}

/** From its last statement on, a work waits for its commit. */
function transactTold<T>(
  store: Store,
  told: Told,
  { work, isolation }: { work: () => Work<T>; isolation: Isolation | undefined },
): Promise<T> {
  let committed: End | undefined
  const toldWork = function* (): Work<T> {
    committed?.()
    committed = undefined
    const result = yield* tell(told, work())
    committed = told('commit')
    return result
  }
  return until(error => committed?.(error), store.transact(toldWork, isolation))
}

/** The same work, each statement of which is told. */
function* tell<T>(told: Told, work: Work<T>): Work<T> {
  let next = work.next([])
  while (!next.done) {
    // Each statement is told as it is asked for, so no other one may be sent in its place.
    const { atOnce: _, ...statement } = next.value
    const end = told(statement)
    let rows: readonly Row[]
    try {
      rows = yield statement
    } catch (error) {
      end?.(error)
      next = work.throw(error)
      continue
    }
    end?.()
    next = work.next(rows)
  }
  return next.value
}

function toTheEnd<T>(end: End | undefined, parts: AsyncGenerator<T>): AsyncGenerator<T> {
  return end === undefined ? parts : endWith(end, parts)
}

async function* endWith<T>(end: End, parts: AsyncGenerator<T>): AsyncGenerator<T> {
  try {
    yield* parts
  } finally {
    end()
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
export function together(all: readonly (StoreObserver | undefined)[]): StoreObserver {
  const observers = all.filter(observer => observer !== undefined)
  const [only, ...others] = observers
  if (only !== undefined && others.length === 0) return only
  const teller = observers.find(({ statements }) => statements !== undefined)
  return {
    call: kind => endOf(observers.map(observer => observer.call(kind))),
    wait: () => endOf(observers.map(observer => observer.wait())),
    ...(teller?.statements && { statements: teller.statements }),
  }
}

function endOf(ends: readonly (End | undefined)[]): End | undefined {
  const heard = ends.filter(end => end !== undefined)
  return error => {
    for (const end of heard) end(error)
  }
}
