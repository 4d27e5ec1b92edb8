// POST of rows that are stored later (RFC 7240 §4.1): their text goes to the database part by part, and when it is whole,
// an import is made of it, which answers 202. Nothing of the rows is stored before that.

import { createHash } from 'node:crypto'
import type { Readable } from 'node:stream'
import type { Principal } from '../access/access.ts'
import { rowFormats } from '../formats/formats.ts'
import {
  addressOf,
  type Call,
  type Handler,
  representationFields,
  shownRow,
} from '../handlers/call.ts'
import { write, writeContext } from '../handlers/change.ts'
import { type Engine, tableOf } from '../handlers/engine.ts'
import { type Effect, idempotentHandler } from '../handlers/idempotent.ts'
import { requireParent } from '../handlers/visible.ts'
import type { Answer } from '../http/answer.ts'
import { importType } from '../http/media-types.ts'
import { Problem } from '../http/problem.ts'
import type { Operation } from '../operations/operation.ts'
import { only } from '../store/only.ts'
import type { Work } from '../store/store.ts'
import { ImportTables } from './import-tables.ts'
import { dropText } from './tidy.ts'

export interface ReceivingOptions {
  /** In bytes, how large a text may be. */
  readonly limit: number
  /** Called when an import waits to be worked on. */
  readonly wake: () => void
}

/** How many texts one process receives at a time. */
const maxReceiving = 4
/** How many texts of the largest size may wait together. */
const maxWaiting = 4
/** In characters, how much of a text is one row of the database. */
const partLength = 256 * 1024

/** A text that is in the database. */
interface Received {
  readonly upload: string
  readonly size: number
  /** How many lines it has, about as many as rows. */
  readonly lines: number
  readonly digest: string
}

export function receivingHandler(
  engine: Engine,
  operation: Operation,
  { limit, wake }: ReceivingOptions,
): Handler {
  const tables = new ImportTables(name => tableOf(engine, name))
  const receiver = new Receiver(engine, tables, limit)
  const accept = idempotentHandler(engine, operation, call => {
    const { received, accepted } = call.body as Accepting
    return makeImport(engine, operation, call, { received, committed: accepted })
  })
  return async call => {
    await requireParent(engine, operation, call)
    return receiver.receive(call.body as Readable, async received => {
      await call.countRows(received.lines)
      let isKept = false
      const accepted = () => {
        isKept = true
        wake()
      }
      const body: Accepting = { received, accepted }
      const answer = await accept({ ...call, body, bodyText: received.digest })
      // A repeated request has brought the text once more.
      if (!isKept) await dropText(engine, received.upload)
      return answer
    })
  }
}

interface Accepting {
  readonly received: Received
  readonly accepted: () => void
}

function* makeImport(
  engine: Engine,
  operation: Operation,
  call: Call,
  { received, committed }: { received: Received; committed: () => void },
): Work<Effect> {
  const table = tableOf(engine, 'imports')
  const { row } = yield* write(writeContext(engine, call.principal), table, {
    operation: 'create',
    values: {
      resource: operation.model.name,
      format: rowFormats.get(call.bodyType)?.ending ?? '',
      on_duplicate: String(call.parameters.on_duplicate),
      size: received.size,
      upload: received.upload,
      operation: operation.id,
      address: { ...call.keys },
      caller: toStoredCaller(call.principal),
    },
  })
  const answer = {
    status: 202,
    headers: {
      ...representationFields(operation, call),
      'content-type': `${importType}; charset=utf-8`,
      location: addressOf(call, '/imports', row[0] ?? null),
      'retry-after': '1',
    },
    body: JSON.stringify(shownRow(table.model, row)),
  }
  return { answer, committed }
}

function toStoredCaller({ id, kind, scopes, plan, claims }: Principal) {
  return {
    id,
    kind,
    scopes: [...scopes],
    plan: plan ?? null,
    claims: JSON.parse(JSON.stringify(claims)),
  }
}

class Receiver {
  readonly #engine: Engine
  readonly #tables: ImportTables
  readonly #limit: number
  #receiving = 0

  constructor(engine: Engine, tables: ImportTables, limit: number) {
    this.#engine = engine
    this.#tables = tables
    this.#limit = limit
  }

  /** Receives a text, and forgets it again if it is not used. */
  async receive(body: Readable, use: (received: Received) => Promise<Answer>): Promise<Answer> {
    if (this.#receiving >= maxReceiving) throw tooMany()
    this.#receiving++
    const upload = this.#engine.newUuid(this.#engine.clock())
    try {
      await this.#requireSpace()
      return await use(await this.#store(upload, body))
    } catch (error) {
      await dropText(this.#engine, upload)
      throw error
    } finally {
      this.#receiving--
    }
  }

  async #requireSpace(): Promise<void> {
    const [[waiting] = []] = await this.#engine.store.query(this.#tables.selectWaiting)
    if (Number(waiting) > (maxWaiting - 1) * this.#limit) throw tooMany()
  }

  async #store(upload: string, body: Readable): Promise<Received> {
    const text = new TextParts(this.#limit)
    let count = 0
    const keep = async (part: string) => {
      const statement = this.#tables.insertPart(upload, count++, part)
      await this.#engine.store.transact(() => only(statement))
    }
    for await (const piece of piecesOf(body)) for (const part of text.add(piece)) await keep(part)
    const last = text.end()
    if (last !== '') await keep(last)
    return { upload, size: text.size, lines: text.lines, digest: text.digest() }
  }
}

/** A client that goes away before it has sent everything has sent nothing. */
async function* piecesOf(body: Readable): AsyncGenerator<Buffer> {
  try {
    yield* body
  } catch {
    throw new Problem('malformed')
  }
}

/** Puts pieces of a text together to parts of about the same length. */
class TextParts {
  readonly #limit: number
  /** It takes away a byte order mark, and refuses what is no UTF-8. */
  readonly #decoder = new TextDecoder('utf-8', { fatal: true })
  readonly #hash = createHash('sha256')
  #text = ''
  size = 0
  lines = 0

  constructor(limit: number) {
    this.#limit = limit
  }

  /** The parts that are full with this piece. */
  add(piece: Buffer): readonly string[] {
    this.size += piece.length
    if (this.size > this.#limit) throw new Problem('contentTooLarge')
    this.#hash.update(piece)
    this.#take(() => this.#decoder.decode(piece, { stream: true }))
    const full: string[] = []
    while (this.#text.length > partLength) full.push(this.#cut())
    return full
  }

  /** Not between the halves of a surrogate pair. */
  #cut(): string {
    const isHigh = /[\uD800-\uDBFF]/.test(this.#text.charAt(partLength - 1))
    const length = isHigh ? partLength - 1 : partLength
    const part = this.#text.slice(0, length)
    this.#text = this.#text.slice(length)
    return part
  }

  /** The rest. */
  end(): string {
    this.#take(() => this.#decoder.decode())
    return this.#text
  }

  digest(): string {
    return this.#hash.digest('base64url')
  }

  #take(decode: () => string): void {
    const text = decoded(decode)
    if (text.includes('\0'))
      throw new Problem('malformed', { detail: 'The text has a NUL character.' })
    for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) this.lines++
    this.#text += text
  }
}

function decoded(decode: () => string): string {
  try {
    return decode()
  } catch {
    throw new Problem('malformed')
  }
}

function tooMany(): Problem {
  return new Problem('overloaded', {
    detail: 'As many imports as may be are being received or wait. Please try again.',
    headers: { 'retry-after': '5' },
  })
}
