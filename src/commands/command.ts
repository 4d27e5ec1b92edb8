// A command of the command line, and its arguments.

import type { ParseArgsOptionsConfig } from 'node:util'
import type { About } from '../http/about.ts'

export interface Command {
  readonly summary: string
  /** The ways to call it, each with what it does, for its help. */
  readonly usage: readonly (readonly [call: string, effect: string])[]
  readonly options?: ParseArgsOptionsConfig
  /** The settings that it also takes as options. */
  readonly settings?: readonly SettingOption[]
  /** Whole calls, without the name of the program. */
  readonly examples?: readonly string[]
  /** Loads the code of the command, and returns the function that runs it. */
  load(): Promise<(call: CommandCall) => Promise<number | void>>
}

/** The options that stand for a setting, in the commands that read it. */
export const settingOptions = {
  host: { setting: 'HOST', value: '127.0.0.1' },
  port: { setting: 'PORT', value: '3001' },
  database: { setting: 'DATABASE_URL', value: 'sqlite:my.db' },
} as const

export type SettingOption = keyof typeof settingOptions

export interface CommandCall {
  readonly operands: readonly string[]
  readonly options: Readonly<Record<string, unknown>>
  /** The project's description of itself. */
  readonly about: About
  /** The version of the project. */
  readonly version: string
  readonly environment: NodeJS.ProcessEnv
}

/** A command is called in a wrong way. */
export class UsageError extends Error {}

export function refuseOperands(operands: readonly string[]): void {
  if (operands.length > 0) throw new UsageError(`'${operands.join(' ')}' is not expected here.`)
}

/** Refuses the options of other actions of the same command. */
export function refuseOptions(
  action: string,
  { options }: CommandCall,
  taken: readonly string[],
): void {
  for (const option of Object.keys(options))
    if (!taken.includes(option)) throw new UsageError(`${action} has no option '--${option}'.`)
}
