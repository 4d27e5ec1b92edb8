// The time of a service under test: that of the machine, until a test sets it; then it stands still.

export class TestClock {
  #now: Date | undefined

  constructor(now?: Date | string) {
    if (now !== undefined) this.set(now)
  }

  now(): Date {
    return new Date(this.#now ?? Date.now())
  }

  set(now: Date | string): void {
    const date = new Date(now)
    if (Number.isNaN(date.getTime())) throw new Error(`'${now}' is no date.`)
    this.#now = date
  }

  advance(milliseconds: number): void {
    this.set(new Date(this.now().getTime() + milliseconds))
  }
}
