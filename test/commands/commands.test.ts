// The options of the commands.

import { parseArgs } from 'node:util'
import t from 'tap'
import { commands } from '../../src/commands/commands.ts'

t.test('an option for one of several things may be repeated', async t => {
  const table = [
    [commands.migrate, 'rename'],
    [commands.migrate, 'fill'],
    [commands.migrate, 'drop'],
    [commands.key, 'scope'],
  ] as const
  for (const [{ options }, name] of table) {
    const { values } = parseArgs({ options, args: [`--${name}`, 'a', `--${name}=b`] })
    t.strictSame({ ...values }, { [name]: ['a', 'b'] }, name)
  }
})
