// One connection to one PostgreSQL server. It never reconnects: when it is lost, everything in progress on it fails.

import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { type Readable, promises as streams } from 'node:stream'
import postgres, { type Sql } from 'postgres'
import type { Row } from '../../resource/row.ts'
import { type Statement, StoreError } from '../store.ts'
import { type DatabaseAddress, type Host, socketPath } from './address.ts'
import { limits, usualSilence } from './bounds.ts'
import { ConnectionLost, isAboutEncryption, isConnectionLoss } from './errors.ts'
import { libraryOptions, type RowByRow, type Source } from './library.ts'
import { isSettingRefused } from './pooler.ts'
import { type Familiar, Prepared } from './prepared.ts'
import { watchSilence } from './silence.ts'
import { encrypt, type Files, readTlsFiles } from './tls.ts'
import type { Encryption } from './tls-settings.ts'

export interface ConnectionOptions {
  readonly address: DatabaseAddress
  readonly host: Host
  readonly familiar: Familiar
  /** Called once, when the connection is lost. */
  readonly lost: (connection: Connection) => void
  /** Called when the server has been silent for a while. */
  readonly silent: (connection: Connection) => void
  /** In ms, how long the server may be silent during a statement that is not unhurried; 12 s by default. */
  readonly longestSilence?: number | undefined
}

/** The settings of one attempt to connect. */
interface Attempt {
  readonly encryption: Encryption
  readonly files: Files
  /** Whether the limits of the session are told as it begins. Poolers may refuse that; then they are set afterwards. */
  readonly limited: boolean
}

export class Connection {
  readonly host: Host
  readonly #options: ConnectionOptions
  readonly #attempt: Attempt
  readonly #sql: Sql
  readonly #prepared: Prepared
  /** The socket below TLS comes first. */
  readonly #sockets: Socket[] = []
  #answered = 0
  #lost = false
  #unreplicated = false
  #pooled = false

  /** Throws if there is no server that accepts writes. */
  static async open(options: ConnectionOptions): Promise<Connection> {
    const { tls } = options.address
    const files = readTlsFiles(tls)
    const failures: unknown[] = []
    for (const encryption of tls.attempts)
      try {
        return await Connection.#openOnce(options, { encryption, files, limited: true })
      } catch (error) {
        if (!isAboutEncryption(error)) throw error
        failures.push(error)
      }
    throw failures[0]
  }

  static async #openOnce(options: ConnectionOptions, attempt: Attempt): Promise<Connection> {
    const connection = new Connection(options, attempt)
    try {
      await connection.#lookAround()
      return connection
    } catch (error) {
      connection.discard()
      const cause = error instanceof ConnectionLost ? error.cause : error
      if (!attempt.limited || !isSettingRefused(cause)) throw cause
      return Connection.#openOnce(options, { ...attempt, limited: false })
    }
  }

  private constructor(options: ConnectionOptions, attempt: Attempt) {
    this.host = options.host
    this.#options = options
    this.#attempt = attempt
    this.#prepared = new Prepared(options.familiar)
    const session = { ...options, limited: attempt.limited }
    this.#sql = postgres(
      libraryOptions(session, {
        socket: () => this.#connect(),
        onnotice: ({ routine }) => {
          if (routine === 'SyncRepWaitForLSN') this.#unreplicated = true
        },
        onclose: () => this.discard(),
      }),
    )
  }

  get lost(): boolean {
    return this.#lost
  }

  /** How many statements the server has answered, whatever it said. */
  get answered(): number {
    return this.#answered
  }

  /** Whether there is a pooler between the service and the server, which assigns sessions to clients. */
  get pooled(): boolean {
    return this.#pooled
  }

  /** The server's id of the session that the connection has at this moment. */
  async sessionId(): Promise<unknown> {
    const [row] = await this.#await(this.#sql.unsafe('select pg_backend_pid()').values())
    return row?.[0]
  }

  /** Sets the limits of the session, because a pooler may not have passed them on. */
  async limit(): Promise<void> {
    const settings = Object.entries({ ...limits, ...this.#options.address.session })
    const text = `select ${settings.map((_, index) => `set_config($${2 * index + 1}, $${2 * index + 2}, false)`).join(', ')}`
    await this.run({ text, values: settings.flat().map(String) })
  }

  /** Runs a statement. `unhurried`: however long it takes. Throws `ConnectionLost`, or the error of the server. */
  async run(
    { text, values, script }: Statement,
    { unhurried = false } = {},
  ): Promise<readonly Row[]> {
    if (script) return this.#await(this.#sql.unsafe(text), unhurried).then(() => [])
    const prepare = this.#prepared.includes(text)
    const result = await this.#await(
      this.#sql.unsafe(text, values as never[], { prepare }).values(),
      unhurried,
    )
    return Array.from(result as unknown as readonly Row[])
  }

  /** The rows of a statement one by one. */
  rows({ text, values }: Statement): Source<Row> {
    const result = this.#sql.unsafe(text, values as never[]).values() as unknown as RowByRow
    return {
      forEach: take => this.#await(result.forEach(take), true),
      read: isRead => this.#sockets.at(-1)?.[isRead ? 'resume' : 'pause'](),
    }
  }

  /** The lines of a `copy … to stdout`, each with its line feed; a stream that flows gives them as the library pushed them. */
  lines(copy: string): Source<Buffer> {
    let lines: Readable | undefined
    return {
      forEach: async take => {
        lines = await this.#await(this.#sql.unsafe(copy).readable(), true)
        await this.#await(streams.finished(lines.on('data', take)), true)
        // If the stream was full when the last lines came, the library has paused the socket for good.
        this.#sockets.at(-1)?.resume()
      },
      read: isRead => lines?.[isRead ? 'resume' : 'pause'](),
    }
  }

  /** Throws `ConnectionLost` if it is unknown whether the commit was done. */
  async commit(): Promise<void> {
    const { command } = await this.#await(this.#sql.unsafe('commit'))
    // PostgreSQL's response to the commit of a transaction in which a statement failed.
    if (command === 'ROLLBACK')
      throw new StoreError('fault', 'A work went on after a statement of it had failed.')
  }

  /** Closes it at once. Everything in progress is rejected. */
  discard(): void {
    if (this.#lost) return
    this.#lost = true
    for (const socket of this.#sockets.toReversed()) socket.destroy()
    void this.#sql.end({ timeout: 0 })
    this.#options.lost(this)
  }

  /** Closes it when nothing is in progress any more. */
  async close(): Promise<void> {
    await this.#sql.end({ timeout: 2 })
    this.discard()
  }

  async #await<T>(answer: Promise<T>, unhurried = false): Promise<T> {
    const { silent, longestSilence = usualSilence } = this.#options
    const stop = watchSilence({
      received: () => this.#sockets[0]?.bytesRead ?? 0,
      longest: longestSilence,
      suspicious: () => silent(this),
      over: unhurried ? () => {} : () => this.discard(),
    })
    try {
      const result = await answer
      this.#answered++
      if (this.#unreplicated)
        throw this.#lose(new Error('The synchronous standby did not confirm the commit.'))
      return result
    } catch (error) {
      if (this.#lost || isConnectionLoss(error)) throw this.#lose(error)
      this.#answered++
      throw error
    } finally {
      stop()
    }
  }

  #lose(error: unknown): ConnectionLost {
    this.discard()
    return new ConnectionLost(error instanceof Error ? error.message : 'The connection broke.', {
      cause: error,
    })
  }

  /** Gives the library a socket only once, because it would otherwise reconnect below a running transaction. */
  async #connect(): Promise<Socket> {
    if (this.#sockets.length > 0 || this.#lost) throw new Error('The server closed the connection.')
    const { host } = this
    const { tls, connectTimeout } = this.#options.address
    const path = socketPath(host)
    const signal = AbortSignal.timeout(connectTimeout)
    try {
      const socket = this.#keep(
        connect({ ...(path === undefined ? host : { path }), noDelay: true }),
      )
      await once(socket, 'connect', { signal })
      if (path !== undefined) return socket
      return this.#keep(await encrypt(socket, { ...this.#attempt, host: host.host, tls, signal }))
    } catch (error) {
      throw signal.aborted ? new Error(`No answer within ${connectTimeout} ms.`) : error
    }
  }

  #keep(socket: Socket): Socket {
    if (this.#sockets.includes(socket)) return socket
    this.#sockets.push(socket)
    // The library stops listening before the socket has ended, and a later error would then end the process.
    return socket.on('error', () => this.discard()).once('close', () => this.discard())
  }

  /** Finds out whether the server accepts writes, and whether there is a pooler in between. */
  async #lookAround(): Promise<void> {
    const text = `select pg_backend_pid(), current_setting('transaction_read_only')`
    const result = await this.#await(this.#sql.unsafe(text).values())
    const [[pid, readOnly] = []] = result as unknown as readonly Row[]
    if (readOnly === 'on')
      throw new Error('The server takes no writes: it is a standby, or set to be read-only.')
    this.#pooled = pid !== result.state.pid
  }
}
