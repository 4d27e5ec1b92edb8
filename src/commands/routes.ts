// `routes`: every method and path, with its name in clients, the scope that it takes, and the file that handles it.

import { loadModels, type Models, schemasFolder } from '../definitions/load.ts'
import { loadPlugins } from '../definitions/plugins.ts'
import { handlers } from '../handlers/handlers.ts'
import { serviceDocuments, serviceOperations } from '../http/service.ts'
import { servedImports } from '../imports/imports.ts'
import { servedKeys } from '../keys/keys.ts'
import type { Operation } from '../operations/operation.ts'
import type { OwnPlugin, Register } from '../server/own-plugin.ts'
import { type CommandCall, refuseOperands } from './command.ts'
import { routesOfPlugins } from './own-routes.ts'

interface ListedRoute {
  readonly method: string
  readonly path: string
  /** The name of the operation in the document and in clients. */
  readonly operationId: string
  /** The scope that a caller needs; none for what is open to everybody. */
  readonly scope: string
  readonly file: string
}

export async function routes({ operands, options }: CommandCall): Promise<void> {
  refuseOperands(operands)
  const defined = await loadModels(schemasFolder)
  const plugins = await loadPlugins<Register>()
  const operations = [
    ...defined.operations,
    ...servedImports(defined.importModel).operations,
    ...servedKeys(defined.keyModel, { resources: [] }).operations,
  ]
  const listed = [
    ...operations.map(operationToRoute),
    ...(await ownRoutes(defined, plugins)),
    ...aboutTheService(),
  ]
  if (options.json === true) return void console.log(JSON.stringify(listed, null, 2))
  for (const line of columns(listed.map(route => Object.values(route)))) console.log(line)
  console.error(
    'Each address also has OPTIONS, and each GET a HEAD. /keys is served once there is a key.',
  )
}

function operationToRoute(operation: Operation): ListedRoute {
  const { method, path, id, scope = '-' } = operation
  return { method, path, operationId: id, scope, file: fileOf(operation) }
}

async function ownRoutes(
  models: Models,
  plugins: readonly OwnPlugin[],
): Promise<readonly ListedRoute[]> {
  const files = new Map(plugins.map(({ name, file }) => [name, file]))
  const routes = await routesOfPlugins(models, plugins)
  return routes.map(({ tag, method, path, id, scope = '-' }) => ({
    method,
    path,
    operationId: id,
    scope,
    file: files.get(tag) ?? '',
  }))
}

/** The file of the handler, or the definition that has its code. */
function fileOf({ kind, file }: Operation): string {
  return file ?? handlers[kind].file
}

function aboutTheService(): readonly ListedRoute[] {
  const named = serviceOperations.map(({ path, id, scope = '-' }) => ({ path, id, scope }))
  const others = serviceDocuments
    .filter(({ href }) => !named.some(({ path }) => path === href))
    .map(({ href }) => ({ path: href, id: '-', scope: '-' }))
  return [...named, ...others].map(({ path, id, scope }) => ({
    method: 'GET',
    path,
    operationId: id,
    scope,
    file:
      path.startsWith('/docs') || path.startsWith('/openapi')
        ? 'src/docs/swagger-ui.ts'
        : 'src/server/service.ts',
  }))
}

function columns(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map(row => row[column]?.length ?? 0)),
  )
  return rows.map(row =>
    row
      .map((text, column) => text.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
}
