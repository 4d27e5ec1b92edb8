// A client in Python: the document, and our templates for openapi-python-client, which makes the package of both.

import { cp, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { snakeCase } from '../docs/reference/languages.ts'
import { type Described, firstList, generalPart, templateOf } from './client-language.ts'

const template = templateOf('python')

const generator = 'openapi-python-client==0.29.1'

/** It needs nothing but Python, and writes the package into `package/`. */
const generate = `pipx run ${generator} generate --path openapi.yaml --config config.yaml --custom-template-path templates --meta setup --output-path package --overwrite`

export async function writePython(
  folder: string,
  name: string,
  document: Described,
): Promise<string> {
  await cp(join(template, 'templates'), join(folder, 'templates'), { recursive: true })
  const config = await readFile(join(template, 'config.yaml'), 'utf8')
  const named = config
    .replace('project_name_override: restwell-client', `project_name_override: ${name}`)
    .replace('package_name_override: restwell_client', `package_name_override: ${snakeCase(name)}`)
  await writeFile(join(folder, 'config.yaml'), named)
  const readme = await readmeFor(name, document)
  await writeFile(join(folder, 'README.md'), readme)
  // The generator would write a README of its own, which knows nothing of the service.
  await writeFile(join(folder, 'templates/README.md.jinja'), `{% raw %}${readme}{% endraw %}\n`)
  return `${generate} && pip install ./package`
}

async function readmeFor(name: string, document: Described): Promise<string> {
  const { operationId, tags } = firstList(document).get
  const general = await generalPart('python', '- **`connect(', '`npx restwell client python')
  const [operation = '', tag = '', module = ''] = [operationId, tags[0] ?? '', name].map(snakeCase)
  return `# ${name}

A client of ${document.info.title}, for Python 3.11 or later. When the service has changed, bring \`openapi.yaml\` up to date, and make
the package anew:

\`\`\`sh
${generate} && pip install ./package
\`\`\`

\`\`\`python
import os

from ${module} import connect, rows
from ${module}.api.${tag} import ${operation}

client = connect("https://api.example.com", os.environ["API_KEY"])

for row in rows(${operation}.sync_detailed, client=client):
    print(row)
\`\`\`

${general.replaceAll('restwell_client', module)}
`
}
