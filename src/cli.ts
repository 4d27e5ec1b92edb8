// The command line, and the only file that knows the process.

import { readFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { type Command, UsageError } from './commands/command.ts'
import { commands } from './commands/commands.ts'

const { name, version } = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8'))

const help = `Usage: ${name} <command>

${Object.entries(commands)
  .map(([command, { usage, summary }]) => `  ${`${command} ${usage}`.padEnd(16)} ${summary}`)
  .join('\n')}

  --help           Show this
  --version        Show the version

Settings come from the environment and a .env file; the README lists them.
Exit codes: 0 done, 1 refused or failed, 2 wrong usage.`

async function main(): Promise<void> {
  const [first = ''] = process.argv.slice(2)
  const command: Command | undefined = Object.hasOwn(commands, first)
    ? commands[first as keyof typeof commands]
    : undefined
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { ...command?.options, help: { type: 'boolean', short: 'h' }, version: { type: 'boolean' } },
  })
  if (values.version) return void console.log(version)
  if (values.help || positionals.length === 0) return void console.log(help)
  if (command === undefined) throw new UsageError(`There is no command '${positionals[0]}'.`)
  const operands = positionals.slice(1)
  const run = await command.load()
  // A command returns its exit code if that is not 0.
  process.exitCode = (await run({ operands, options: values, version, environment: process.env })) ?? 0
}

main().catch((error: Error & { code?: string }) => {
  const usage = error instanceof UsageError || error.code?.startsWith('ERR_PARSE_ARGS') === true
  console.error(usage ? `${error.message}\nTry '${name} --help'.` : `${name}: ${error.message}`)
  process.exitCode = usage ? 2 : 1
})
