#!/usr/bin/env node
// `npm create restwell my-api`: copies the template into a new folder, gives the project its name, and installs it.

const oldest = [24, 16]

const [major, minor] = process.versions.node.split('.').map(Number)
if (major < oldest[0] || (major === oldest[0] && minor < oldest[1])) {
  console.error(
    `create-restwell needs Node.js ${oldest.join('.')} or later; this is ${process.version}.`,
  )
  process.exitCode = 1
} else {
  const { main } = await import('./project.js')
  process.exitCode = await main(process.argv.slice(2))
}
