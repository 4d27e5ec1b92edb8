// A client in TypeScript: the sources of our own, without its types, which are made of the document.

import { cp, readFile, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { type Described, firstList, generalPart, templateOf } from './client-language.ts'

const template = templateOf('typescript')

/** The files that are the same for every service. */
const taken = ['LICENSE', 'generate.js', 'src', 'tsconfig.json']

export async function writeTypescript(
  folder: string,
  name: string,
  document: Described,
): Promise<string> {
  for (const file of taken)
    await cp(join(template, file), join(folder, file), {
      recursive: true,
      filter: each => basename(each) !== 'api.ts',
    })
  await writeFile(join(folder, 'package.json'), await manifestFor(name, document))
  await writeFile(join(folder, 'README.md'), await readmeFor(name, document))
  return 'npm install && npm pack'
}

async function manifestFor(name: string, { info }: Described): Promise<string> {
  const { title, version } = info
  const manifest = JSON.parse(await readFile(join(template, 'package.json'), 'utf8'))
  const scripts = {
    generate: 'node generate.js',
    build: 'npm run generate && tsc --project .',
    prepack: 'npm run build',
  }
  const own = { name, version, description: `A client of ${title}`, keywords: undefined, scripts }
  return `${JSON.stringify({ ...manifest, ...own }, null, 2)}\n`
}

async function readmeFor(name: string, document: Described): Promise<string> {
  const general = await generalPart('typescript', '- **Calls**', '## In a page')
  return `# ${name}

A typed client of ${document.info.title}. \`npm pack\` makes the package. When the service has changed, bring \`openapi.yaml\` up to date
and do it again.

\`\`\`ts
import { createClient } from '${name}'

const client = createClient({ baseUrl: 'https://api.example.com', token: process.env.API_KEY ?? '' })

const { data } = await client.GET('${firstList(document).path}')
\`\`\`

${general.replaceAll('restwell.', 'client.')}
`
}
