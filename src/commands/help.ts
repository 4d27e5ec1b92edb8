// The help of all commands, and of each.

import { type Command, settingOptions } from './command.ts'
import { commands } from './commands.ts'

type Row = readonly [left: string, right: string]

export const name = 'restwell'

export const help = `Usage: ${name} <command>

${columns(Object.entries(commands).map(([command, { summary }]) => [command, summary]))}

  --help     Show this; after a command, show its options and examples
  --version  Show the version

Settings come from the environment and a .env file; docs/settings.md lists them.
Exit codes: 0 for done, 1 for refused or failed, 2 for wrong usage.`

export function helpOf({ summary, usage, settings = [], examples = [] }: Command): string {
  const calls = usage.map(
    ([call, effect]): Row => [call.startsWith(' ') ? call : `${name} ${call}`, effect],
  )
  const instead = settings.map((option): Row => {
    const { setting, value } = settingOptions[option]
    return [`    --${option} ${value}`, `instead of the setting ${setting}`]
  })
  const shown = examples.map(example => `  ${name} ${example}`)
  const parts = [`${summary}.`, `Usage:\n${columns([...calls, ...instead])}`]
  if (shown.length > 0) parts.push(`Examples:\n${shown.join('\n')}`)
  return parts.join('\n\n')
}

/** Lines of two columns. */
function columns(rows: readonly Row[]): string {
  const width = Math.max(...rows.map(([left]) => left.length))
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`.trimEnd()).join('\n')
}
