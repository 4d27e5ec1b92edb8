#!/usr/bin/env node
// `npm create restwell my-api`: copies the template into a new folder, gives the project its name, and installs it.

const oldest = 24

if (Number.parseInt(process.versions.node, 10) < oldest) {
  console.error(`create-restwell needs Node.js ${oldest} or later; this is ${process.version}.`)
  process.exitCode = 1
} else {
  const { main } = await import('./project.js')
  process.exitCode = await main(process.argv.slice(2))
}
