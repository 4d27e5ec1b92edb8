// The command line, and the only file that knows the process.

import { readFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { readAbout } from './commands/about.ts'
import { type Command, settingOptions, UsageError } from './commands/command.ts'
import { commands } from './commands/commands.ts'
import { help, helpOf, name } from './commands/help.ts'
import { withSuggestion } from './commands/suggestion.ts'

const { version } = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8'))

const commandNamed = (called = ''): Command | undefined =>
  Object.hasOwn(commands, called) ? commands[called as keyof typeof commands] : undefined

const command = commandNamed(process.argv[2])
const taken = command?.settings ?? []

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      ...command?.options,
      ...Object.fromEntries(taken.map(option => [option, { type: 'string' as const }])),
      help: { type: 'boolean', short: 'h' },
      version: { type: 'boolean', short: 'v' },
    },
  })
  if (values.version) return void console.log(version)
  const [called, ...operands] = positionals
  if (called === undefined) return void console.log(help)
  if (called === 'help') return void console.log(helpOn(operands[0]))
  if (command === undefined) throw new UsageError(`There is no command '${called}'.`)
  if (values.help) return void console.log(helpOf(command))
  const run = await command.load()
  const about = await readAbout(version)
  const { options, settings } = apart(values)
  const environment = { ...process.env, ...settings }
  // A command returns its exit code if that is not 0.
  process.exitCode =
    (await run({ operands, options, about, version: about.version, environment })) ?? 0
}

function helpOn(called: string | undefined): string {
  const asked = commandNamed(called)
  if (asked !== undefined) return helpOf(asked)
  if (called === undefined) return help
  throw new UsageError(`There is no command '${called}'.`)
}

/** The options of the command, and the settings that were given as options. */
function apart(values: Readonly<Record<string, unknown>>) {
  const options = { ...values }
  const settings: NodeJS.ProcessEnv = {}
  for (const option of taken) {
    if (options[option] !== undefined)
      settings[settingOptions[option].setting] = String(options[option])
    delete options[option]
  }
  return { options, settings }
}

await main().catch(async (error: Error & { code?: string }) => {
  const usage = error instanceof UsageError || error.code?.startsWith('ERR_PARSE_ARGS') === true
  process.exitCode = usage ? 2 : 1
  if (!usage) return console.error(`${name}: ${error.message}`)
  console.error(`${await withSuggestion(error.message, command)}\nTry '${name} --help'.`)
})
