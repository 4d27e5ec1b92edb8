// A process that reads a whole file beside the service, after the requests of its callers, and says what is damaged.

import { setPriority } from 'node:os'
import { argv } from 'node:process'
import { openReader } from './database.ts'
import { integrityFindings } from './integrity.ts'

const lowest = 19

process.on('disconnect', () => process.exit())
setPriority(lowest)
process.send?.(integrityFindings(openReader(String(argv[2])), 'quick_check'), () => process.exit())
