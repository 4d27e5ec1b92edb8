// How an action runs: what it knows of its call, and what it says of its work.

import type { Principal } from '../access/access.ts'
import type { Source } from '../access/caller.ts'
import type { Log } from '../resource/resource.ts'
import type { Row } from '../resource/row.ts'
import type { Work } from '../store/store.ts'
import type { Table } from '../store/table.ts'

/** The arguments of an action. */
export interface ActionCall {
  /** The checked body; nothing for an action without one. */
  readonly body: unknown
  /** The checked parameters of the query. */
  readonly parameters: Readonly<Record<string, unknown>>
  readonly caller: Principal
  readonly source: Source
  readonly now: Date
  readonly log: Log
  readonly tableOf: (name: string) => Table
}

export interface MemberCall extends ActionCall {
  /** The row that the address names, as this transaction has read it. */
  readonly row: Row
}

/** The outcome of an action. */
export interface Outcome {
  /** The row whose state the response tells. */
  readonly row?: Row
  /** The body of the response. */
  readonly value?: unknown
  /** The body that is stored for a repetition with the same `Idempotency-Key`, if that is another. */
  readonly kept?: unknown
  /** Called when the change is on disk; not for a repetition. */
  readonly committed?: () => void
}

/** It runs in one transaction, and may be started again. */
export type Run =
  | { readonly on: 'collection'; readonly run: (call: ActionCall) => Work<Outcome> }
  | { readonly on: 'member'; readonly run: (call: MemberCall) => Work<Outcome> }
