// A store's log that a test reads.

import type { StoreLog } from '../../src/store/store.ts'

export function recordLog(): StoreLog & { readonly lines: readonly string[] } {
  const lines: string[] = []
  const at = (level: string) => (_details: object, message: string) =>
    lines.push(`${level} ${message}`)
  return { lines, info: at('info'), warn: at('warn'), error: at('error') }
}
