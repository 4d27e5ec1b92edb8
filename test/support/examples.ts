// The services in `examples/`: projects of their own, which import `restwell` as every project does.

import { existsSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'

const folder = join(import.meta.dirname, '../../examples')

export const examples = readdirSync(folder, { withFileTypes: true })
  .filter(entry => entry.isDirectory() && entry.name !== 'node_modules')
  .map(({ name }) => name)

/** Makes the link by which they find this repository as the package. */
export function linkPackage(): void {
  mkdirSync(join(folder, 'node_modules'), { recursive: true })
  if (!existsSync(join(folder, 'node_modules/restwell')))
    symlinkSync('../..', join(folder, 'node_modules/restwell'))
}
