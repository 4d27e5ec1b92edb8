// One row of the corpus: raw bytes, and what a service makes of them.

export interface Row {
  readonly what: string
  /** The section that decides it. */
  readonly source: string
  /** As latin1; several pieces are sent one after the other, each when the one before has been answered as often as it says. */
  readonly sent: string | readonly Piece[]
  /** Of every answer, in order. */
  readonly statuses: readonly number[]
  /** Whether the connection can be used afterwards. */
  readonly open: boolean
  /** The last answer was sent before it was known to be the last. */
  readonly unannounced?: boolean
  /** How many cars it stores; none by default. */
  readonly stored?: number
  /** Which answers are to HEAD. */
  readonly heads?: readonly number[]
}

export interface Piece {
  readonly text: string
  /** How many answers, those to the pieces before included, are awaited before the next piece. */
  readonly answers: number
}

export const host = 'Host: localhost\r\n'
export const json = 'Content-Type: application/json\r\n'
export const car = '{"model":"240SX","color":"Silver"}'

export const long = (length: number) => 'x'.repeat(length)

/** A whole request without a body. `fields`: more lines, each with its end. */
export function get(path = '/cars/1', fields = '', method = 'GET'): string {
  return `${method} ${path} HTTP/1.1\r\n${host}${fields}\r\n`
}

/** A POST of a car with these fields and this body. */
export function post(fields: string, body = '', path = '/cars'): string {
  return `POST ${path} HTTP/1.1\r\n${host}${json}${fields}\r\n${body}`
}

/** A good one, which stores a car. */
export const store = post(`Content-Length: ${car.length}\r\n`, car)

/** A chunk with all of a text, without the last chunk. */
export function chunk(text: string, extension = ''): string {
  return `${text.length.toString(16)}${extension}\r\n${text}\r\n`
}

export const chunked = 'Transfer-Encoding: chunked\r\n'

/** Stored in chunks: the fields, and what comes between the chunk and the end. */
export function inChunks(body: string, fields = chunked): string {
  return post(fields, body)
}
