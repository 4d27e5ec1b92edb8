// Makes a project from the template. It asks nothing: what it decides can be changed in the files.

import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const help = `Usage: npm create restwell <folder>

Makes a project in a new or empty folder: one resource and its test, a Dockerfile and a workflow.

  -- --no-install      do not install the packages
  -- --restwell SPEC   the version of restwell, or the path of a tarball
  -- --help            show this`

const template = fileURLToPath(new URL('template', import.meta.url))

/** Returns the exit code: 0 for done, 1 for refused or failed, 2 for wrong usage. */
export async function main(operands) {
  try {
    return run(read(operands))
  } catch (error) {
    console.error(`create-restwell: ${error.message}`)
    return error.code?.startsWith('ERR_PARSE_ARGS') ? 2 : 1
  }
}

function read(operands) {
  const { values, positionals } = parseArgs({
    args: operands,
    allowPositionals: true,
    options: {
      install: { type: 'boolean', default: true },
      restwell: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
    allowNegative: true,
  })
  return { ...values, folders: positionals }
}

function run({ folders, install, restwell, help: asked }) {
  if (asked) {
    console.log(help)
    return 0
  }
  if (folders.length !== 1) {
    console.error(help)
    return 2
  }
  const folder = resolve(folders[0])
  makeProject(folder, restwell)
  const installed =
    install && npm(folder, ['install']) && npm(folder, ['run', '--silent', 'openapi'])
  if (install && !installed)
    console.error('\nThe packages could not be installed; npm says why above.')
  console.log(nextSteps(folder, installed))
  return install && !installed ? 1 : 0
}

/** Files are never overwritten: a folder must be new or empty. */
function makeProject(folder, restwell) {
  const name = basename(folder).toLowerCase()
  if (!/^[a-z0-9][a-z0-9._-]{0,100}$/.test(name))
    throw new Error(`'${name}' cannot be the name of a package: use letters, digits, - and _.`)
  if (existsSync(folder) && readdirSync(folder).some(file => file !== '.git'))
    throw new Error(`${folder} is not empty; name a new folder.`)
  mkdirSync(folder, { recursive: true })
  for (const file of readdirSync(template, { recursive: true, withFileTypes: true }))
    if (file.isFile()) copy(join(file.parentPath, file.name), folder, name)
  fillIn(join(folder, 'package.json'), { name, restwell })
}

/** `_gitignore` becomes `.gitignore`: npm leaves some names with a dot out of a package. */
function copy(source, folder, name) {
  const target = join(folder, relative(template, source).replaceAll(/(^|[\\/])_/g, '$1.'))
  mkdirSync(join(target, '..'), { recursive: true })
  cpSync(source, target)
  if (target.endsWith('.md'))
    writeFileSync(target, readFileSync(target, 'utf8').replaceAll('my-api', name))
}

function fillIn(file, { name, restwell }) {
  const manifest = JSON.parse(readFileSync(file, 'utf8'))
  manifest.name = name
  manifest.dependencies.restwell = restwell ?? `^${version()}`
  writeFileSync(file, `${JSON.stringify(manifest, null, 2)}\n`)
}

/** Both packages are published together, under one version. */
function version() {
  return JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8')).version
}

function npm(folder, call) {
  const { status } = spawnSync('npm', call, {
    cwd: folder,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  })
  return status === 0
}

function nextSteps(folder, installed) {
  const steps = [
    `cd ${relative('.', folder) || '.'}`,
    ...(installed ? [] : ['npm install']),
    'npm run dev     serve it, and again after each change',
    'npm test        run its tests',
  ]
  const state = installed ? 'is ready' : 'has its files, and takes its packages by npm install'
  return ['', `${basename(folder)} ${state}:`, '', ...steps.map(step => `  ${step}`), ''].join('\n')
}
