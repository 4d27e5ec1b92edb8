// Rows as the body of a request, in JSON lines. It is made while it is sent: a part of it is in memory, and so are as few rows.

export type AnyRows<Row = unknown> = Iterable<Row> | AsyncIterable<Row>

/** In characters. */
const partLength = 65_536

/** Whether `fetch` sends streams: where there is no Node, Deno or Bun, it does not, or by HTTP/2 alone. */
const sendsStreams = 'process' in globalThis

export interface RowBody {
  /** Of the next attempt. */
  next(): Blob | ReadableStream<Uint8Array>
  /** Whether there can be no attempt after this one: rows that are made on the way are gone. */
  readonly isSpent: boolean
  /** What the caller's own rows threw. */
  readonly failure: { readonly reason: unknown } | undefined
}

/** In a page the body is a blob, which browsers keep outside of the memory of the page. */
export async function toBody(rows: AnyRows | Blob): Promise<RowBody> {
  if (rows instanceof Blob) return ofBlob(rows)
  if (sendsStreams) return new StreamedRows(rows)
  const parts: string[] = []
  for await (const part of partsOf(rows)) parts.push(part)
  return ofBlob(new Blob(parts))
}

function ofBlob(blob: Blob): RowBody {
  return { next: () => blob, isSpent: false, failure: undefined }
}

/** Of files the name decides; what systems say of CSV differs. */
export function mediaTypeOf(rows: AnyRows | Blob): string {
  const isCsv = rows instanceof Blob && !/ndjson|jsonl/.test(`${rows.type} ${nameOf(rows)}`)
  return isCsv ? 'text/csv' : 'application/x-ndjson'
}

function nameOf(blob: Blob): string {
  return 'name' in blob ? String(blob.name) : ''
}

class StreamedRows implements RowBody {
  readonly #rows: AnyRows
  #attempts = 0
  failure: { readonly reason: unknown } | undefined

  constructor(rows: AnyRows) {
    this.#rows = rows
  }

  get isSpent(): boolean {
    return this.#attempts > 0 && 'next' in this.#rows
  }

  next(): ReadableStream<Uint8Array> {
    this.#attempts++
    const parts = partsOf(this.#rows)
    const encoder = new TextEncoder()
    return new ReadableStream({
      pull: async controller => {
        try {
          const { done, value } = await parts.next()
          if (done) controller.close()
          else controller.enqueue(encoder.encode(value))
        } catch (reason) {
          this.failure = { reason }
          controller.error(reason)
        }
      },
      cancel: async () => {
        await parts.return(undefined)
      },
    })
  }
}

async function* partsOf(rows: AnyRows): AsyncGenerator<string, undefined> {
  let part = ''
  for await (const row of rows) {
    part += `${JSON.stringify(row)}\n`
    if (part.length < partLength) continue
    yield part
    part = ''
  }
  if (part !== '') yield part
}
