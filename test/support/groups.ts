// Which test files may share a process, because loading the service costs as much as most files do.

import { dirname } from 'node:path'

/**
 * What kills processes and servers, fills the memory, tries random definitions and requests, installs the package or runs
 * the tests of the examples takes long by nature: `npm run test:long`.
 */
export const long = ['durability', 'fuzz', 'instances', 'memory', 'package', 'processes']

/** Folders whose tests start processes, or compile, so that sharing one saves little. */
const alone = [
  'test',
  'test/browser',
  'test/clients',
  'test/commands',
  'test/deploy',
  'test/shipped',
]

/** Groups of files of one folder, `size` at most, in the order of the files. */
export function inGroups(files: readonly string[], size: number): readonly (readonly string[])[] {
  const folders = Object.values(Object.groupBy(files, file => groupOf(file)))
  return folders.flatMap((those = []) =>
    Array.from({ length: Math.ceil(those.length / size) }, (_, index) =>
      those.slice(index * size, (index + 1) * size),
    ),
  )
}

/** The files of a folder, but those that start processes have one of their own. */
function groupOf(file: string): string {
  const folder = dirname(file)
  return alone.includes(folder) || long.some(name => folder.startsWith(`test/${name}`))
    ? file
    : folder
}
