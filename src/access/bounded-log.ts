// Lines of the log that callers can cause at will: so many of a kind within a minute, and then their number.

import type { Log } from '../resource/resource.ts'

export interface Line {
  readonly level: 'info' | 'warn'
  /** Its kind, of which there are few. */
  readonly event: string
  /** Whose doing it is: an address or a caller. */
  readonly who: string
  readonly details: object
  readonly message: string
}

/** Within a minute: lines of one kind, and of those the lines about one caller, so that none drowns the others. */
const maxLines = 60
const maxLinesEach = 10
const minute = 60_000

/** Does a work once, after so many milliseconds; gives what does away with it. */
export type Schedule = (milliseconds: number, work: () => void) => () => void

interface OpenWindow {
  readonly cancel: () => void
  /** Whose lines were written, and how many of them. */
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

  /** Writes the line, or counts it. `log` knows the request that the line is about. */
  write({ level, event, who, details, message }: Line, log: Log = this.#log): void {
    const window = this.#windows.get(event) ?? this.#open(event)
    const before = window.written.get(who) ?? 0
    if (window.lines >= maxLines || before >= maxLinesEach) return void window.leftOut++
    window.lines++
    window.written.set(who, before + 1)
    log[level]({ event, ...details }, message)
  }

  /** Says at once what was left out. */
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
    if (leftOut > 0) this.#log.warn({ event, leftOut }, `${leftOut} more of this kind within a minute`)
  }
}

function afterwards(milliseconds: number, work: () => void): () => void {
  const timer = setTimeout(work, milliseconds).unref()
  return () => clearTimeout(timer)
}
