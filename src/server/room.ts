// The memory that callers make the process hold: bodies in work, and responses that have not been read. It is bounded for all
// callers together, because a hundred pages that nobody reads could otherwise fill a container.

import type { Socket } from 'node:net'

export interface RoomOptions {
  /** In bytes, how much is held for all callers together. */
  readonly total?: number
  /** In bytes a second, how fast a response must be read. */
  readonly rate?: number
  /** In ms, the time that every response has in addition. */
  readonly gracePeriod?: number
}

/** In bytes, how much bodies and unread responses may take together. */
export const maxHeldBytes = 64 * 1024 * 1024
/** In bytes. Larger things may not use the last quarter, so that small responses are possible when the rest is full. */
export const largeBytes = 64 * 1024
/** In bytes. Smaller things are never refused: the number of connections is bounded, and so are the requests of each. */
export const smallBytes = 4 * 1024
/** How many requests of one connection may be without a response. */
export const maxUnanswered = 100
/** In bytes a second, how fast a response must be read; otherwise its connection is closed. */
export const minReadRate = 64 * 1024
/** In ms, the time that every response has in addition. */
export const readGracePeriod = 20_000

/** In bytes, what a body that is sent part by part is taken to hold. */
export const longBodyBytes = 2 * 1024 * 1024
/** In ms, how long such a body may take. */
export const longestBody = 15 * 60_000

/** The bytes that the process holds for one connection. */
export interface Account {
  readonly socket: Socket
  bytes: number
  /** Requests in progress. */
  unanswered: number
  /** Responses that have been written but not read to the end. */
  unread: number
  /** When they must have been read. */
  deadline: number
  closed: boolean
}

export class Room {
  readonly #total: number
  readonly #rate: number
  readonly #gracePeriod: number
  readonly #accounts = new WeakMap<Socket, Account>()
  /** Of the connections that are open. */
  readonly #open = new Set<Account>()
  #held = 0
  #requests = 0

  constructor({
    total = maxHeldBytes,
    rate = minReadRate,
    gracePeriod = readGracePeriod,
  }: RoomOptions = {}) {
    this.#total = total
    this.#rate = rate
    this.#gracePeriod = gracePeriod
  }

  /** In bytes. */
  get held(): number {
    return this.#held
  }

  /** How many requests are in progress. */
  get requests(): number {
    return this.#requests
  }

  /** Whether this many more bytes may be held. */
  admits(bytes: number): boolean {
    if (bytes <= smallBytes) return true
    return this.#held + bytes <= (bytes > largeBytes ? 0.75 * this.#total : this.#total)
  }

  /** A request has arrived. */
  begin(socket: Socket): Account {
    const account = this.#accounts.get(socket) ?? this.#add(socket)
    account.unanswered++
    this.#requests++
    return account
  }

  hold(account: Account, bytes: number): void {
    // Nothing is held for a connection that is gone.
    if (account.closed) return
    account.bytes += bytes
    this.#held += bytes
  }

  /** A response of this size has been written, and is to be read. */
  answer(account: Account, bytes: number, now: number): void {
    this.hold(account, bytes)
    if (account.closed) return
    const time = (bytes / this.#rate) * 1000
    // A client that asks for more without reading gets only the time for the new response.
    account.deadline =
      account.unread === 0 ? now + this.#gracePeriod + time : account.deadline + time
    account.unread++
  }

  /** The next part of a response is sought, for which its reader has to wait. Returns the time that it has left, in ms. */
  pause(account: Account, now: number): number {
    const left = account.deadline - now
    account.deadline = Number.POSITIVE_INFINITY
    return left
  }

  /** The reader of a response gets a part of it, and with it the time to read that. */
  goOn(account: Account, { left, bytes }: { left: number; bytes: number }, now: number): void {
    account.deadline = now + Math.min(left, this.#gracePeriod) + (bytes / this.#rate) * 1000
  }

  /** A request for which this many bytes were held is over: the client or the kernel has taken its response. */
  end(account: Account, bytes: number, now: number): void {
    account.unanswered--
    this.#requests--
    account.unread = Math.max(0, account.unread - 1)
    if (account.closed) return
    account.bytes -= bytes
    this.#held -= bytes
    account.deadline = now + this.#gracePeriod + (account.bytes / this.#rate) * 1000
  }

  /** The connections whose responses should have been read by now. */
  slowReaders(now: number): readonly Account[] {
    return [...this.#open].filter(({ unread, deadline }) => unread > 0 && deadline < now)
  }

  #add(socket: Socket): Account {
    const account = {
      socket,
      bytes: 0,
      unanswered: 0,
      unread: 0,
      deadline: 0,
      closed: socket.destroyed,
    }
    this.#accounts.set(socket, account)
    if (account.closed) return account
    this.#open.add(account)
    socket.once('close', () => {
      account.closed = true
      this.#held -= account.bytes
      this.#open.delete(account)
    })
    return account
  }
}
