// `openapi`: the document as YAML, made without a service.

import { loadModels, schemasFolder } from '../definitions/load.ts'
import { loadPlugins } from '../definitions/plugins.ts'
import { servedOf } from '../definitions/served.ts'
import { openapiDocument } from '../docs/openapi.ts'
import { documentToYaml } from '../docs/yaml.ts'
import type { About } from '../http/about.ts'
import type { Register } from '../server/own-plugin.ts'
import { type CommandCall, refuseOperands } from './command.ts'
import { routesOfPlugins } from './own-routes.ts'

export async function openapi({ operands, about }: CommandCall): Promise<void> {
  refuseOperands(operands)
  process.stdout.write(await documentText(about))
}

/** The document as it is committed: of a service that asks for credentials and has limits. No database is opened for it. */
export async function documentText(about: About, folder = schemasFolder): Promise<string> {
  const policy = { required: true, publicRead: new Set<string>() }
  const models = await loadModels(folder)
  const plugins = await loadPlugins<Register>()
  const scopes = plugins.flatMap(({ scopes = [] }) => scopes)
  const served = servedOf(models, { policy, scopes })
  const own = { plugins, routes: await routesOfPlugins(models, plugins) }
  return documentToYaml(openapiDocument({ ...served, own, about, policy, limited: true }))
}
