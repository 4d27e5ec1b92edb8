// The program. What Node has compiled of it is kept, so that the next start takes half the time.

import { enableCompileCache } from 'node:module'
import { fileURLToPath } from 'node:url'

// Where nobody may write nothing is kept, and nothing else happens.
enableCompileCache(fileURLToPath(new URL('../node_modules/.cache/restwell', import.meta.url)))
await import('./command-line.ts')
