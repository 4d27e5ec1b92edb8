// An instance of the definition before, beside which others change the tables: `npm run bench:evolution` asks it meanwhile.

import { buildApp } from '../src/app.ts'
import { deriveModels } from '../src/definitions/load.ts'
import { openStore } from '../src/store/open.ts'
import { announce, databaseUrl } from './contenders/contender.ts'
import { definitions } from './evolution-definitions.ts'

const store = openStore(databaseUrl(), { exclusive: true })
const app = await buildApp({ models: deriveModels(definitions.before), store, version: '0.0.0' })
await app.listen({ host: '127.0.0.1', port: 0 })
announce(app.server, {})
