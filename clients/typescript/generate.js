// Makes src/api.ts from the document. A list that shows fewer members than `fields` can name says so in the default of
// `fields`; types cannot be read from a default, so these members are marked as required first.

import { readFileSync, writeFileSync } from 'node:fs'
import openapiTypescript, { astToString, COMMENT_HEADER } from 'openapi-typescript'
import { parse } from 'yaml'

const document = new URL('../../openapi.yaml', import.meta.url)

export async function apiTypes() {
  const { paths, ...rest } = parse(readFileSync(document, 'utf8'))
  for (const { get } of Object.values(paths)) if (get !== undefined) requireShown(get, rest.components)
  const ast = await openapiTypescript({ ...rest, paths }, { defaultNonNullable: false })
  return COMMENT_HEADER + astToString(ast)
}

/** What a list shows when it is not asked for other members. */
function requireShown({ parameters = [], responses }, components) {
  const resolved = parameters.map(({ $ref, ...own }) =>
    $ref === undefined ? own : components.parameters[$ref.split('/').at(-1)],
  )
  const shown = resolved.find(({ name }) => name === 'fields')?.schema.default
  if (shown === undefined) return
  const { schema } = responses[200].content['application/json']
  schema.items = { allOf: [schema.items], required: shown }
}

if (import.meta.filename === process.argv[1]) writeFileSync(new URL('src/api.ts', import.meta.url), await apiTypes())
