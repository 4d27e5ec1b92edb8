// Spans within that of a request: each statement, the wait for the database, and the commit. They have no values, and no SQL.

import type * as api from '@opentelemetry/api'
import type { Attributes, Context, Span, Tracer } from '@opentelemetry/api'
import { LruMap } from '../store/lru-map.ts'
import type { End, StoreObserver } from '../store/observer.ts'
import { StoreError } from '../store/store.ts'

export type Api = Pick<typeof api, 'context' | 'trace' | 'SpanKind' | 'SpanStatusCode'>

/** Begins a span. */
export type Begin = (name: string, attributes: Attributes) => Ending

/** Ends a span, which may have got attributes meanwhile. */
export type Ending = (error?: unknown, attributes?: Attributes) => void

export class ChildSpans {
  readonly #api: Api
  readonly #tracer: Tracer

  constructor(api: Api, tracer: Tracer) {
    this.#api = api
    this.#tracer = tracer
  }

  readonly observer: StoreObserver = {
    call: () => undefined,
    wait: () => this.within('INTERNAL')?.('wait for the database', {}),
    statements: dialect => {
      const begin = this.within('CLIENT')
      const system = dialect === 'postgres' ? 'postgresql' : dialect
      return begin && (step => beginStatement(begin, system, step === 'commit' ? step : step.text))
    },
  }

  /** Begins spans within the one that is active now; undefined if there is none, or if it is not recorded. */
  within(kind: 'CLIENT' | 'INTERNAL'): Begin | undefined {
    const { context, trace, SpanKind } = this.#api
    const parent = context.active()
    if (!trace.getSpan(parent)?.isRecording()) return undefined
    return (name, attributes) => this.#begin(parent, name, { kind: SpanKind[kind], attributes })
  }

  #begin(parent: Context, name: string, options: { kind: number; attributes: Attributes }): Ending {
    const span = this.#tracer.startSpan(name, options, parent)
    return (error, attributes = {}) => {
      span.setAttributes(attributes)
      if (error !== undefined) this.#fail(span, error)
      span.end()
    }
  }

  /** Without the message, which may have values in it. */
  #fail(span: Span, error: unknown): void {
    span.setStatus({ code: this.#api.SpanStatusCode.ERROR })
    const type = error instanceof StoreError ? error.code : (error as Error).name
    span.setAttribute('error.type', type)
  }
}

function beginStatement(begin: Begin, system: string, text: string): End {
  const { operation, table } = subjectOf(text)
  return begin(`${operation} ${table ?? ''}`.trim(), {
    'db.system.name': system,
    'db.operation.name': operation,
    ...(table !== undefined && { 'db.collection.name': table }),
  })
}

interface Subject {
  readonly operation: string
  readonly table: string | undefined
}

const subjects = new LruMap<string, Subject>(1000)

function subjectOf(text: string): Subject {
  const known = subjects.get(text)
  if (known !== undefined) return known
  const subject = readSubject(text)
  subjects.set(text, subject)
  return subject
}

const noTable = '(?!(?:where|join|cross|order|group|limit)\\b)'
const tablePattern = new RegExp(`\\b(?:from|into|update)\\s+(?:main\\.)?"?${noTable}(\\w+)`, 'i')

/** What a statement does, and to which table: the first that it names outside of parentheses. */
export function readSubject(text: string): Subject {
  let outer = text.replaceAll(/'[^']*'/g, '')
  for (let last = ''; last !== outer; ) {
    last = outer
    outer = outer.replaceAll(/\([^()]*\)/g, '')
  }
  const [operation = ''] =
    /\b(?:select|insert|update|delete)\b/i.exec(outer) ?? /\w+/.exec(outer) ?? []
  return { operation: operation.toUpperCase(), table: tablePattern.exec(outer)?.[1] }
}
