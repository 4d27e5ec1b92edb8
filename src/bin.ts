#!/usr/bin/env node
// The command `restwell` of the package. It loads the rest only where that can run, so that an older Node.js gets a sentence.

const oldest = 24

const { versions, version } = process
if (Number.parseInt(versions.node, 10) < oldest) {
  console.error(`restwell needs Node.js ${oldest} or later; this is ${version}.`)
  process.exitCode = 1
} else {
  const { enableCompileCache } = await import('node:module')
  // What is compiled is kept, so that the next start takes half the time.
  enableCompileCache()
  await import('./cli.ts')
}

export {}
