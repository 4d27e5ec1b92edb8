// What a command of the command line is, and what it is called with.

import type { ParseArgsOptionsConfig } from 'node:util'

export interface Command {
  /** Its operands and options, as the help shows them. */
  readonly usage: string
  readonly summary: string
  readonly options?: ParseArgsOptionsConfig
  /** Loads what it takes, and gives the function that does it. */
  load(): Promise<(call: Call) => Promise<number | void>>
}

export interface Call {
  readonly operands: readonly string[]
  readonly options: Readonly<Record<string, unknown>>
  readonly version: string
  readonly environment: NodeJS.ProcessEnv
}

/** The words of a call are off. */
export class UsageError extends Error {}

export function refuseOperands(operands: readonly string[]): void {
  if (operands.length > 0) throw new UsageError(`'${operands.join(' ')}' is not expected here.`)
}
