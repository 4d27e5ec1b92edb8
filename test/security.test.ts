// SECURITY.md: the tests that it names are there, and what it says of packages and of the log is so.

import { existsSync, readFileSync } from 'node:fs'
import t from 'tap'

const page = readFileSync('SECURITY.md', 'utf8')

t.test('every test that the page names is there', async t => {
  const named = [...page.matchAll(/`(test\/[^`]+)`/g)].map(([, name]) => String(name))
  t.ok(named.length > 25)
  for (const name of named) t.ok(existsSync(name), name)
  const [, rows = ''] = /## What is protected(.*?)You have to trust/s.exec(page) ?? []
  const claims = rows
    .split('\n')
    .filter(line => line.startsWith('|'))
    .slice(2)
  t.ok(claims.length > 9)
  for (const claim of claims)
    t.match(claim, /`test\/[^`]+` \|$/, `a test holds: ${claim.slice(0, 60)}`)
})

t.test('packages have exact versions, and their install scripts are not run', async t => {
  const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8'))
  t.ok(Object.keys(dependencies).length < 25, 'few of them run in production')
  for (const folder of [
    '.',
    'clients/python',
    'console',
    'release/lint',
    'site',
    'test/browser',
    'test/browser/pages',
    'test/postgres',
    'tools/biome',
    'tools/tracing',
  ]) {
    const { dependencies, devDependencies } = JSON.parse(
      readFileSync(`${folder}/package.json`, 'utf8'),
    )
    for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies }))
      t.match(
        version,
        /^(?:(?:npm:[\w-]+@)?\d+\.\d+\.\d+(?:-[\w.]+)?|file:tools\/[\w/]+)$/,
        `${folder}: ${name}`,
      )
    t.match(readFileSync(`${folder}/.npmrc`, 'utf8'), /^ignore-scripts=true$/m)
  }
  t.match(readFileSync('Dockerfile', 'utf8'), /\.npmrc/, 'nor where the image is built')
})

t.test('every event that the log can have is on the page, and no other', async t => {
  const sources = ['src/telemetry/security-log.ts', 'src/keys/key-audit.ts'].map(file =>
    readFileSync(file, 'utf8'),
  )
  const events = (text: string) =>
    [...new Set(text.match(/\b(?:authn|authz|input)_[a-z_]+/g))].sort()
  t.strictSame(events(page), events(sources.join('\n')))
})
