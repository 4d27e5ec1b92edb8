// A bounded pool of connections to the server that accepts writes. It logs once when that server is away or back.

import { StoreError, type StoreLoad } from '../store.ts'
import { type DatabaseAddress, describeHost, type Host } from './address.ts'
import { Connection } from './connection.ts'
import { isRefusedForGood, isSaidByServer, messageOf } from './errors.ts'
import { requireSessions } from './pooler.ts'
import { Familiar } from './prepared.ts'
import { Presence, type PresenceOptions } from './presence.ts'
import { join, leastUsed, leave, type Use, type Users } from './sharing.ts'
import type { WaitingLine } from './waiting-line.ts'

export interface PoolOptions extends PresenceOptions {
  readonly address: DatabaseAddress
  /** The maximum number of connections. */
  readonly connections: number
  /** See `ConnectionOptions`. */
  readonly longestSilence?: number | undefined
  readonly line: WaitingLine
}

/** How many callers may wait for each possible connection before more are refused. */
const waitingPerConnection = 50
/** In ms, how long a caller waits for a connection. */
const waitLimit = 5_000
/** In ms, how long to wait before a server that gave no connection is asked again. */
const searchInterval = 250
const growthInterval = 1_000

export class Pool {
  readonly #options: PoolOptions
  readonly #presence: Presence
  #hosts: readonly Host[]
  readonly #familiar = new Familiar()
  readonly #connections = new Map<Connection, Users>()
  readonly #idle: Connection[] = []
  #opening = 0
  #noGrowthBefore = 0
  #crowded = false
  #doubted = false
  #closed = false

  constructor(options: PoolOptions) {
    this.#options = options
    this.#presence = new Presence(options)
    this.#hosts = options.address.hosts
  }

  /** Returns a connection, which must be released. Others may use it in the same way at the same time, unless it is `own`. */
  async take(use: Use): Promise<Connection> {
    if (this.#closed) throw closed()
    if (this.#presence.state === 'away') throw this.#presence.error()
    const free = this.#options.line.length === 0 ? this.#pick(use) : undefined
    return free ?? this.#wait(use)
  }

  release(connection: Connection): void {
    const users = this.#connections.get(connection)
    if (users === undefined) return
    if (leave(users)) this.#idle.push(connection)
    this.#serve()
  }

  load(): StoreLoad {
    const { line } = this.#options
    return { connections: this.#connections.size - this.#idle.length, queue: line.length }
  }

  /** Uses the connections to this host no more. Each is closed when what is in progress on it is over, or after two seconds. */
  retire(host: Host): void {
    const others = this.#idle.filter(connection => connection.host !== host)
    this.#idle.splice(0, this.#idle.length, ...others)
    for (const connection of this.#connections.keys())
      if (connection.host === host) {
        this.#connections.delete(connection)
        void connection.close()
      }
  }

  /** Closes each connection when nothing is in progress on it any more, or after two seconds. */
  async close(): Promise<void> {
    this.#closed = true
    this.#options.line.refuse(closed)
    await Promise.all([...this.#connections.keys()].map(connection => connection.close()))
  }

  #pick(use: Use): Connection | undefined {
    const idle = this.#idle.pop()
    if (idle === undefined) this.#grow()
    const connection = idle ?? leastUsed(this.#connections, use)
    const users = connection && this.#connections.get(connection)
    if (users === undefined) return undefined
    join(users, use)
    return connection
  }

  #wait(use: Use): Promise<Connection> {
    const { connections, startTimeout } = this.#options
    if (this.#options.line.length >= connections * waitingPerConnection) throw this.#busyError()
    const isStarting = this.#presence.state === 'starting'
    return this.#options.line.join(use, {
      time: isStarting ? startTimeout + waitLimit : waitLimit,
      lateError: () => (this.#connections.size > 0 ? this.#busyError() : this.#presence.error()),
    })
  }

  #serve(): void {
    this.#options.line.serve(use => this.#pick(use))
    if (this.#options.line.length === 0) this.#crowded = false
  }

  #grow(): void {
    const room = this.#connections.size + this.#opening < this.#options.connections
    if (room && performance.now() >= this.#noGrowthBefore) void this.#open()
  }

  async #open(): Promise<void> {
    this.#opening++
    try {
      const connection = await this.#connect()
      if (this.#closed) return void connection.close()
      this.#connections.set(connection, { use: 'own', count: 0, since: 0 })
      this.#idle.push(connection)
      this.#noGrowthBefore = 0
      this.#presence.found()
    } catch (error) {
      this.#noGrowthBefore = performance.now() + growthInterval
      if (this.#connections.size === 0 && this.#opening === 1) this.#missed(error as Error)
    } finally {
      this.#opening--
    }
    this.#serve()
  }

  /** Tries the hosts in turn, beginning with the one that gave the last connection. */
  async #connect(): Promise<Connection> {
    const failures: string[] = []
    const causes: unknown[] = []
    for (const host of this.#hosts) {
      try {
        const connection = await this.#openAt(host)
        this.#hosts = [host, ...this.#hosts.filter(other => other !== host)]
        return connection
      } catch (error) {
        failures.push(`${describeHost(host)} ${messageOf(error)}`)
        causes.push(error)
      }
    }
    // Waiting makes sense as long as one of the hosts may become reachable.
    throw new Error(failures.join('; '), {
      cause: causes.find(cause => !isRefusedForGood(cause)) ?? causes[0],
    })
  }

  async #openAt(host: Host): Promise<Connection> {
    const connection = await this.#openOneAt(host)
    try {
      if (!connection.pooled) return connection
      if (this.#connections.size === 0)
        await requireSessions(connection, () => this.#openOneAt(host))
      await connection.limit()
      return connection
    } catch (error) {
      connection.discard()
      throw error
    }
  }

  #openOneAt(host: Host): Promise<Connection> {
    const { address, longestSilence } = this.#options
    return Connection.open({
      address,
      host,
      familiar: this.#familiar,
      longestSilence,
      lost: one => this.#lost(one),
      silent: one => void this.#doubt(one),
    })
  }

  #lost(connection: Connection): void {
    if (!this.#connections.delete(connection) || this.#closed) return
    // Idle connections may be dead too, and would not notice.
    for (const other of this.#idle.splice(0)) if (other !== connection) other.discard()
    if (this.#connections.size === 0 && this.#opening === 0) void this.#open()
    else this.#serve()
  }

  /** A silent server may be busy or gone. A busy one accepts a new connection, or answers others meanwhile. */
  async #doubt({ host }: Connection): Promise<void> {
    if (this.#doubted) return
    this.#doubted = true
    const answered = this.#answersOf(host)
    try {
      await (await this.#openAt(host)).close()
    } catch (error) {
      const isSilent = this.#answersOf(host) <= answered
      if (isSilent && !isSaidByServer(error)) this.#giveUp(host, error)
    } finally {
      this.#doubted = false
    }
  }

  #answersOf(host: Host): number {
    return [...this.#connections.keys()]
      .filter(connection => connection.host === host)
      .reduce((sum, { answered }) => sum + answered, 0)
  }

  #giveUp(host: Host, error: unknown): void {
    this.#hosts = [...this.#hosts.filter(other => other !== host), host]
    this.#presence.gone(`${describeHost(host)} answers nothing any more; ${messageOf(error)}`)
    this.#refuse()
    for (const connection of this.#connections.keys())
      if (connection.host === host) connection.discard()
  }

  #missed(error: Error): void {
    if (this.#closed) return
    if (!this.#presence.isAwaited(error)) {
      this.#presence.gone(error.message)
      this.#refuse()
    }
    setTimeout(() => void this.#open(), searchInterval).unref()
  }

  #refuse(): void {
    this.#options.line.refuse(() => this.#presence.error())
  }

  #busyError(): StoreError {
    const advice = 'requests are refused: look for slow statements, or raise DATABASE_CONNECTIONS'
    if (!this.#crowded)
      this.#options.log.warn(
        {},
        `too many requests wait for a connection to the database; ${advice}`,
      )
    this.#crowded = true
    return new StoreError('busy', 'Too many requests wait for the database.', { reported: true })
  }
}

function closed(): StoreError {
  return new StoreError('unavailable', 'The service is stopping.')
}
