// Loads the definitions under `schemas/` (the only dynamic import) and the SQL under `migrations/`.

import { readdir, readFile } from 'node:fs/promises'
import { join, relative, resolve, sep } from 'node:path'
import { pathToFileURL } from 'node:url'
import { idempotencyResource } from '../handlers/idempotency-record.ts'
import { importParts, importsResource } from '../imports/import-record.ts'
import { keySecrets, keysResource } from '../keys/keys.ts'
import type { Operation } from '../operations/operation.ts'
import { resourcesToModels } from '../resource/derive.ts'
import { definedAt, gatherResources } from '../resource/gather.ts'
import { type DefinedResource, DefinitionError, type Model } from '../resource/model.ts'
import type { Resource } from '../resource/resource.ts'
import type { Shapes } from '../resource/shapes.ts'
import { toStoredModel } from '../resource/stored-model.ts'
import { toMigrationFile } from '../store/migration/files.ts'
import type { MigrationFile } from '../store/migration/migration.ts'
import { decodeText } from '../text-file.ts'
import { describeChecked } from './check.ts'
import { loadingMistake, withLine } from './loading-mistake.ts'

/** The folder of definitions, in the working folder, which is that of the project. */
export const schemasFolder = 'schemas'

/** The folder of numbered files, with one folder for each kind of database. */
export const migrationsFolder = 'migrations'

export interface Models {
  /** The models that are served, parents first. */
  readonly models: readonly Model[]
  /** By the names of the models. */
  readonly shapes: ReadonlyMap<string, Shapes>
  /** Those on the models, in the order of the document. */
  readonly operations: readonly Operation[]
  /** The tables of their links. */
  readonly joinModels: readonly Model[]
  /** The service's own records, which are stored in the same database. */
  readonly idempotencyModel: Model
  readonly keyModel: Model
  readonly keySecretModel: Model
  readonly importModel: Model
  readonly importPartModel: Model
}

/** Every model that has a table, as that has it. */
export function storedModels({ models, joinModels, idempotencyModel, ...own }: Models) {
  const { keyModel, keySecretModel, importModel, importPartModel } = own
  const ours = [idempotencyModel, keyModel, keySecretModel, importModel, importPartModel]
  return [...models, ...joinModels, ...ours].map(toStoredModel)
}

/**
 * Loads every `*.ts` of the folder and of those in it. A file that exports no resource helps those that do. Throws a
 * `DefinitionError` that names each mistake's file and field.
 */
export async function loadModels(folder: string): Promise<Models> {
  const files = (await entriesOf(folder)).filter(isCode).sort()
  const { returned, defined: made } = await gatherResources(() =>
    importFiles(files.map(name => join(folder, name))),
  )
  const defined = exportedOnce(returned.flatMap(resourcesOf))
  requireExports(resolve(folder), made, defined)
  if (defined.length === 0)
    throw new DefinitionError([
      `${folder}: no file exports a resource; write export const books = resource(…)`,
    ])
  try {
    return deriveModels(defined)
  } catch (error) {
    throw error instanceof DefinitionError ? withLines(error, defined) : error
  }
}

async function entriesOf(folder: string): Promise<readonly string[]> {
  return readdir(folder, { recursive: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error
    throw new Error(
      `There is no folder ${resolve(folder)}. Run this in the folder of a project; 'npm create restwell' makes one.`,
    )
  })
}

/** A resource may be exported again by a file that gathers others; it belongs to the file in which it was defined. */
function exportedOnce(exported: readonly DefinedResource[]): readonly DefinedResource[] {
  const files = Map.groupBy(exported, ({ resource }) => resource)
  return [...files].map(([resource, all]) => {
    const own = definedAt(resource)?.file
    return all.find(({ file }) => resolve(file) === own) ?? (all[0] as DefinedResource)
  })
}

/** Refuses a resource that no file exports, because it would silently not be served. */
function requireExports(
  folder: string,
  made: readonly { readonly name: string }[],
  defined: readonly DefinedResource[],
): void {
  const lost = made.filter(one => !defined.some(({ resource }) => resource === one))
  const mistakes = lost.flatMap(one => {
    const place = definedAt(one)
    if (place === undefined || !place.file.startsWith(folder + sep)) return []
    return [
      `${relative('.', place.file)}:${place.line}: '${one.name}' is not exported; write export const`,
    ]
  })
  if (mistakes.length > 0) throw new DefinitionError(mistakes)
}

export function deriveModels(defined: readonly DefinedResource[]): Models {
  const ours = ownResources(defined[0]?.resource.name ?? 'books')
  const all = resourcesToModels([...defined, ...ours])
  const own = ours.map(
    ({ resource }) => all.find(({ name }) => name === resource.name) as Model,
  ) as [Model, Model, Model, Model, Model]
  const [idempotencyModel, keyModel, keySecretModel, importModel, importPartModel] = own
  const joinModels = all.filter(({ joins }) => joins)
  const models = all.filter(model => !own.includes(model) && !model.joins)
  const described = describeChecked(models, { keyModel, importModel })
  const records = { idempotencyModel, keyModel, keySecretModel, importModel, importPartModel }
  return { models, ...described, joinModels, ...records }
}

/** The resources of the service itself. `example`: the resource that examples are about. */
function ownResources(example: string): readonly DefinedResource[] {
  const keys = keysResource(example)
  return [
    {
      file: 'src/handlers/idempotency-record.ts',
      resource: idempotencyResource as unknown as Resource,
      serves: 'each Idempotency-Key',
    },
    { file: 'src/keys/keys.ts', resource: keys as unknown as Resource, serves: 'its API keys' },
    {
      file: 'src/keys/keys.ts',
      resource: keySecrets as unknown as Resource,
      serves: 'its API keys',
    },
    ...[importsResource, importParts].map(resource => ({
      file: 'src/imports/import-record.ts',
      resource: resource as unknown as Resource,
      serves: 'the imports of rows',
    })),
  ]
}

/** A test in the folder is left out, because it would run with the service. */
export function isCode(path: string): boolean {
  return /\.[cm]?[jt]s$/.test(path) && !/\.(?:d|test|spec)\.[cm]?[jt]s$/.test(path)
}

/** If a file has several resources, the mistakes get the line of the first one. */
function withLines(
  { mistakes }: DefinitionError,
  defined: readonly DefinedResource[],
): DefinitionError {
  const startOf = (file: string) =>
    definedAt(defined.find(one => one.file === file)?.resource)?.line
  return new DefinitionError(mistakes.map(mistake => withLine(mistake, startOf)))
}

interface Loaded {
  readonly path: string
  readonly exports: Readonly<Record<string, unknown>>
}

/**
 * By one import, because for each of them Node follows all that this program has imported. Where it fails, each file is
 * imported by itself, so that the mistake is found.
 */
async function importFiles(paths: readonly string[]): Promise<readonly Loaded[]> {
  const lines = paths.map((path, at) => `import * as _${at} from ${JSON.stringify(urlOf(path))}`)
  const all = paths.map((path, at) => `{ path: ${JSON.stringify(path)}, exports: _${at} }`)
  const text = [...lines, `export default [${all}]`].join('\n')
  const imported = await import(`data:text/javascript,${encodeURIComponent(text)}`).catch(() => {})
  const each = async (path: string) => ({ path, exports: await importFile(path) })
  return imported?.default ?? Promise.all(paths.map(each))
}

function resourcesOf({ path, exports }: Loaded): readonly DefinedResource[] {
  const file = relative('.', path)
  return Object.values(exports)
    .filter(isResource)
    .map(resource => ({ file, resource }))
}

/** The exports of a file of the project. Throws a `DefinitionError` that says where in it the mistake is. */
export function importFile(path: string): Promise<Readonly<Record<string, unknown>>> {
  return import(urlOf(path)).catch((error: Error) => {
    throw new DefinitionError([loadingMistake(resolve(path), error)])
  })
}

function urlOf(path: string): string {
  return pathToFileURL(resolve(path)).href
}

function isResource(value: unknown): value is Resource {
  return (
    typeof value === 'object' &&
    value !== null &&
    'name' in value &&
    'fields' in value &&
    'options' in value
  )
}

/** Loads every `*.sql` of the folder, in order; none if there is no such folder. */
export async function loadMigrations(folder: string): Promise<readonly MigrationFile[]> {
  const entries = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw error
  })
  const names = entries.filter(name => name.endsWith('.sql')).sort()
  return Promise.all(
    names.map(async name => toMigrationFile(name, await readSql(join(folder, name)))),
  )
}

async function readSql(path: string): Promise<string> {
  return decodeText(relative('.', path), await readFile(path))
}
