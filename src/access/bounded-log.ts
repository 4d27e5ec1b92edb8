// Log lines that callers can cause at will: a bounded number of each kind within a minute, and then how many more there were.

import type { Log } from '../resource/resource.ts'

export interface Line {
  readonly level: 'info' | 'warn'
  /** Its kind, of which there are few. */
  readonly event: string
  /** The address or the caller that caused it. */
  readonly who: string
  readonly details: object
  readonly message: string
}

/** Lines of one kind within a minute, and among them those about one caller, so that nobody drowns the others. */
const maxLines = 60
const maxLinesEach = 10
const minute = 60_000

/** Runs `work` once, after this many milliseconds. Returns a function that cancels it. */
export type Schedule = (milliseconds: number, work: () => void) => () => void

interface OpenWindow {
  readonly cancel: () => void
  /** How many lines were written, by caller. */
  readonly written: Map<string, number>
  lines: number
  leftOut: number
}

export class BoundedLog {
  readonly #log: Log
  readonly #schedule: Schedule
  readonly #windows = new Map<string, OpenWindow>()

  constructor(log: Log, schedule: Schedule = afterwards) {
    this.#log = log
    this.#schedule = schedule
  }

  /** Writes the line, or only counts it. `log`: the log of the request that the line is about. */
  write({ level, event, who, details, message }: Line, log: Log = this.#log): void {
    const window = this.#windows.get(event) ?? this.#open(event)
    const before = window.written.get(who) ?? 0
    if (window.lines >= maxLines || before >= maxLinesEach) return void window.leftOut++
    window.lines++
    window.written.set(who, before + 1)
    log[level]({ event, ...details }, message)
  }

  /** Reports at once how many lines were left out. */
  close(): void {
    for (const [event, { cancel }] of [...this.#windows]) {
      cancel()
      this.#end(event)
    }
  }

  #open(event: string): OpenWindow {
    const cancel = this.#schedule(minute, () => this.#end(event))
    const window = { cancel, written: new Map<string, number>(), lines: 0, leftOut: 0 }
    this.#windows.set(event, window)
    return window
  }

  #end(event: string): void {
    const leftOut = this.#windows.get(event)?.leftOut ?? 0
    this.#windows.delete(event)
    if (leftOut > 0)
      this.#log.warn({ event, leftOut }, `${leftOut} more of this kind within a minute`)
  }
}

function afterwards(milliseconds: number, work: () => void): () => void {
  const timer = setTimeout(work, milliseconds).unref()
  return () => clearTimeout(timer)
}
