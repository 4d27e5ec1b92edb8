import t from 'tap'
import { visibilityWarnings } from '../../src/access/ownership.ts'
import { deriveModels } from '../../src/definitions/load.ts'
import { fixtureModels } from '../support/fixture-models.ts'
import { owned } from '../support/owned.ts'

t.test('resources that everyone sees below one with owners are warned of', async t => {
  const defined = owned.map(resource => ({ file: `schemas/${resource.name}.ts`, resource }))
  t.strictSame(visibilityWarnings(deriveModels(defined).models), [
    'schemas/remarks.ts: below folders, remarks are only for those who see the folders, ' +
      "at /remarks they are for everyone with its scope; unless that is intended, give it `visible: 'folder_id'`",
  ])
  t.strictSame(visibilityWarnings((await fixtureModels()).models), [], 'the shipped ones have none')
})
