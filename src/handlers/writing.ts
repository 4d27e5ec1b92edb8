// The types of a write of one row: its context, the wanted change, and the outcome.

import type { Principal } from '../access/access.ts'
import type { Model } from '../resource/model.ts'
import type { Change } from '../resource/resource.ts'
import type { Row, Values } from '../resource/row.ts'
import type { Work } from '../store/store.ts'
import type { Table } from '../store/table.ts'
import type { Engine } from './engine.ts'

/** A write of checked values; `current` is the row that the same transaction has read. */
export type Write =
  | {
      readonly operation: 'create'
      readonly values: Values
      /** Whether the address names the key, as that of a PUT does. */
      readonly atAddress?: true
    }
  | {
      readonly operation: 'replace' | 'update' | 'restore'
      readonly current: Row
      readonly values: Values
    }
  | {
      readonly operation: 'delete'
      readonly current: Row
      /** Whether it goes with another row, which has seen to those that refer to it. */
      readonly isReleased?: true
    }

/** A row that was written, and the change that hooks see after the commit. */
export interface Written {
  /** The row as it is stored, or as it was before it was deleted. */
  readonly row: Row
  readonly change: Change<Values>
}

/** The caller of a write, its time, and what else belongs to it. */
export interface WriteContext {
  readonly engine: Engine
  readonly principal: Principal
  readonly now: Date
  /** The resources whose code asks for it, the outermost first; none where the caller does. Whose rows they are makes a difference only to a caller. */
  readonly askedBy: readonly string[]
  /** Whether its transaction does nothing else than one write of the caller's. */
  readonly isAlone?: boolean
  /** All changes that this transaction has made, in their order; undefined for one of which no hook is told after the commit. */
  readonly journal: (RecordedChange | undefined)[]
  /** Where the server counts the keys of a resource on from larger ones than these, so that they hold up nobody. */
  readonly keysPassed?: { readonly model: string; readonly upTo: number }
  /** Writes a row with its hooks, which may ask for more. */
  readonly write: (context: WriteContext, table: Table, request: Write) => Work<Written>
}

export interface RecordedChange {
  readonly model: Model
  readonly change: Change<Values>
}
