#!/usr/bin/env node
// The command `restwell` of the package. It loads the rest only where that can run, so that an older Node.js gets a sentence.

/** The first with the SQLite that is needed. */
const oldest = [24, 16] as const

const { versions, version } = process
const [major = 0, minor = 0] = versions.node.split('.').map(Number)
if (major < oldest[0] || (major === oldest[0] && minor < oldest[1])) {
  console.error(`restwell needs Node.js ${oldest.join('.')} or later; this is ${version}.`)
  process.exitCode = 1
} else {
  const { enableCompileCache } = await import('node:module')
  // The compiled code is kept, so that the next start takes half the time.
  enableCompileCache()
  await import('./cli.ts')
}

export {}
