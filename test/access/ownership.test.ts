import t from 'tap'
import { ownershipWarnings } from '../../src/access/ownership.ts'
import { deriveModels, loadModels } from '../../src/definitions/load.ts'
import { owned } from '../support/owned.ts'

t.test('resources without owners below one with them are warned of', async t => {
  const defined = owned.map(resource => ({ file: `schemas/${resource.name}.ts`, resource }))
  t.strictSame(ownershipWarnings(deriveModels(defined).models), [
    'schemas/remarks.ts: remarks has no owners, but folders has: below folders its rows are only for the owner, ' +
      'at /remarks they are for everyone with its scope; unless that is intended, give it `owner: true`',
  ])
  t.strictSame(
    ownershipWarnings((await loadModels('schemas')).models),
    [],
    'the shipped ones have none',
  )
})
