// The field traceparent: the trace to which a request belongs (W3C Trace Context, level 1, §3.2). It is only logged.

export interface TraceContext {
  readonly traceId: string
  /** The span of the caller. */
  readonly parentId: string
}

const fieldPattern =
  /^(?<version>[\da-f]{2})-(?<traceId>[\da-f]{32})-(?<parentId>[\da-f]{16})-[\da-f]{2}(?<more>-.*)?$/

/** Undefined if it is absent or invalid, since it must not be used then (§3.2.2.3). A later version may have more (§3.2.4). */
export function parseTraceparent(
  field: string | readonly string[] | undefined,
): TraceContext | undefined {
  if (typeof field !== 'string') return undefined
  const {
    version = 'ff',
    traceId = '',
    parentId = '',
    more,
  } = fieldPattern.exec(field)?.groups ?? {}
  if (version === 'ff' || (version === '00' && more !== undefined)) return undefined
  return isZero(traceId) || isZero(parentId) ? undefined : { traceId, parentId }
}

function isZero(id: string): boolean {
  return /^0+$/.test(id)
}
