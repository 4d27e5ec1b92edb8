// One connection of a client: what is owed on it is answered in order, and it ends so that the last answer is heard
// (RFC 9112 §9.3.2, §9.6).

import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Problem } from '../http/problem.ts'
import { problemToResponse } from './parse-error.ts'

/** How long a connection is read on after its last answer, so that this is not lost with it. */
export interface LingerBounds {
  /** Without a byte from the client, in ms. */
  readonly silence: number
  /** In all, in ms. */
  readonly time: number
  /** How much is read and thrown away. */
  readonly bytes: number
}

export class Connection {
  readonly #socket: Socket
  readonly #bounds: LingerBounds
  #request: IncomingMessage | undefined
  #response: ServerResponse | undefined
  /** No further request is taken. */
  #closing = false
  #refused = false
  /** A refusal is owed behind the answers. */
  #refusing = false
  #discarding = false
  #ended = false

  constructor(socket: Socket, bounds: LingerBounds) {
    this.#socket = socket
    this.#bounds = bounds
    // Node calls this after the last answer. Closing at once, with something unread, would reset the connection, and
    // the client might lose what it was told.
    socket.destroySoon = () => this.end()
  }

  /** Whether a request is to be answered: none is that comes behind the last one. `last`: nothing can follow this one. */
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

  /** Whether an answer has to say `Connection: close`: it is the last that is owed, and ends it or is wished to. */
  endsWith(response: ServerResponse, wished: boolean): boolean {
    if (response !== this.#response || this.#refusing) return false
    this.#closing ||= wished
    return this.#closing
  }

  /** Says why no request can be read any more, when all that came before is answered, and ends. */
  refuse(problem: Problem): void {
    if (this.#refused || this.#socket.destroyed) return
    this.#refused = true
    this.#closing = true
    this.#socket.on('error', ignore)
    const say = () => this.#say(problem)
    const [request, response] = [this.#request, this.#response]
    if (request === undefined || response === undefined) say()
    else if (request.complete) this.#refuseBehind(response, say)
    else if (response.headersSent) whenFinished(response, () => this.end())
    else whenItsTurn(response, say)
    this.#discard()
  }

  /** Ends in stages: says no more, reads on for a while, and closes when the client does. */
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

  #say(problem: Problem): void {
    if (this.#socket.writable) this.#socket.write(problemToResponse(problem))
    this.end()
  }

  #linger(): void {
    const { silence, time } = this.#bounds
    const socket = this.#socket.setTimeout(silence)
    const timer = setTimeout(() => socket.destroy(), time)
    socket.once('close', () => clearTimeout(timer))
  }

  /** What still comes is no request: it passes by the parser. */
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

/** When every answer before it is sent, so that its place on the connection is free. */
function whenItsTurn(response: ServerResponse, act: () => void): void {
  if (response.socket === null) response.once('socket', act)
  else act()
}
