// One connection to one PostgreSQL server, for one life: what is lost stays lost, and whatever is under way hears of it.

import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import postgres, { type Options, type Sql } from 'postgres'
import type { Row } from '../../resource/row.ts'
import { type Statement, StoreError } from '../store.ts'
import { ConnectionLost, isConnectionLoss } from './errors.ts'
import { type Familiar, Prepared } from './prepared.ts'

/** In ms, to reach a server and be let in. */
const connectTimeout = 3_000
/** In ms, for the server to keep: how long a statement may run, a lock be waited for, a transaction stand idle. */
const statementTimeout = 10_000
const lockTimeout = 3_000
const idleInTransactionTimeout = 10_000
/** In ms: when a server that says nothing is suspicious, and when the connection is given up, whatever it is. */
const suspiciousSilence = 1_000
const usualSilence = statementTimeout + 2_000

export interface Host {
  readonly host: string
  readonly port: number
}

/** The servers of an address: `postgres://…@one:5432,other:5432/…` has two. */
export function hostsOf(url: string): readonly Host[] {
  const { host, port } = postgres(url).options
  return host.map((name, index) => ({ host: name, port: port[index] ?? 5432 }))
}

/** How the library names what makes its sockets; its types leave it out. */
interface SocketOption {
  readonly socket: (options: { path: string | false }) => Promise<Socket>
}

export interface ConnectionOptions {
  readonly url: string
  readonly host: Host
  readonly familiar: Familiar
  /** Called once, when it is gone. */
  readonly lost: (connection: Connection) => void
  /** Called when the server says nothing for long. */
  readonly silent: (connection: Connection) => void
  /** In ms, how long the server may say nothing to a statement that is not unhurried; 12 s by default. */
  readonly longestSilence?: number | undefined
}

export class Connection {
  readonly host: Host
  readonly #options: ConnectionOptions
  readonly #sql: Sql
  readonly #prepared: Prepared
  #socket: Socket | undefined
  #lost = false
  #unreplicated = false

  /** Throws where there is no server that takes writes. */
  static async open(options: ConnectionOptions): Promise<Connection> {
    const connection = new Connection(options)
    try {
      await connection.#requireWritable()
      return connection
    } catch (error) {
      connection.discard()
      throw error instanceof ConnectionLost ? error.cause : error
    }
  }

  private constructor(connectionOptions: ConnectionOptions) {
    const { url, host } = connectionOptions
    this.host = host
    this.#options = connectionOptions
    this.#prepared = new Prepared(connectionOptions.familiar)
    // The library would connect anew below whoever is in the middle of a transaction, so it has one connection and
    // is given a socket once.
    const options: Options<typeof types> & SocketOption = {
      ...host,
      max: 1,
      socket: ({ path }) => this.#connect(path ? { path } : host),
      connect_timeout: connectTimeout / 1000,
      max_lifetime: null,
      fetch_types: false,
      connection: {
        application_name: 'restwell',
        statement_timeout: statementTimeout,
        lock_timeout: lockTimeout,
        idle_in_transaction_session_timeout: idleInTransactionTimeout,
      },
      onnotice: ({ routine }) => {
        if (routine === 'SyncRepWaitForLSN') this.#unreplicated = true
      },
      onclose: () => this.discard(),
      types,
    }
    this.#sql = postgres(url, options)
  }

  get lost(): boolean {
    return this.#lost
  }

  /** Runs a statement. `unhurried`: for as long as it takes. Throws `ConnectionLost`, or what the server says. */
  async run({ text, values, script }: Statement, { unhurried = false } = {}): Promise<readonly Row[]> {
    if (script) return this.#await(this.#sql.unsafe(text), unhurried).then(() => [])
    const prepare = this.#prepared.includes(text)
    const result = await this.#await(this.#sql.unsafe(text, values as never[], { prepare }).values(), unhurried)
    return Array.from(result as unknown as readonly Row[])
  }

  /** Throws `ConnectionLost` where it may or may not be done. */
  async commit(): Promise<void> {
    const { command } = await this.#await(this.#sql.unsafe('commit'))
    // What PostgreSQL answers to the commit of a transaction in which a statement failed.
    if (command === 'ROLLBACK') throw new StoreError('fault', 'A work went on after a statement of it had failed.')
    if (this.#unreplicated) throw this.#lose(new Error('The synchronous standby did not confirm the commit.'))
  }

  /** Lets go of it at once; everything under way is rejected. */
  discard(): void {
    if (this.#lost) return
    this.#lost = true
    this.#socket?.destroy()
    void this.#sql.end({ timeout: 0 })
    this.#options.lost(this)
  }

  /** Lets go of it when nothing is under way any more. */
  async close(): Promise<void> {
    await this.#sql.end({ timeout: 2 })
    this.discard()
  }

  async #await<T>(answer: Promise<T>, unhurried = false): Promise<T> {
    const { silent, longestSilence = usualSilence } = this.#options
    const suspicious = Math.min(suspiciousSilence, longestSilence / 2)
    const rest = () => (unhurried ? undefined : setTimeout(() => this.discard(), longestSilence - suspicious))
    let timer: NodeJS.Timeout | undefined = setTimeout(() => {
      silent(this)
      timer = rest()
    }, suspicious)
    try {
      return await answer
    } catch (error) {
      throw this.#lost || isConnectionLoss(error) ? this.#lose(error) : error
    } finally {
      clearTimeout(timer)
    }
  }

  #lose(error: unknown): ConnectionLost {
    this.discard()
    return new ConnectionLost(error instanceof Error ? error.message : 'The connection broke.', { cause: error })
  }

  async #connect(address: Host | { path: string }): Promise<Socket> {
    if (this.#socket !== undefined || this.#lost) throw new Error('The server closed the connection.')
    const socket = connect({ ...address, noDelay: true })
    this.#socket = socket
    // Where a certificate must match, this is the name that it must be for.
    Object.assign(socket, address)
    socket.once('close', () => this.discard())
    await once(socket, 'connect', { signal: AbortSignal.timeout(connectTimeout) }).catch(error => {
      throw error.name === 'AbortError' ? new Error(`No answer within ${connectTimeout} ms.`) : error
    })
    return socket
  }

  async #requireWritable(): Promise<void> {
    const [[readOnly] = []] = await this.run({ text: 'show transaction_read_only', values: [] })
    if (readOnly === 'on') throw new Error('The server takes no writes: it is a standby, or set to be read-only.')
  }
}

/** Integers are numbers here; the schemas keep them within ±(2^53-1). */
const checkedBigint = {
  to: 20,
  from: [20],
  serialize: String,
  parse: (text: string) => {
    const value = Number(text)
    if (!Number.isSafeInteger(value)) throw new StoreError('fault', `The integer ${text} cannot be read exactly.`)
    return value
  },
}

/** JSON stays the text that it was stored as. */
const jsonText = { to: 114, from: [114], serialize: String, parse: (text: string) => text }

const types = { bigint: checkedBigint, json: jsonText }
