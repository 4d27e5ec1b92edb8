// Suggestions for names that are not known; the code for them is loaded only then.

import type { Command } from './command.ts'
import { commands } from './commands.ts'

const unknown = /^(?<what>Unknown option|There is no command) '(?<name>[^']+)'/

/** The message of a wrong call, with a suggestion where a known name is near. */
export async function withSuggestion(
  message: string,
  command: Command | undefined,
): Promise<string> {
  const { what, name = '' } = unknown.exec(message)?.groups ?? {}
  if (what === undefined) return message
  const taken = [...Object.keys(command?.options ?? {}), ...(command?.settings ?? [])]
  const options = ['help', 'version', ...taken].map(option => `--${option}`)
  const { didYouMean } = await import('../resource/did-you-mean.ts')
  const suggestion = didYouMean(name, name.startsWith('-') ? options : Object.keys(commands))
  return suggestion === '' ? message : `${what} '${name}'${suggestion}`
}
