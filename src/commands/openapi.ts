// `openapi`: the document as YAML, made without a service.

import { loadModels, schemasFolder } from '../definitions/load.ts'
import { servedOf } from '../definitions/served.ts'
import { openapiDocument } from '../docs/openapi.ts'
import { documentToYaml } from '../docs/yaml.ts'
import type { About } from '../http/service.ts'
import { type CommandCall, refuseOperands } from './command.ts'

export async function openapi({ operands, about }: CommandCall): Promise<void> {
  refuseOperands(operands)
  process.stdout.write(await documentText(about))
}

/** The document as it is committed: of a service that asks for credentials and has limits. No database is opened for it. */
export async function documentText(about: About): Promise<string> {
  const policy = { required: true, publicRead: new Set<string>() }
  const served = servedOf(await loadModels(schemasFolder), { policy })
  return documentToYaml(openapiDocument({ ...served, about, policy, limited: true }))
}
