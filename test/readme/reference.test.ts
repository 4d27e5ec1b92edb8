// What pages say of the code is what the code says.

import t from 'tap'
import { pages, readPage, writtenPage } from '../../release/reference.ts'

for (const name of Object.keys(pages))
  t.test(`docs/${name} is fresh; npm run reference writes it`, async t => {
    t.equal(readPage(name), await writtenPage(name))
  })
