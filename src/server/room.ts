// The memory that callers make the process hold: bodies that are worked on, and answers that have not been read yet. It is
// bounded as a whole, as a hundred pages that nobody reads on would otherwise take all that a container has.

import type { Socket } from 'node:net'

export interface RoomOptions {
  /** In bytes, what is held for all callers together. */
  readonly total?: number
  /** In bytes a second, how fast an answer must be read. */
  readonly rate?: number
  /** In ms, the time that every answer has beside that. */
  readonly gracePeriod?: number
}

/** In bytes, what bodies and unread answers may take together. */
export const maxHeldBytes = 64 * 1024 * 1024
/** In bytes: what is larger leaves the last quarter alone, so that whoever fills the rest does not keep others from small answers. */
export const largeBytes = 64 * 1024
/** In bytes: what is smaller is never refused, as connections are bounded, and so is what each may leave unanswered. */
export const smallBytes = 4 * 1024
/** How many requests one connection may have sent that are not answered. */
export const maxUnanswered = 100
/** An answer must be read this fast, in bytes a second, or its connection is closed. */
export const minReadRate = 64 * 1024
/** In ms, the time that every answer has beside that. */
export const readGracePeriod = 20_000

/** What one connection makes us hold. */
export interface Account {
  readonly socket: Socket
  bytes: number
  /** Requests under way. */
  unanswered: number
  /** Answers that have been written and not been read to the end. */
  unread: number
  /** When those must have been read. */
  deadline: number
  closed: boolean
}

export class Room {
  readonly #total: number
  readonly #rate: number
  readonly #gracePeriod: number
  readonly #accounts = new WeakMap<Socket, Account>()
  readonly #unread = new Set<Account>()
  #held = 0

  constructor({ total = maxHeldBytes, rate = minReadRate, gracePeriod = readGracePeriod }: RoomOptions = {}) {
    this.#total = total
    this.#rate = rate
    this.#gracePeriod = gracePeriod
  }

  /** In bytes. */
  get held(): number {
    return this.#held
  }

  /** Whether so many bytes more may be held. */
  admits(bytes: number): boolean {
    if (bytes <= smallBytes) return true
    return this.#held + bytes <= (bytes > largeBytes ? 0.75 * this.#total : this.#total)
  }

  /** A request has arrived. */
  begin(socket: Socket): Account {
    const account = this.#accounts.get(socket) ?? this.#open(socket)
    account.unanswered++
    return account
  }

  hold(account: Account, bytes: number): void {
    // Nothing is held for a connection that is gone.
    if (account.closed) return
    account.bytes += bytes
    this.#held += bytes
  }

  /** An answer of so many bytes has been written, and is to be read. */
  answer(account: Account, bytes: number, now: number): void {
    this.hold(account, bytes)
    if (account.closed) return
    const time = (bytes / this.#rate) * 1000
    // Who asks for more without reading has no more time but for that.
    account.deadline = account.unread === 0 ? now + this.#gracePeriod + time : account.deadline + time
    account.unread++
    this.#unread.add(account)
  }

  /** A request for which so many bytes were held is over: its answer has been read, or is in the kernel's hands. */
  end(account: Account, bytes: number, now: number): void {
    account.unanswered--
    account.unread = Math.max(0, account.unread - 1)
    if (account.unread === 0) this.#unread.delete(account)
    if (account.closed) return
    account.bytes -= bytes
    this.#held -= bytes
    account.deadline = now + this.#gracePeriod + (account.bytes / this.#rate) * 1000
  }

  /** The connections whose answers should have been read by now. */
  slowReaders(now: number): readonly Account[] {
    return [...this.#unread].filter(({ deadline }) => deadline < now)
  }

  #open(socket: Socket): Account {
    const account = { socket, bytes: 0, unanswered: 0, unread: 0, deadline: 0, closed: false }
    this.#accounts.set(socket, account)
    socket.once('close', () => {
      account.closed = true
      this.#held -= account.bytes
      this.#unread.delete(account)
    })
    return account
  }
}
