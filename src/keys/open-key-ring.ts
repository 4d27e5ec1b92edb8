// The keys of a service, kept in memory.

import { type Engine, tableOf } from '../handlers/engine.ts'
import type { Log } from '../resource/resource.ts'
import { auditNoticed } from './key-audit.ts'
import { keyTables } from './key-record.ts'
import { KeyRing, type Siblings } from './key-ring.ts'

interface Setting {
  readonly clock?: () => Date
  readonly logger?: Log
  readonly siblings?: Siblings
}

export function openKeyRing(engine: Engine, { clock, logger, siblings }: Setting): KeyRing {
  // Every request with a key asks for the time, and a number costs a quarter of a Date.
  const now = clock === undefined ? Date.now : () => clock().getTime()
  return new KeyRing({
    store: engine.store,
    tables: keyTables(name => tableOf(engine, name)),
    now,
    siblings,
    onNotice: keys => logger && auditNoticed(logger, keys),
  })
}
