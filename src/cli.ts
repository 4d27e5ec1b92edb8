// The command line, and the only file that knows the process.

import { readFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { readAbout } from './commands/about.ts'
import { type Command, UsageError } from './commands/command.ts'
import { commands } from './commands/commands.ts'
import { withSuggestion } from './commands/suggestion.ts'

const { name, version } = JSON.parse(
  await readFile(new URL('../package.json', import.meta.url), 'utf8'),
)

const help = `Usage: ${name} <command>

${columns(Object.entries(commands).map(([command, { summary }]) => [command, summary]))}

  --help     Show this; after a command, show its options
  --version  Show the version

Settings come from the environment and a .env file; docs/settings.md lists them.
Exit codes: 0 for done, 1 for refused or failed, 2 for wrong usage.`

function helpOf({ summary, usage }: Command): string {
  return `${summary}.\n\nUsage:\n${columns(usage.map(([call, effect]) => [call.startsWith(' ') ? call : `${name} ${call}`, effect]))}`
}

/** Lines of two columns. */
function columns(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([left]) => left.length))
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`.trimEnd()).join('\n')
}

const [first = ''] = process.argv.slice(2)
const command: Command | undefined = Object.hasOwn(commands, first)
  ? commands[first as keyof typeof commands]
  : undefined

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      ...command?.options,
      help: { type: 'boolean', short: 'h' },
      version: { type: 'boolean' },
    },
  })
  if (values.version) return void console.log(version)
  if (values.help && command !== undefined) return void console.log(helpOf(command))
  if (values.help || positionals.length === 0) return void console.log(help)
  if (command === undefined) throw new UsageError(`There is no command '${positionals[0]}'.`)
  const operands = positionals.slice(1)
  const run = await command.load()
  const about = await readAbout(version)
  // A command returns its exit code if that is not 0.
  process.exitCode =
    (await run({
      operands,
      options: values,
      about,
      version: about.version,
      environment: process.env,
    })) ?? 0
}

main().catch(async (error: Error & { code?: string }) => {
  const usage = error instanceof UsageError || error.code?.startsWith('ERR_PARSE_ARGS') === true
  process.exitCode = usage ? 2 : 1
  if (!usage) return console.error(`${name}: ${error.message}`)
  console.error(`${await withSuggestion(error.message, command)}\nTry '${name} --help'.`)
})
