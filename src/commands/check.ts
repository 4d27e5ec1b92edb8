// `check`: looks at everything that a start reads, but for the database.

import { join } from 'node:path'
import { readConfig } from '../config.ts'
import { loadMigrations, loadModels, migrationsFolder, schemasFolder } from '../definitions/load.ts'
import { loadPlugins } from '../definitions/plugins.ts'
import { plansFile, readPlans } from '../limits/plans-file.ts'
import { numberOf } from '../resource/number-of.ts'
import type { Register } from '../server/own-plugin.ts'
import { dialects } from '../store/open.ts'
import { type CommandCall, refuseOperands } from './command.ts'
import { routesOfPlugins } from './own-routes.ts'

/** Each of these throws an Error that names the mistake and where it is; `service.yaml` has been read before. */
export async function check({ operands, environment }: CommandCall): Promise<void> {
  refuseOperands(operands)
  const { PLANS } = readConfig(environment, true)
  await readPlans(plansFile(PLANS))
  for (const { name } of dialects) await loadMigrations(join(migrationsFolder, name))
  const models = await loadModels(schemasFolder)
  const routes = await routesOfPlugins(models, await loadPlugins<Register>())
  const count = models.operations.length + routes.length
  const resources = numberOf(models.models.length, 'resource')
  console.log(`No mistake in ${resources} with ${numberOf(count, 'operation')}.`)
}
