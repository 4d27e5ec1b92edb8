// One connection of a client. Its requests are answered in order, and it is closed in such a way that the client receives
// the last response (RFC 9112 §9.3.2, §9.6).

import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { type Refusal, refusalToResponse } from './parse-error.ts'

/** How long a connection is still read after its last response, so that closing it does not lose that response. */
export interface LingerBounds {
  /** In ms, how long the client may send nothing. */
  readonly silence: number
  /** In ms, in all. */
  readonly time: number
  /** How many bytes are read and discarded. */
  readonly bytes: number
}

export class ClientConnection {
  readonly #socket: Socket
  readonly #bounds: LingerBounds
  #request: IncomingMessage | undefined
  #response: ServerResponse | undefined
  /** Whether no further request is accepted. */
  #closing = false
  #refused = false
  /** Whether a refusal is to be sent after the responses. */
  #refusing = false
  #discarding = false
  #ended = false

  constructor(socket: Socket, bounds: LingerBounds) {
    this.#socket = socket
    this.#bounds = bounds
    // Node calls this after the last response. Closing with unread bytes would reset the connection, and the client might
    // lose the response.
    socket.destroySoon = () => this.end()
  }

  /** Whether to serve a request; one that comes after the last is not served. `last`: no request can follow this one. */
  admit(request: IncomingMessage, response: ServerResponse, last: boolean): boolean {
    if (this.#closing) {
      this.#discard()
      request.resume()
      return false
    }
    this.#request = request
    this.#response = response
    this.#closing = last
    return true
  }

  /** Lets go of a request that has been read and answered, so that an idle connection holds nothing of it. */
  release(response: ServerResponse): void {
    if (response !== this.#response || this.#request?.complete === false) return
    this.#request = undefined
    this.#response = undefined
  }

  /** Whether a response must say `Connection: close`: it is the last one, and the connection ends or is wished to end. */
  endsWith(response: ServerResponse, wished: boolean): boolean {
    if (response !== this.#response || this.#refusing) return false
    this.#closing ||= wished
    return this.#closing
  }

  /** Sends the reason why no further request can be read, after all earlier responses, and ends the connection. */
  refuse(refusal: Refusal): void {
    if (this.#refused || this.#socket.destroyed) return
    this.#refused = true
    this.#closing = true
    this.#socket.on('error', ignore)
    const say = () => this.#say(refusal)
    const [request, response] = [this.#request, this.#response]
    if (request === undefined || response === undefined) say()
    else if (request.complete) this.#refuseBehind(response, say)
    else if (response.headersSent) whenFinished(response, () => this.end())
    else whenItsTurn(response, say)
    this.#discard()
  }

  /** Ends in stages: stops writing, reads for a while, and closes when the client does. */
  end(): void {
    if (this.#ended || this.#socket.destroyed) return
    this.#ended = true
    this.#closing = true
    const socket = this.#socket
    socket.on('error', ignore).on('timeout', () => socket.destroy())
    this.#discard()
    socket.end()
    if (socket.writableFinished) this.#linger()
    else socket.once('finish', () => this.#linger())
  }

  #refuseBehind(response: ServerResponse, say: () => void): void {
    this.#refusing = true
    whenFinished(response, say)
  }

  #say(refusal: Refusal): void {
    if (this.#socket.writable) this.#socket.write(refusalToResponse(refusal))
    this.end()
  }

  #linger(): void {
    const { silence, time } = this.#bounds
    const socket = this.#socket.setTimeout(silence)
    const timer = setTimeout(() => socket.destroy(), time)
    socket.once('close', () => clearTimeout(timer))
  }

  /** Discards what still arrives, without parsing it as requests. */
  #discard(): void {
    if (this.#discarding) return
    this.#discarding = true
    let left = this.#bounds.bytes
    this.#socket.removeAllListeners('data').on('data', ({ length }: Buffer) => {
      left -= length
      if (left < 0) this.#socket.destroy()
    })
    if (this.#request?.complete === false) this.#request.resume()
    this.#socket.resume()
  }
}

function ignore(): void {}

function whenFinished(response: ServerResponse, act: () => void): void {
  if (response.writableFinished) act()
  else response.once('finish', act)
}

/** Calls `act` when all earlier responses have been sent, and it is the turn of this one. */
function whenItsTurn(response: ServerResponse, act: () => void): void {
  if (response.socket === null) response.once('socket', act)
  else act()
}
