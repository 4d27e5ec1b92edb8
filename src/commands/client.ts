// `client`: writes a package in TypeScript that calls the project's service, or any other one, from its document.

import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'
import { type CommandCall, UsageError } from './command.ts'
import { documentText } from './openapi.ts'

const template = fileURLToPath(new URL('../../clients/typescript', import.meta.url))

/** What is the same for every service; the types are made of its document. */
const taken = ['LICENSE', 'generate.js', 'src', 'tsconfig.json']

export async function client({ operands, options, about }: CommandCall): Promise<void> {
  const [language, folder, source, ...more] = operands
  if (language !== 'typescript' || folder === undefined || more.length > 0)
    throw new UsageError(
      'client takes typescript, a folder, and the document if it is another one.',
    )
  const text = source === undefined ? await documentText(about) : await textOf(source)
  const { info, paths } = requireDocument(text, source)
  await requireEmpty(folder, options.overwrite === true)
  for (const name of taken)
    await cp(join(template, name), join(folder, name), {
      recursive: true,
      filter: file => basename(file) !== 'api.ts',
    })
  const name = `${basename(resolve(folder))
    .toLowerCase()
    .replace(/[^a-z\d]+/g, '-')}`
  await writeFile(join(folder, 'openapi.yaml'), text)
  await writeFile(join(folder, 'package.json'), await manifestFor(name, info))
  await writeFile(join(folder, 'README.md'), await readmeFor(name, info, Object.keys(paths)))
  console.log(`${folder} has the client; now run there: npm install && npm pack`)
}

interface Info {
  readonly title: string
  readonly version: string
}

async function textOf(source: string): Promise<string> {
  if (!/^https?:\/\//.test(source)) return readFile(source, 'utf8')
  const response = await fetch(source)
  if (!response.ok) throw new Error(`${source} returned ${response.status}.`)
  return response.text()
}

/** An Error says so if the text is something else, such as a page. */
function requireDocument(text: string, source = 'the document') {
  const document = parsed(text)
  if (document?.openapi?.startsWith('3.1') && document.components?.schemas?.Problem !== undefined)
    return document as { info: Info; paths: object }
  throw new Error(`${source} is not the OpenAPI document of a service that Restwell serves.`)
}

function parsed(text: string) {
  try {
    return parse(text)
  } catch {
    return undefined
  }
}

async function requireEmpty(folder: string, overwrite: boolean): Promise<void> {
  await mkdir(folder, { recursive: true })
  if (!overwrite && (await readdir(folder)).length > 0)
    throw new Error(`${folder} is not empty; --overwrite replaces the files of a client.`)
}

async function manifestFor(name: string, { title, version }: Info): Promise<string> {
  const manifest = JSON.parse(await readFile(join(template, 'package.json'), 'utf8'))
  const scripts = {
    generate: 'node generate.js',
    build: 'npm run generate && tsc --project .',
    prepack: 'npm run build',
  }
  const own = { name, version, description: `A client of ${title}`, keywords: undefined, scripts }
  return `${JSON.stringify({ ...manifest, ...own }, null, 2)}\n`
}

/** The part of our README that goes for every service, after a first call of this one. */
async function readmeFor(name: string, { title }: Info, paths: readonly string[]): Promise<string> {
  const ours = await readFile(join(template, 'README.md'), 'utf8')
  const general = ours.slice(ours.indexOf('- **Calls**'), ours.indexOf('## In a page'))
  const list = paths.find(path => /^\/\w+$/.test(path)) ?? '/'
  return `# ${name}

A typed client of ${title}. \`npm pack\` makes the package. When the service has changed, bring \`openapi.yaml\` up to date
and do it again.

\`\`\`ts
import { createClient } from '${name}'

const client = createClient({ baseUrl: 'https://api.example.com', token: process.env.API_KEY ?? '' })

const { data } = await client.GET('${list}')
\`\`\`

${general.trimEnd()}
`
}
