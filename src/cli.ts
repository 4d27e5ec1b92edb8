// The program.

import { prepareRuntime } from './runtime.ts'

prepareRuntime()
await import('./command-line.ts')
