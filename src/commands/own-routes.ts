// The routes of the project's plugins, for commands that serve nothing.

import type { Models } from '../definitions/load.ts'
import type { OwnRoute } from '../docs/own-routes.ts'
import { grantable, nameableIn } from '../keys/grant.ts'
import type { OwnPlugin } from '../server/own-plugin.ts'

/** Fastify is loaded for them alone. Throws an `Error` for a plugin with which no service starts. */
export async function routesOfPlugins(
  { models }: Models,
  plugins: readonly OwnPlugin[],
): Promise<readonly OwnRoute[]> {
  if (plugins.length === 0) return []
  const { collectRoutes, requireGrantable, scopesOf } = await import('../server/plugins.ts')
  const routes = await collectRoutes(plugins)
  requireGrantable(plugins, routes, grantable(nameableIn(models, scopesOf(plugins))))
  return routes
}
