// Tells of changes to the files of a project, those that are new among them.

import { type FSWatcher, readdirSync, watch } from 'node:fs'
import { join } from 'node:path'

/** The files of a service: its code, its SQL and its settings. */
const relevant = /(?:\.(?:[cm]?[jt]s|sql|json)|(?:^|[\\/])(?:\.env|(?:plans|service)\.yaml))$/

/** Files that no start depends on, or that a start writes itself. */
const ignored = new Set(['node_modules', 'data', 'dist', 'test', 'coverage'])

export interface Watcher {
  close(): void
}

/** `changed`: gets the path of the file from the folder. */
export function watchProject(folder: string, changed: (file: string) => void): Watcher {
  const watchers = new Map<string, FSWatcher>()
  const tell = (file: string) => {
    if (relevant.test(file)) changed(file)
  }
  const watchFolders = () => {
    for (const name of foldersOf(folder))
      if (!watchers.has(name))
        watchers.set(
          name,
          watch(join(folder, name), { recursive: true }, (_event, file) =>
            tell(join(name, String(file))),
          ).on('error', () => watchers.delete(name)),
        )
  }
  // A folder may come later, `migrations` for example.
  const top = watch(folder, (_event, file) => {
    watchFolders()
    tell(String(file))
  })
  watchFolders()
  return {
    close() {
      for (const watcher of [top, ...watchers.values()]) watcher.close()
    },
  }
}

function foldersOf(folder: string): string[] {
  const entries = readdirSync(folder, { withFileTypes: true })
  return entries
    .filter(entry => entry.isDirectory() && !entry.name.startsWith('.') && !ignored.has(entry.name))
    .map(({ name }) => name)
}
