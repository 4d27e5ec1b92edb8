// The command line: the only place that knows the process.

import { readFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { commands, UsageError } from './commands.ts'

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
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { help: { type: 'boolean', short: 'h' }, version: { type: 'boolean' } },
  })
  if (values.version) return void console.log(version)
  const [command = '', ...operands] = positionals
  if (values.help || command === '') return void console.log(help)
  if (!Object.hasOwn(commands, command)) throw new UsageError(`There is no command '${command}'.`)
  await commands[command as keyof typeof commands].run({ operands, version, environment: process.env })
}

main().catch((error: Error & { code?: string }) => {
  const usage = error instanceof UsageError || error.code?.startsWith('ERR_PARSE_ARGS') === true
  console.error(usage ? `${error.message}\nTry '${name} --help'.` : `${name}: ${error.message}`)
  process.exitCode = usage ? 2 : 1
})
