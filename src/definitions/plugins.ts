// Loads the project's own Fastify plugins: the files of `plugins/`, each of which exports one by default.

import { readdir } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { DefinitionError } from '../resource/model.ts'
import { importFile, isCode, loadModels, type Models, schemasFolder } from './load.ts'

/** The folder of the project. */
export const pluginsFolder = 'plugins'

/** The export of a file by `plugin(…)`, or, as a function alone, that of a package for Fastify. */
interface Exported<Register> {
  readonly register: Register
  readonly description?: string
  readonly scopes?: readonly string[]
}

/** A plugin and its file; `Register` is what its author says that it is. */
export interface PluginFile<Register> extends Exported<Register> {
  readonly file: string
  /** Of the file: `rates` of `plugins/rates.ts`. */
  readonly name: string
}

/** All that a project defines: its resources, and its plugins. */
export async function loadProject<Register>(): Promise<{
  models: Models
  plugins: readonly PluginFile<Register>[]
}> {
  return { models: await loadModels(schemasFolder), plugins: await loadPlugins<Register>() }
}

/** In the order of their names; none if there is no such folder. Throws a `DefinitionError` for files without a plugin. */
export async function loadPlugins<Register>(
  folder: string = pluginsFolder,
): Promise<readonly PluginFile<Register>[]> {
  const entries = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw error
  })
  const paths = entries.filter(isCode).sort()
  return Promise.all(paths.map(path => loadPlugin<Register>(join(folder, path), path)))
}

async function loadPlugin<Register>(path: string, base: string): Promise<PluginFile<Register>> {
  const file = relative('.', path)
  const { default: exported } = await importFile(path)
  const given = (
    typeof exported === 'function' ? { register: exported } : exported
  ) as Exported<Register>
  if (typeof given?.register !== 'function')
    throw new DefinitionError([
      `${file}: it exports no plugin; write export default plugin(async app => { … })`,
    ])
  return { ...given, file, name: base.replace(/\.[cm]?[jt]s$/, '') }
}
