// Looks at every row of a body before any is stored. The rows are read again then, so that only the text is held in memory.

import { setImmediate } from 'node:timers/promises'
import type { Principal } from '../access/access.ts'
import { requireWritable } from '../access/field-scopes.ts'
import { csv } from '../formats/csv.ts'
import { CsvReader } from '../formats/csv-reader.ts'
import { maxRows, maxRowsWithPasswords } from '../formats/formats.ts'
import { NdjsonReader } from '../formats/ndjson-reader.ts'
import { type ReadLine, type ReadRow, type RowReader, rowsIn } from '../formats/row-reader.ts'
import { type Finding, Problem } from '../http/problem.ts'
import type { Operation } from '../operations/operation.ts'
import type { JsonSchema } from '../resource/field.ts'
import type { Values } from '../resource/row.ts'
import { compileEach } from '../validation/compile-each.ts'
import { bodyFindings } from '../validation/validator.ts'
import type { Call } from './call.ts'
import { withLine } from './refused-line.ts'

/** How many findings a problem names. */
const maxFindings = 100

/** Reads rows of this media type. */
export function readerOf(operation: Operation, type: string): RowReader {
  if (type !== csv.type) return new NdjsonReader()
  const members = shapeOf(operation).properties as object
  return new CsvReader(operation.model.fields.filter(({ name }) => Object.hasOwn(members, name)))
}

/** The shape of one row, which has no children. */
function shapeOf({ bodies, model }: Operation): JsonSchema {
  const [{ shape = {} } = {}] = bodies
  if (model.children.length === 0) return shape
  const names = model.children.map(({ name }) => name)
  const members = Object.entries(shape.properties as object)
  const own = Object.fromEntries(members.filter(([name]) => !names.includes(name)))
  return { ...shape, properties: own }
}

const validatorOf = compileEach(shapeOf)

/** Throws a `Problem` if a row is refused whatever is stored (422, 403), or if there are too many (413). Returns how many there are. */
export async function checkRows(operation: Operation, call: Call): Promise<number> {
  const check = new RowCheck(operation, call.principal, mostOf(operation))
  for (const lines of rowsIn(readerOf(operation, call.bodyType), call.body as Buffer)) {
    for (const line of lines) check.look(line)
    await setImmediate()
  }
  return check.finish()
}

function mostOf({ model: { fields } }: Operation): number {
  return fields.some(({ kind }) => kind.isHashed) ? maxRowsWithPasswords : maxRows
}

export function tooManyRows({ model }: Operation, most: number): Problem {
  return new Problem('contentTooLarge', { detail: `It may bring up to ${most} ${model.name}.` })
}

/** Looks at rows one by one, up to so many. */
export class RowCheck {
  readonly #operation: Operation
  readonly #principal: Principal
  readonly #most: number
  readonly #findings: Finding[] = []
  #more = 0
  #rows = 0
  #refused = 0
  #forbidden: Problem | undefined

  constructor(operation: Operation, principal: Principal, most: number) {
    this.#operation = operation
    this.#principal = principal
    this.#most = most
  }

  /** Whether none has been refused so far. */
  get isGood(): boolean {
    return this.#refused === 0 && this.#forbidden === undefined
  }

  /** How many rows it has looked at. */
  get rows(): number {
    return this.#rows
  }

  /** How many of the lines have findings. */
  get refused(): number {
    return this.#refused
  }

  look(line: ReadLine): void {
    if ('mistake' in line) this.#add([mistakeFinding(line)])
    else this.#lookAtRow(line)
  }

  finish(): number {
    const [more, errors] = [this.#more, this.#findings]
    if (errors.length > 0)
      throw new Problem('invalidBody', { errors, ...(more > 0 && { extensions: { more } }) })
    if (this.#forbidden !== undefined) throw this.#forbidden
    return this.#rows
  }

  #lookAtRow({ line, values }: ReadRow): void {
    this.#rows++
    if (this.#rows > this.#most) throw tooManyRows(this.#operation, this.#most)
    const findings = bodyFindings(validatorOf(this.#operation)(values))
    this.#add(findings.map(finding => ({ line, ...finding }) as Finding))
    if (findings.length === 0) this.#requireAllowed(line, values as Values)
  }

  #requireAllowed(line: number, sent: Values): void {
    const { model } = this.#operation
    if (!model.hasFieldScopes || this.#forbidden !== undefined) return
    try {
      requireWritable(this.#principal, model, { sent, current: undefined })
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      this.#forbidden = withLine(line, error) as Problem
    }
  }

  #add(findings: readonly Finding[]): void {
    if (findings.length > 0) this.#refused++
    const fitting = findings.slice(0, maxFindings - this.#findings.length)
    this.#findings.push(...fitting)
    this.#more += findings.length - fitting.length
  }
}

function mistakeFinding({ line, member, mistake: detail }: Exclude<ReadLine, ReadRow>): Finding {
  const pointer =
    member === undefined ? '#' : `#/${encodeURIComponent(member.slice(0, 200).toWellFormed())}`
  return { line, pointer, detail }
}
